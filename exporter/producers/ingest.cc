#include "exporter/producers/ingest.h"

#include "collectors/producers/documents.h"
#include "collectors/producers/report.h"
#include "collectors/producers/statistics.h"
#include "exporter/log/log.h"
#include "exporter/producers/inflate.h"

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
constexpr std::string_view kReports = "/api/v1/producers/reports";
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

Ingest::Ingest(const config::Ingest& config, ProducerStore& board, ProducerJournal& journal,
               AckedOffsets& acknowledged, exposition::SelfMetrics& self,
               std::function<void()> changed)
    : config_(config),
      limits_{.clients = static_cast<std::size_t>(config.max_clients),
              .instances = static_cast<std::size_t>(config.max_instances),
              .label = static_cast<std::size_t>(config.max_label),
              .offsets = static_cast<std::size_t>(config.max_offsets)},
      board_(board),
      journal_(journal),
      acknowledged_(acknowledged),
      self_(self),
      changed_(std::move(changed)) {
  for (const auto* kind : {"reports", "statistics"})
    self_.counter(FamilyId::kIngestDocuments, {{"kind", kind}});
  for (const auto* reason : kReasons)
    self_.counter(FamilyId::kIngestRejected, {{"reason", reason}});
  for (std::size_t i = 0; i < producers::kRefusals; ++i)
    self_.counter(FamilyId::kIngestRejected,
                  {{"reason", std::string(to_string(static_cast<producers::Refusal>(i)))}});
  self_.gauge(FamilyId::kIngestClients);
}

http::Response Ingest::answer(const http::Request& request) {
  const bool is_report = request.path == kReports;
  if (!is_report && request.path != kStatistics)
    return json(404, {{"error", "there is no such path"}});
  if (request.method != "POST") {
    auto response = json(405, {{"error", "only POST"}});
    response.allow = "POST";
    return response;
  }
  if (!is_allowed(request)) return refuse(401, "token", "the token is missing or wrong");
  return is_report ? take_all<producers::ReportReader>(request, "reports")
                   : take_all<producers::StatisticsReader>(request, "statistics");
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
    log_warn("ingest request rejected; further ones for this reason are only counted",
             {{"reason", reason}, {"error", what}});
}

template <class Document>
std::optional<producers::Refusal> Ingest::take(Document document) {
  const auto at = std::chrono::steady_clock::now();
  const std::scoped_lock lock{board_.mutex};
  auto news = producers::advance(board_.state, std::move(document), limits_, at,
                                 std::chrono::system_clock::now());
  if (!news) return news.error();
  // Before anybody can see it.
  journal_.write(*news);
  if (const auto& fatal = news->fatal)
    log_error("producer fatal error, the application must recreate it",
              {{"client_id", news->instance->client_id},
               {"producer", news->instance->key.name},
               {"error", std::string(fatal->error)},
               {"reason", fatal->reason}});
  if (const auto& report = news->instance->report; report && !news->offsets.empty())
    acknowledged_.post(report->cluster_id, report->instance, std::move(news->offsets), at);
  return std::nullopt;
}

tl::expected<std::string, http::Response> Ingest::read(const http::Request& request) {
  auto body = request.read_body(static_cast<std::size_t>(config_.max_body));
  if (!body) {
    switch (body.error()) {
      case http::BodyError::kTooLarge:
        return tl::make_unexpected(
            refuse(413, "body",
                   fmt::format("the body has more than {} bytes (max_body)", config_.max_body)));
      case http::BodyError::kTooSlow:
        return tl::make_unexpected(refuse(408, "body", "the body took too long"));
      case http::BodyError::kCutOff:
        return tl::make_unexpected(refuse(400, "body", "the body was cut off"));
    }
  }
  return std::move(*body);
}

tl::expected<std::string, http::Response> Ingest::inflated(const http::Request& request,
                                                           std::string body) {
  if (request.content_encoding.empty() || request.content_encoding == "identity") return body;
  if (request.content_encoding != "gzip")
    return tl::make_unexpected(refuse(415, "encoding", "Content-Encoding: only gzip or identity"));
  auto text = inflate(body, static_cast<std::size_t>(config_.max_inflated));
  if (text) return std::move(*text);
  if (text.error() == http::BodyError::kTooLarge)
    return tl::make_unexpected(
        refuse(413, "inflated",
               fmt::format("the body has more than {} bytes without gzip (max_inflated)",
                           config_.max_inflated)));
  return tl::make_unexpected(refuse(400, "encoding", "the body is not gzip"));
}

template <class Reader>
http::Response Ingest::take_all(const http::Request& request, const std::string& kind) {
  auto sent = read(request);
  if (!sent) return std::move(sent.error());
  working_.acquire();
  const std::unique_ptr<std::counting_semaphore<>, Release> working{&working_};
  auto body = inflated(request, std::move(*sent));
  if (!body) return std::move(body.error());

  const auto length = body->size();
  body->resize(length + producers::StatisticsReader::padding());
  Reader reader;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  auto errors = Json::array();
  const auto refuse_one = [&](std::size_t index, const std::string& reason,
                              const std::string& what) {
    count_refused(reason, what);
    if (refused++ < kNamed) errors.push_back({{"document", index}, {"error", what}});
  };
  std::size_t index = 0;
  for (const auto text : producers::split_documents(std::string_view{*body}.substr(0, length))) {
    auto document = reader.read(text);
    if (!document) {
      refuse_one(index, "malformed", document.error());
    } else if (const auto refusal = take(std::move(*document))) {
      refuse_one(index, std::string(to_string(*refusal)), std::string(explain(*refusal)));
    } else {
      ++accepted;
    }
    ++index;
  }
  self_.counter(FamilyId::kIngestDocuments, {{"kind", kind}})
      .Increment(static_cast<double>(accepted));
  if (accepted > 0) changed_();
  if (index == 0) return refuse(400, "malformed", "there is no document in the body");
  const Json said{{"accepted", accepted}, {"refused", refused}, {"errors", std::move(errors)}};
  return json(accepted > 0 ? 200 : 400, said);
}

}  // namespace kie::ingest
