#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// Which settings can lose records or kill a producer.
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

/// Every rule there is. The index of its row in rules().
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

/// One row of the table from which metrics, the API, the README here, runbooks and lint speak.
struct Rule {
  RuleId rule;
  std::string_view id;
  Scope scope;
  Severity severity;
  /// Where it has two.
  std::optional<Severity> other;
  std::string_view condition;
  /// How it loses records or kills a producer.
  std::string_view why;
  /// What a person would do, in short; findings have it with names and numbers.
  std::string_view remedy;
  /// Which settings, of what.
  std::string_view source;
};

std::span<const Rule> rules();
const Rule& rule(RuleId id);
/// nullptr: there is none of that name.
const Rule* find_rule(std::string_view id);

}  // namespace kie::risk
