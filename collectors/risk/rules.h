#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// The rules: settings that can lose records or cause a fatal error of a producer.
namespace kie::risk {

enum class Scope : std::uint8_t { kTopic, kBroker, kCluster, kProducer };
enum class Severity : std::uint8_t { kInfo, kWarning, kCritical };

constexpr std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::kTopic:
      return "topic";
    case Scope::kBroker:
      return "broker";
    case Scope::kCluster:
      return "cluster";
    case Scope::kProducer:
      break;
  }
  return "producer";
}

constexpr std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kCritical:
      break;
  }
  return "critical";
}

/// All rules. The index of the row in rules().
enum class RuleId : std::uint8_t {
  kUncleanElectionEnabled,
  kReplicationFactor1,
  kReplicationFactor2,
  kMinIsr1,
  kMinIsrEqualsRf,
  kMinIsrAboveRf,

  kDefaultUncleanElection,
  kDefaultReplicationFactor1,
  kDefaultMinIsr1,
  kInternalTopicDefaults,
  kProducerIdExpirationShort,
  kTransactionalIdExpirationShort,
  kLagTimeLong,
  kLagTimeShort,

  kSettingsDiffer,

  kAcksNotAll,
  kIdempotenceOff,
  kInFlightAbove5,
  kDeliveryTimeoutShort,
  kRetriesLow,
  kClientRefuses,
  kTransactionalIdShared,
  kProducersShortLived,

  kCount,
};

inline constexpr std::size_t kRuleCount = static_cast<std::size_t>(RuleId::kCount);

/// One row of the table that metrics, the API, the README here, runbooks and lint use.
struct Rule {
  RuleId rule;
  std::string_view id;
  Scope scope;
  Severity severity;
  /// For rules with two severities.
  std::optional<Severity> other;
  std::string_view condition;
  /// How it loses records or kills a producer.
  std::string_view why;
  /// What to do, in short; findings have it with names and numbers.
  std::string_view remedy;
  /// The settings, and the topic, broker or client that has them.
  std::string_view source;
};

std::span<const Rule> rules();
const Rule& rule(RuleId id);
/// nullptr: there is no rule with that id.
const Rule* find_rule(std::string_view id);

}  // namespace kie::risk
