#include "exporter/web/landing_page.h"

#include <fmt/format.h>

namespace kie::http {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>kafka-isr-exporter</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.1rem; margin: 0 0 .3rem; }
section { border: 1px solid #8888; border-left: .5rem solid #2e7d32; border-radius: .4rem;
          padding: .8rem 1rem; margin: 1rem 0; }
section.attention { border-left-color: #e65100; } section.unknown { border-left-color: #757575; }
ul { margin: .3rem 0; padding-left: 1.2rem; } small { color: #777; } nav a { margin-right: 1.2rem; }
</style>
</head>
<body>
)";

std::string_view section_class(const ClusterStatus& cluster, bool fresh) {
  if (!fresh) return "unknown";
  return cluster.needs_attention ? "attention" : "well";
}

void append_cluster(std::string& out, const ClusterStatus& cluster, const LandingPage& page) {
  const bool fresh = page.now_steady < cluster.fresh_until;
  fmt::format_to(std::back_inserter(out), "<section class=\"{}\">\n<h2>{}</h2>\n",
                 section_class(cluster, fresh),
                 cluster.name.empty() ? "The cluster" : escape_html(cluster.name));
  if (!fresh && !cluster.disabled)
    out += cluster.last_success ? "<p>Nothing is known at present: no broker answers.</p>\n"
                                : "<p>Nothing is known yet: no broker has answered so far.</p>\n";
  if (cluster.trouble)
    fmt::format_to(std::back_inserter(out), "<p>{}: {}</p>\n",
                   cluster.disabled ? "Not watched" : "The last poll failed",
                   escape_html(*cluster.trouble));
  if (fresh) {
    out += "<ul>\n";
    for (const auto& sentence : cluster.sentences)
      fmt::format_to(std::back_inserter(out), "<li>{}</li>\n", escape_html(sentence));
    out += "</ul>\n";
  }
  std::string servers;
  for (const auto& server : cluster.servers) servers += (servers.empty() ? "" : ", ") + server;
  fmt::format_to(std::back_inserter(out), "<small>From {}.", escape_html(servers));
  if (cluster.last_success) {
    const auto age =
        std::chrono::duration_cast<std::chrono::seconds>(page.now - *cluster.last_success);
    fmt::format_to(std::back_inserter(out), " Last answered {} s ago.", age.count());
  }
  out += "</small>\n</section>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string landing_page(const LandingPage& page) {
  std::string out{kHead};
  fmt::format_to(std::back_inserter(out),
                 "<h1>kafka-isr-exporter</h1>\n<small>{}</small>\n"
                 "<nav><a href=\"{}\">Metrics</a><a href=\"/-/ready\">Ready</a>"
                 "<a href=\"/-/healthy\">Healthy</a>"
                 "<a href=\"/api/v1/risks\">Risks</a>"
                 "<a href=\"/api/v1/clusters\">API</a></nav>\n",
                 escape_html(page.version), escape_html(page.telemetry_path));
  for (const auto& cluster : page.clusters) append_cluster(out, cluster, page);
  out += "</body>\n</html>\n";
  return out;
}

}  // namespace kie::http
