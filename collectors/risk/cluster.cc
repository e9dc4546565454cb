#include "collectors/risk/cluster.h"

#include "config/parse_number.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace kie::risk {
namespace {

using model::BrokerConfigs;
using model::Configured;
using enum RuleId;

constexpr std::string_view kMinIsr = "min.insync.replicas";
constexpr std::string_view kUnclean = "unclean.leader.election.enable";
constexpr std::string_view kAutoCreate = "auto.create.topics.enable";
constexpr std::string_view kDefaultRf = "default.replication.factor";
constexpr std::string_view kProducerIdExpiration = "producer.id.expiration.ms";
constexpr std::string_view kTransactionalIdExpiration = "transactional.id.expiration.ms";
constexpr std::string_view kLagTime = "replica.lag.time.max.ms";
constexpr std::string_view kFetchWait = "replica.fetch.wait.max.ms";

constexpr std::array kInternalTopics{
    std::string_view{"__consumer_offsets"}, std::string_view{"__remote_log_metadata"},
    std::string_view{"__share_group_state"}, std::string_view{"__transaction_state"}};

struct AtLeast {
  std::string_view key;
  std::int64_t least;
};
constexpr std::array kInternalDefaults{AtLeast{"offsets.topic.replication.factor", 3},
                                       AtLeast{"transaction.state.log.replication.factor", 3},
                                       AtLeast{"transaction.state.log.min.isr", 2}};

/// Others do not affect safety, or differ while brokers are upgraded one by one.
constexpr std::array kCompared{kAutoCreate,
                               kDefaultRf,
                               kMinIsr,
                               kInternalDefaults[0].key,
                               kProducerIdExpiration,
                               kFetchWait,
                               kLagTime,
                               kInternalDefaults[2].key,
                               kInternalDefaults[1].key,
                               kTransactionalIdExpiration,
                               kUnclean};

/// With fewer brokers there is no better setting.
constexpr std::size_t kBrokersForThree = 3;
constexpr std::int64_t kFetchesBeforeLag = 4;

constexpr std::int32_t kSafeReplicas = 3;
constexpr std::int64_t kSafeMinIsr = 2;
/// Kafka's own defaults, in milliseconds.
constexpr std::int64_t kLagTimeDefault = 30'000;
constexpr std::int64_t kProducerIdDefault = 86'400'000;
constexpr std::int64_t kTransactionalIdDefault = 604'800'000;

const model::BrokerConfig* find(const BrokerConfigs& settings, std::string_view key) {
  const auto found = settings.values.find(key);
  return found == settings.values.end() ? nullptr : &found->second;
}

bool is_on(const BrokerConfigs& settings, std::string_view key) {
  const auto* setting = find(settings, key);
  return setting != nullptr && setting->value == "true";
}

/// nullopt: the broker does not have it, or it is no whole number.
std::optional<std::int64_t> number_of(const BrokerConfigs& settings, std::string_view key) {
  const auto* setting = find(settings, key);
  if (setting == nullptr) return std::nullopt;
  return config::parse_number<std::int64_t>(setting->value);
}

/// Whether Kafka made the topic for itself.
bool is_internal(std::string_view topic) {
  return std::ranges::find(kInternalTopics, topic) != kInternalTopics.end();
}

/// The worst of what topics may inherit: which broker's value counts changes with the leader.
struct WorstDefaults {
  explicit WorstDefaults(const model::Configs& settings) {
    for (const auto& [id, of] : settings.brokers) {
      const auto value = number_of(of, kMinIsr);
      if (value && std::in_range<std::int32_t>(*value) && (!min_isr || *value < min_isr->value))
        min_isr = {static_cast<std::int32_t>(*value), find(of, kMinIsr)->origin};
      if (!unclean && is_on(of, kUnclean)) unclean = {true, find(of, kUnclean)->origin};
    }
  }

  /// nullopt: no broker tells.
  std::optional<Configured<std::int32_t>> min_isr;
  /// nullopt: no broker has it on.
  std::optional<Configured<bool>> unclean;
};

/// What the topic has in effect: its own value, the cluster's dynamic default, or the brokers'
/// worst. nullopt: not known.
std::optional<Configured<std::int32_t>> min_isr_of(const model::TopicConfigs& topic,
                                                   const WorstDefaults& worst) {
  const auto& own = topic.min_insync_replicas;
  if (!own || is_certain(own->origin) || !worst.min_isr) return own;
  return worst.min_isr->value < own->value ? worst.min_isr : own;
}

std::optional<Configured<bool>> unclean_election_of(const model::TopicConfigs& topic,
                                                    const WorstDefaults& worst) {
  const auto& own = topic.unclean_leader_election;
  if (!own || own->value || is_certain(own->origin) || !worst.unclean) return own;
  return worst.unclean;
}

std::string seconds_text(std::int64_t ms) {
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

void append(std::string& list, std::string_view item, std::string_view separator = ", ") {
  if (!list.empty()) list.append(separator);
  list.append(item);
}

class ClusterEvaluation {
 public:
  ClusterEvaluation(const ClusterFacts& cluster, const Thresholds& thresholds)
      : cluster_(cluster),
        settings_(cluster.settings),
        worst_(cluster.settings),
        thresholds_(thresholds) {}

  Findings run() {
    findings_.has_topics = cluster_.topics.has_value();
    findings_.has_brokers = !cluster_.brokers.empty();
    for (const auto broker : cluster_.brokers)
      if (!settings_.brokers.contains(broker)) findings_.unknown_brokers.push_back(broker);
    if (cluster_.topics)
      for (const auto& topic : *cluster_.topics) this->topic(topic);
    for (const auto broker : cluster_.brokers)
      if (const auto known = settings_.brokers.find(broker); known != settings_.brokers.end())
        this->broker(std::to_string(broker.value), known->second);
    for (const auto key : kCompared) compare(key);
    exempt(findings_.found, thresholds_);
    return std::move(findings_);
  }

 private:
  Finding& add(RuleId id, std::string name, std::string_view setting, std::string value,
               std::string_view origin, std::optional<Severity> severity = {}) {
    return findings_.found.emplace_back(Finding{.rule = id,
                                                .severity = severity.value_or(rule(id).severity),
                                                .name = std::move(name),
                                                .setting = std::string(setting),
                                                .value = std::move(value),
                                                .origin = std::string(origin),
                                                .note = {},
                                                .wanted = {},
                                                .wanted_replicas = {},
                                                .exemption = {}});
  }

  void topic(const TopicReplicas& topic) {
    const std::string name{topic.name};
    // It may have been deleted: nothing of it is known.
    if (!topic.replicas) {
      findings_.unknown_topics.push_back(name);
      return;
    }
    replicas(name, *topic.replicas);
    const auto& configs = settings_.of(topic.name);
    const auto unclean = unclean_election_of(configs, worst_);
    const auto min_isr = min_isr_of(configs, worst_);
    // What a broker has that does not answer may be worse than what the others have.
    const auto may_be_worse = [&](const auto& inherited) {
      return !findings_.unknown_brokers.empty() && !is_certain(inherited->origin);
    };
    if (!unclean || !min_isr || (!unclean->value && may_be_worse(unclean)) ||
        (*topic.replicas >= 2 && min_isr->value > 1 && may_be_worse(min_isr)))
      findings_.unknown_topics.push_back(name);
    if (unclean && unclean->value) {
      auto& finding =
          add(kUncleanElectionEnabled, name, kUnclean, "true", to_string(unclean->origin));
      finding.wanted = {{std::string(kUnclean), "false"}};
      if (!is_certain(unclean->origin))
        finding.note =
            "This is how brokers see it; under KRaft the controllers' own files count, which "
            "cannot be asked for.";
    }
    if (min_isr) this->min_isr(name, *min_isr, static_cast<std::int64_t>(*topic.replicas));
  }

  void replicas(const std::string& name, std::uint64_t replicas) {
    if (replicas == 1)
      add(kReplicationFactor1, name, "replication factor", "1", "").wanted_replicas = kSafeReplicas;
    if (replicas == 2)
      add(kReplicationFactor2, name, "replication factor", "2", "").wanted_replicas = kSafeReplicas;
  }

  void min_isr(const std::string& name, const Configured<std::int32_t>& raw,
               std::int64_t replicas) {
    const auto found = [&](RuleId id, std::optional<Severity> severity = {}) -> Finding& {
      auto& finding =
          add(id, name, kMinIsr, std::to_string(raw.value), to_string(raw.origin), severity);
      finding.note = "The replication factor is " + std::to_string(replicas) + ".";
      // One below the number of replicas, which should be three at least. 1 is raised to 2 only:
      // with more replicas as many brokers may be down as the operator intended.
      const auto wanted_replicas = std::max<std::int64_t>(replicas, kSafeReplicas);
      if (wanted_replicas != replicas) finding.wanted_replicas = kSafeReplicas;
      const auto wanted = raw.value <= 1 ? kSafeMinIsr : wanted_replicas - 1;
      // If there cannot be three, writes would be refused as soon as one broker is down.
      const bool can_be =
          wanted_replicas == replicas || cluster_.brokers.size() >= kBrokersForThree;
      if (wanted != raw.value && can_be)
        finding.wanted = {{std::string(kMinIsr), std::to_string(wanted)}};
      return finding;
    };
    if (raw.value > replicas) {
      const bool is_old = settings_.release && *settings_.release < model::KafkaRelease{3, 7};
      found(kMinIsrAboveRf, is_old ? Severity::kCritical : Severity::kWarning);
    } else if (replicas >= 2 && raw.value <= 1) {
      auto& finding = found(kMinIsr1);
      if (is_internal(name))
        finding.note +=
            " A stock cluster has this, and here it is Kafka's own topic: positions of consumers, "
            "or outcomes of transactions, are lost with one broker.";
    } else if (replicas >= 2 && raw.value == replicas) {
      found(kMinIsrEqualsRf);
    }
  }

  void broker(const std::string& id, const BrokerConfigs& of) {
    const auto found = [&](RuleId rule, std::string_view key, std::string wanted,
                           std::optional<Severity> severity = {}) -> Finding& {
      const auto* setting = find(of, key);
      auto& finding = add(rule, id, key, setting->value, to_string(setting->origin), severity);
      finding.wanted = {{std::string(key), std::move(wanted)}};
      return finding;
    };
    if (is_on(of, kUnclean)) found(kDefaultUncleanElection, kUnclean, "false");
    if (number_of(of, kDefaultRf) == 1)
      found(kDefaultReplicationFactor1, kDefaultRf, std::to_string(kSafeReplicas),
            is_on(of, kAutoCreate) ? Severity::kWarning : Severity::kInfo);
    if (cluster_.brokers.size() >= kBrokersForThree) {
      if (number_of(of, kMinIsr) == 1) found(kDefaultMinIsr1, kMinIsr, std::to_string(kSafeMinIsr));
      internal_defaults(id, of);
    }
    expiration(kProducerIdExpirationShort, kProducerIdExpiration, kProducerIdDefault,
               thresholds_.min_producer_id_expiration, cluster_.longest_delivery_timeout, of,
               found);
    expiration(kTransactionalIdExpirationShort, kTransactionalIdExpiration, kTransactionalIdDefault,
               thresholds_.min_transactional_id_expiration, std::nullopt, of, found);
    const auto lag = number_of(of, kLagTime);
    const auto wait = number_of(of, kFetchWait);
    if (lag && *lag > thresholds_.max_lag_time.count())
      found(kLagTimeLong, kLagTime, std::to_string(kLagTimeDefault));
    if (lag && wait && *lag < kFetchesBeforeLag * *wait)
      found(kLagTimeShort, kLagTime,
            std::to_string(std::max(kLagTimeDefault, kFetchesBeforeLag * *wait)))
          .note = std::string(kFetchWait) + " is " + std::to_string(*wait) + ".";
  }

  void internal_defaults(const std::string& id, const BrokerConfigs& of) {
    std::string keys;
    std::string values;
    std::string origin;
    std::vector<Wanted> wanted;
    for (const auto& [key, least] : kInternalDefaults) {
      const auto value = number_of(of, key);
      if (!value || *value >= least) continue;
      append(keys, key);
      append(values, std::string(key) + "=" + std::to_string(*value));
      wanted.push_back({std::string(key), std::to_string(least)});
      const auto from = to_string(find(of, key)->origin);
      if (origin.find(from) == std::string::npos) append(origin, from);
    }
    if (!keys.empty())
      add(kInternalTopicDefaults, id, keys, values, origin).wanted = std::move(wanted);
  }

  template <class Found>
  void expiration(RuleId rule, std::string_view key, std::int64_t kafkas_default,
                  milliseconds threshold, const std::optional<milliseconds>& longest_delivery,
                  const BrokerConfigs& of, const Found& found) {
    const auto value = number_of(of, key);
    // Below zero: never.
    if (!value || *value < 0) return;
    std::string below;
    const auto compare_with = [&](const std::optional<milliseconds>& limit, std::string_view what) {
      if (limit && *value < limit->count())
        append(below, std::string(what) + " of " + seconds_text(limit->count()));
    };
    compare_with(threshold, "the threshold");
    compare_with(longest_delivery, "the longest delivery timeout of a producer that reports,");
    compare_with(thresholds_.producer_idle_gap, "the idle gap of producers");
    if (below.empty()) return;
    const auto wanted =
        std::max({milliseconds{kafkas_default}, threshold, longest_delivery.value_or(threshold),
                  2 * thresholds_.producer_idle_gap.value_or(milliseconds{0})});
    found(rule, key, std::to_string(wanted.count())).note = "It is below " + below + ".";
  }

  void compare(std::string_view key) {
    // Values in the order of the brokers that have them.
    std::map<std::string, std::string> brokers_by_value;
    std::string origins;
    for (const auto& [id, of] : settings_.brokers) {
      const auto* setting = find(of, key);
      if (setting == nullptr) continue;
      append(brokers_by_value[setting->value], std::to_string(id.value));
      append(origins, std::to_string(id.value) + ": " + std::string(to_string(setting->origin)));
    }
    if (brokers_by_value.size() < 2) return;
    std::string values;
    for (const auto& [value, brokers] : brokers_by_value)
      append(values, std::string(value).append(" (broker ").append(brokers).append(")"));
    add(kSettingsDiffer, std::string(key), key, values, origins);
  }

  const ClusterFacts& cluster_;
  const model::Configs& settings_;
  const WorstDefaults worst_;
  const Thresholds& thresholds_;
  Findings findings_;
};

}  // namespace

Findings evaluate(const ClusterFacts& cluster, const Thresholds& thresholds) {
  return ClusterEvaluation{cluster, thresholds}.run();
}

}  // namespace kie::risk
