#include "exporter/producers/ingest.h"

#include "collectors/producers/documents.h"
#include "collectors/producers/report.h"
#include "collectors/producers/statistics.h"
#include "exporter/log/log.h"
#include "exporter/producers/inflate.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <memory>
#include <utility>

namespace kie::ingest {
namespace {

using exposition::FamilyId;
using Json = nlohmann::ordered_json;

constexpr std::string_view kProducers = "/api/v1/producers";
constexpr std::string_view kStatistics = "/api/v1/producers/statistics";
constexpr std::string_view kReports = "/api/v1/producers/reports";
constexpr std::string_view kBearer = "Bearer ";

/// Why a request was rejected, in addition to the reasons of producers::Refusal.
constexpr std::array kReasons{"body", "busy", "encoding", "inflated", "malformed", "token"};

/// Documents that are passed on together: their events are one transaction of the history.
constexpr std::size_t kAtOnce = 100;

/// When a sender should try again after 503.
constexpr std::chrono::seconds kRetryAfter{5};

/// The most refused documents of one body that the answer lists.
constexpr std::size_t kNamed = 20;

http::Response json(int status, const Json& body) {
  auto response =
      http::make_response(status, body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  response.content_type = "application/json";
  return response;
}

struct ReleaseSlot {
  void operator()(std::counting_semaphore<>* one) const noexcept { one->release(); }
};

/// Of schemes and codings, whose case does not matter (RFC 9110, 8.4.1 and 11.1).
bool is_word(std::string_view text, std::string_view word) {
  const auto to_lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(text, word, {}, to_lower, to_lower);
}

/// Takes constant time, wherever the first difference is.
bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Ingest::Ingest(config::IngestConfig config, HandOver hand_over, ProducerStore& store,
               exposition::SelfMetrics& self, std::chrono::milliseconds patience)
    : config_(std::move(config)),
      hand_over_(std::move(hand_over)),
      store_(store),
      self_(self),
      patience_(patience) {
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
  const bool is_list = request.path == kProducers;
  if (!is_report && !is_list && request.path != kStatistics)
    return json(404, {{"error", "there is no such path"}});
  const std::string_view method = is_list ? "GET" : "POST";
  if (request.method != method) {
    auto response = json(405, {{"error", fmt::format("only {}", method)}});
    response.allow = method;
    return response;
  }
  if (!is_allowed(request)) return refuse(401, "token", "the token is missing or wrong");
  if (is_list) return list_clients();
  return is_report ? take_all<producers::ReportReader>(request, "reports")
                   : take_all<producers::StatisticsReader>(request, "statistics");
}

bool Ingest::is_allowed(const http::Request& request) const {
  if (config_.allow_anonymous) return true;
  const auto sent = request.authorization;
  return is_word(sent.substr(0, kBearer.size()), kBearer) &&
         same(sent.substr(kBearer.size()), config_.token.reveal());
}

http::Response Ingest::list_clients() {
  struct Row {
    std::string id;
    std::size_t instances = 0;
    producers::WallTime seen;
  };
  std::vector<Row> rows;
  {
    const std::scoped_lock lock{store_.mutex};
    rows.reserve(store_.state.clients.size());
    for (const auto& [id, client] : store_.state.clients)
      rows.push_back({id, client.instances, client.seen_wall});
  }
  auto clients = Json::array();
  for (auto& row : rows)
    clients.push_back({{"client_id", std::move(row.id)},
                       {"instances", row.instances},
                       {"last_report", exposition::unix_seconds(row.seen)}});
  return json(200, {{"clients", std::move(clients)}});
}

http::Response Ingest::refuse(int status, const std::string& reason, const std::string& what) {
  count_refused(reason, what);
  return json(status, {{"error", what}});
}

void Ingest::count_refused(const std::string& reason, const std::string& what) {
  self_.counter(FamilyId::kIngestRejected, {{"reason", reason}}).Increment();
  const std::scoped_lock lock{reported_mutex_};
  if (reported_.insert(reason).second)
    log_warn("ingest request rejected; further ones for this reason are only counted",
             {{"reason", reason}, {"error", what}});
}

std::optional<DocumentOutcomes> Ingest::take(std::vector<ProducerDocument> documents) {
  auto outcomes = hand_over_(std::move(documents));
  if (!outcomes || outcomes->wait_for(patience_) != std::future_status::ready) return std::nullopt;
  return outcomes->get();
}

http::Response Ingest::busy() {
  auto response = refuse(503, "busy", "too many documents wait; send it again");
  response.retry_after = kRetryAfter;
  return response;
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
  const auto encoding = request.content_encoding;
  if (encoding.empty() || is_word(encoding, "identity")) return body;
  if (!is_word(encoding, "gzip") && !is_word(encoding, "x-gzip"))
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
  if (!working_.try_acquire_for(patience_)) return busy();
  const std::unique_ptr<std::counting_semaphore<>, ReleaseSlot> working{&working_};
  auto body = inflated(request, std::move(*sent));
  if (!body) return std::move(body.error());

  const auto length = body->size();
  body->resize(length + producers::StatisticsReader::padding());
  Reader reader;
  std::size_t count = 0;
  std::size_t accepted = 0;
  std::size_t refused = 0;
  /// What was not accepted of the first of them, by their index in the body.
  std::multimap<std::size_t, std::string> named;
  const auto name = [&](std::size_t index, std::string_view reason, std::string what) {
    count_refused(std::string(reason), what);
    named.emplace(index, std::move(what));
    if (named.size() > kNamed) named.erase(std::prev(named.end()));
  };
  /// Parsed documents that are not passed on yet, and their indexes in the body.
  std::vector<ProducerDocument> documents;
  std::vector<std::size_t> indexes;
  const auto hand_over = [&] {
    const auto outcomes = take(std::exchange(documents, {}));
    if (!outcomes) return false;
    for (std::size_t i = 0; i < indexes.size(); ++i) {
      const auto& outcome = outcomes->at(i);
      ++(outcome.refused ? refused : accepted);
      if (const auto& why = outcome.refused)
        name(indexes[i], to_string(*why), std::string(explain(*why)));
      for (const auto why : outcome.given_up)
        name(indexes[i], to_string(why), std::string(explain(why)));
    }
    indexes.clear();
    return true;
  };
  for (const auto text : producers::split_documents(std::string_view{*body}.substr(0, length))) {
    if (auto document = reader.read(text)) {
      documents.emplace_back(std::move(*document));
      indexes.push_back(count);
      if (documents.size() == kAtOnce && !hand_over()) return busy();
    } else {
      ++refused;
      name(count, "malformed", document.error());
    }
    ++count;
  }
  if (!documents.empty() && !hand_over()) return busy();
  self_.counter(FamilyId::kIngestDocuments, {{"kind", kind}})
      .Increment(static_cast<double>(accepted));
  if (count == 0) return refuse(400, "malformed", "there is no document in the body");
  auto errors = Json::array();
  for (const auto& [index, what] : named) errors.push_back({{"document", index}, {"error", what}});
  const Json reply{{"accepted", accepted}, {"refused", refused}, {"errors", errors}};
  return json(accepted > 0 ? 200 : 400, reply);
}

}  // namespace kie::ingest
