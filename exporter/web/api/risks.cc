#include "exporter/web/api/risks.h"

#include "collectors/cluster/risks.h"
#include "collectors/cluster/state.h"
#include "collectors/risk/remedy.h"
#include "exporter/journal/or_null.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <string_view>

namespace kie::api {
namespace {

using risk::Finding;
using risk::Scope;
using risk::Severity;

template <class Value, std::size_t N>
std::optional<Value> parse(const std::string& text, const std::array<Value, N>& all) {
  const auto* found =
      std::ranges::find_if(all, [&](Value one) { return risk::to_string(one) == text; });
  return found == all.end() ? std::nullopt : std::optional{*found};
}

Json finding_json(const Finding& finding, const Json& cluster, const risk::Remedy& remedy) {
  const auto& rule = risk::rule(finding.rule);
  auto why = std::string(rule.why);
  if (!finding.note.empty()) why += " " + finding.note;
  return {{"cluster", cluster},
          {"scope", to_string(rule.scope)},
          {"name", finding.name},
          {"rule", rule.id},
          {"severity", to_string(finding.severity)},
          {"setting", finding.setting},
          {"value", finding.value},
          {"origin", or_null(finding.origin)},
          {"why", why},
          {"remedy", remedy.text},
          {"commands", remedy.commands},
          {"exempt", or_null(finding.exemption)}};
}

class RiskList {
 public:
  explicit RiskList(const RiskQuery& query) : query_(query) {}

  void add(const ClusterStatus& cluster) {
    if (!cluster.state) return;
    const Json name = or_null(cluster.name);
    if (std::chrono::steady_clock::now() >= cluster.fresh_until) {
      for (const auto scope : {Scope::kTopic, Scope::kBroker}) add_unknown(name, scope, nullptr);
      return;
    }
    const auto& known = *cluster.state;
    const auto [found, broker_settings] = copy_risks(known);
    const auto& findings = *found;
    std::optional<risk::Place> place;
    for (const auto& finding : findings.found) {
      if (!is_next(finding)) continue;
      if (!place)
        place.emplace(place_of(known, broker_settings,
                               cluster.servers.empty() ? std::string{} : cluster.servers.front()));
      const bool is_topic = rule(finding.rule).scope == Scope::kTopic;
      place->partitions =
          is_topic ? assignments(known, finding.name) : std::vector<risk::Assignment>{};
      list_.push_back(finding_json(finding, name, remedy_of(finding, *place)));
    }
    for (const auto& topic : findings.unknown_topics) add_unknown(name, Scope::kTopic, topic);
    for (const auto broker : findings.unknown_brokers)
      add_unknown(name, Scope::kBroker, std::to_string(broker.value));
    if (!findings.has_topics) add_unknown(name, Scope::kTopic, nullptr);
    if (!findings.has_brokers) add_unknown(name, Scope::kBroker, nullptr);
  }

  void add(ProducerStore& producers) {
    std::vector<Finding> found;
    {
      const std::scoped_lock lock{producers.mutex};
      found = producers.risks;
    }
    const model::Configs none;
    const risk::Place place{
        .server = {}, .settings = none, .racks = {}, .load = {}, .partitions = {}};
    for (const auto& finding : found)
      if (is_next(finding))
        list_.push_back(finding_json(finding, nullptr, remedy_of(finding, place)));
  }

  Json take() {
    const auto next = has_more_ ? Json(query_.after + query_.limit) : Json(nullptr);
    return {{"risks", std::move(list_)}, {"unknown", std::move(unknown_)}, {"next", next}};
  }

 private:
  /// Whether the finding matches the query, and is on this page.
  bool is_next(const Finding& finding) {
    const auto& rule = risk::rule(finding.rule);
    if (query_.scope && rule.scope != *query_.scope) return false;
    if (query_.rule != nullptr && &rule != query_.rule) return false;
    if (query_.severity && finding.severity != *query_.severity) return false;
    if (seen_++ < query_.after) return false;
    has_more_ = list_.size() == query_.limit;
    return !has_more_;
  }

  void add_unknown(const Json& cluster, Scope scope, Json name) {
    if (query_.scope && scope != *query_.scope) return;
    if (unknown_.size() < kMostRisks)
      unknown_.push_back(
          {{"cluster", cluster}, {"scope", to_string(scope)}, {"name", std::move(name)}});
  }

  const RiskQuery& query_;
  std::uint64_t seen_ = 0;
  bool has_more_ = false;
  Json list_ = Json::array();
  Json unknown_ = Json::array();
};

}  // namespace

std::optional<Scope> parse_scope(const std::string& text) {
  return parse(text, std::array{Scope::kTopic, Scope::kBroker, Scope::kCluster, Scope::kProducer});
}

std::optional<Severity> parse_severity(const std::string& text) {
  return parse(text, std::array{Severity::kInfo, Severity::kWarning, Severity::kCritical});
}

Json risks_json(const std::vector<ClusterStatus>& clusters, ProducerStore& producers,
                const RiskQuery& query) {
  RiskList all{query};
  if (query.cluster != nullptr) {
    all.add(*query.cluster);
  } else {
    for (const auto& cluster : clusters) all.add(cluster);
    all.add(producers);
  }
  return all.take();
}

}  // namespace kie::api
