#include "exporter/ingest/ingest.h"

#include "collectors/producers/documents.h"
#include "collectors/producers/statistics.h"
#include "exporter/ingest/inflate.h"
#include "exporter/log.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <memory>
#include <utility>

namespace kie::ingest {
namespace {

using exposition::FamilyId;
using Json = nlohmann::ordered_json;

constexpr std::string_view kStatistics = "/api/v1/producers/statistics";
constexpr std::string_view kBearer = "Bearer ";

/// Why something was not taken, beside the reasons of producers::Refusal.
constexpr std::array kReasons{"body", "encoding", "inflated", "malformed", "token"};

/// Of the documents of one body that were refused, so many are named in the answer.
constexpr std::size_t kNamed = 20;

http::Response json(int status, const Json& body) {
  auto response =
      http::make_response(status, body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  response.content_type = "application/json";
  return response;
}

struct Release {
  void operator()(std::counting_semaphore<>* one) const noexcept { one->release(); }
};

/// Takes as long wherever the first difference is.
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

}  // namespace

Ingest::Ingest(const config::Ingest& config, ProducersBoard& board, ProducerJournal& journal,
               exposition::SelfMetrics& self, std::function<void()> changed)
    : config_(config),
      limits_{.clients = static_cast<std::size_t>(config.max_clients),
              .instances = static_cast<std::size_t>(config.max_instances),
              .label = static_cast<std::size_t>(config.max_label)},
      board_(board),
      journal_(journal),
      self_(self),
      changed_(std::move(changed)) {
  self_.counter(FamilyId::kIngestDocuments, {{"kind", "statistics"}});
  for (const auto* reason : kReasons)
    self_.counter(FamilyId::kIngestRejected, {{"reason", reason}});
  for (std::size_t i = 0; i < producers::kRefusals; ++i)
    self_.counter(FamilyId::kIngestRejected,
                  {{"reason", std::string(to_string(static_cast<producers::Refusal>(i)))}});
  self_.gauge(FamilyId::kIngestClients);
}

http::Response Ingest::answer(const http::Request& request) {
  if (request.path != kStatistics) return json(404, {{"error", "there is no such path"}});
  if (request.method != "POST") {
    auto response = json(405, {{"error", "only POST"}});
    response.allow = "POST";
    return response;
  }
  if (!is_allowed(request)) return refuse(401, "token", "the token is missing or wrong");
  return take_statistics(request);
}

bool Ingest::is_allowed(const http::Request& request) const {
  if (config_.allow_anonymous) return true;
  return request.authorization.starts_with(kBearer) &&
         same(request.authorization.substr(kBearer.size()), config_.token.reveal());
}

http::Response Ingest::refuse(int status, const std::string& reason, const std::string& what) {
  count_refused(reason, what);
  return json(status, {{"error", what}});
}

void Ingest::count_refused(const std::string& reason, const std::string& what) {
  self_.counter(FamilyId::kIngestRejected, {{"reason", reason}}).Increment();
  const std::scoped_lock lock{said_mutex_};
  if (said_.insert(reason).second)
    log_warn("what a producer sent is refused; further ones for this reason are only counted",
             {{"reason", reason}, {"error", what}});
}

std::optional<producers::Refusal> Ingest::take(producers::Statistics statistics) {
  const std::scoped_lock lock{board_.mutex};
  const auto news =
      producers::advance(board_.state, std::move(statistics), limits_,
                         std::chrono::steady_clock::now(), std::chrono::system_clock::now());
  if (!news) return news.error();
  // Before anybody can see it.
  journal_.write(*news);
  if (const auto& fatal = news->fatal)
    log_error("a producer has a fatal error and must be made anew",
              {{"client_id", news->instance->client_id},
               {"producer", news->instance->name},
               {"error", std::string(fatal->error)},
               {"reason", fatal->reason}});
  return std::nullopt;
}

http::Response Ingest::take_statistics(const http::Request& request) {
  auto body = request.read_body(static_cast<std::size_t>(config_.max_body));
  if (!body) {
    switch (body.error()) {
      case http::BodyError::kTooLarge:
        return refuse(413, "body",
                      fmt::format("the body has more than {} bytes (max_body)", config_.max_body));
      case http::BodyError::kTooSlow:
        return refuse(408, "body", "the body took too long");
      case http::BodyError::kCutOff:
        return refuse(400, "body", "the body was cut off");
    }
  }
  working_.acquire();
  const std::unique_ptr<std::counting_semaphore<>, Release> working{&working_};
  if (request.content_encoding == "gzip") {
    body = inflate(*body, static_cast<std::size_t>(config_.max_inflated));
    if (!body && body.error() == http::BodyError::kTooLarge)
      return refuse(413, "inflated",
                    fmt::format("the body has more than {} bytes without gzip (max_inflated)",
                                config_.max_inflated));
    if (!body) return refuse(400, "encoding", "the body is not gzip");
  } else if (!request.content_encoding.empty() && request.content_encoding != "identity") {
    return refuse(415, "encoding", "Content-Encoding: only gzip or identity");
  }

  const auto length = body->size();
  body->resize(length + producers::StatisticsReader::padding());
  producers::StatisticsReader reader;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  auto errors = Json::array();
  const auto refuse_one = [&](std::size_t index, const std::string& reason,
                              const std::string& what) {
    count_refused(reason, what);
    if (refused++ < kNamed) errors.push_back({{"document", index}, {"error", what}});
  };
  std::size_t index = 0;
  for (const auto document :
       producers::split_documents(std::string_view{*body}.substr(0, length))) {
    auto statistics = reader.read(document);
    if (!statistics) {
      refuse_one(index++, "malformed", statistics.error());
      continue;
    }
    if (const auto refusal = take(std::move(*statistics))) {
      const std::string reason{to_string(*refusal)};
      refuse_one(index, reason, "over the bound of " + reason);
    } else {
      ++accepted;
    }
    ++index;
  }
  self_.counter(FamilyId::kIngestDocuments, {{"kind", "statistics"}})
      .Increment(static_cast<double>(accepted));
  if (accepted > 0) changed_();
  if (index == 0) return refuse(400, "malformed", "there is no document in the body");
  const Json said{{"accepted", accepted}, {"refused", refused}, {"errors", std::move(errors)}};
  return json(accepted > 0 ? 200 : 400, said);
}

}  // namespace kie::ingest
