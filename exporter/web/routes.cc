#include "exporter/web/routes.h"

#include "exporter/web/landing_page.h"
#include "exporter/web/negotiation.h"

#include <prometheus/counter.h>

#include <algorithm>
#include <utility>

namespace kie::http {

Response Routes::answer(const Request& request) const {
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  const auto reading = [&](auto make) {
    if (is_read) return make();
    Response refused = make_response(405, "This path answers GET and HEAD only.\n");
    refused.allow = "GET, HEAD";
    return refused;
  };
  if (request.path == telemetry_path_) return reading([&] { return metrics(request); });
  if (request.path == "/-/healthy")
    return reading([] { return make_response(200, "The exporter runs.\n"); });
  if (request.path == "/-/ready") return reading([&] { return ready(); });
  if (request.path.starts_with("/api/v1/")) return api_.answer(request);
  if (request.path == "/-/reload") {
    if (request.method == "POST" || request.method == "PUT") return reload();
    Response refused = make_response(405, "This path answers POST and PUT only.\n");
    refused.allow = "POST, PUT";
    return refused;
  }
  if (request.path == "/") return reading([&] { return landing_page(); });
  return make_response(404, "There is no such page. See / for those there are.\n");
}

Response Routes::metrics(const Request& request) const {
  if (request.method == "GET") scrapes_.Increment();
  const bool wants_openmetrics = choose_format(request.accept) == exposition::Format::kOpenMetrics;
  if (wants_openmetrics) pages_.want_openmetrics();
  auto page = pages_.current();
  // The first such request gets text, as a scrape does not render.
  const bool openmetrics = wants_openmetrics && !page->openmetrics.empty();
  Response response;
  response.content_type = openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                      : "text/plain; version=0.0.4; charset=utf-8";
  response.vary = "Accept, Accept-Encoding";
  if (accepts_gzip(request.accept_encoding)) {
    response.content_encoding = "gzip";
    const auto& gzip = openmetrics ? page->openmetrics_gzip : page->gzip;
    response.body = *gzip;
    response.owner = gzip;
  } else {
    response.rest = (openmetrics ? page->openmetrics : page->text).parts();
    response.owner = std::move(page);
  }
  return response;
}

Response Routes::ready() const {
  const auto now = std::chrono::steady_clock::now();
  std::string waiting;
  std::string notes;
  for (const auto& cluster : status_.get()) {
    if (cluster.disabled) continue;
    const auto of = cluster.name.empty() ? std::string{} : " " + cluster.name;
    if (now >= cluster.fresh_until) {
      waiting += "Not ready: no fresh answer from the cluster" + of;
      if (cluster.trouble) waiting += ": " + *cluster.trouble;
      waiting += '\n';
    } else if (cluster.old_news) {
      waiting += "Not ready: the cluster" + of + ": " + *cluster.old_news + '\n';
    } else if (cluster.unconfirmed) {
      notes += "The cluster" + of + ": " + *cluster.unconfirmed + '\n';
    }
  }
  if (waiting.empty()) return make_response(200, "Ready.\n" + notes);
  return make_response(503, waiting + notes);
}

Response Routes::reload() const {
  if (!reload_) return make_response(403, "Reloading over HTTP needs --web.enable-lifecycle.\n");
  if (const auto reloaded = reload_(); !reloaded) return make_response(500, reloaded.error());
  return make_response(200, "Reloaded.\n");
}

Response Routes::landing_page() const {
  Response response =
      make_response(200, http::landing_page({.version = version_,
                                             .telemetry_path = telemetry_path_,
                                             .clusters = status_.get(),
                                             .now = std::chrono::system_clock::now(),
                                             .now_steady = std::chrono::steady_clock::now()}));
  response.content_type = "text/html; charset=utf-8";
  return response;
}

}  // namespace kie::http
