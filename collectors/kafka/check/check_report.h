#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The checks from a configuration to a cluster that can be watched, and their outcomes. Pure.
namespace kie::kafka {

enum class CheckKind : std::uint8_t {
  kConfiguration,
  kName,
  kTcp,
  kTls,
  kProtocol,
  kSasl,
  kOneCluster,
  kMetadata,
  kDistinct,
  kBroker,
  kAddresses,
  kTopics,
  kTopicIds,
  kOffsets,
  kTopicSettings,
  kBrokerSettings,
  kBrokerList,
  kEpochEnds,
  kController,
};

enum class Outcome : std::uint8_t { kOk, kFailed, kSkipped };

struct Check {
  CheckKind kind = CheckKind::kConfiguration;
  /// The server or broker it is about; empty for the cluster.
  std::string subject;
  Outcome outcome = Outcome::kOk;
  /// The result, the error, or what the check waits for.
  std::string detail;
  /// What to do if it failed.
  std::string help;
};

/// The name of a check for programs, such as "tcp", and of an outcome ("ok", "failed", "skipped").
std::string_view id_of(CheckKind kind);
std::string_view id_of(Outcome outcome);

/// A check's title, such as "TCP to kafka-1:9092".
std::string title(const Check& check);

/// Position of a check in its report.
using CheckId = std::size_t;

/// Collects checks. One that waits for a check that is not ok is skipped and names the check that
/// failed, not one that was skipped itself.
class CheckReport {
 public:
  CheckId ok(CheckKind kind, std::string subject, std::string detail);
  CheckId failed(CheckKind kind, std::string subject, std::string detail, std::string help);
  CheckId skipped(CheckKind kind, std::string subject, CheckId waits_for);
  CheckId skipped(CheckKind kind, std::string subject, std::string why);

  bool is_ok(CheckId id) const { return checks_[id].outcome == Outcome::kOk; }
  const std::vector<Check>& all() const { return checks_; }

 private:
  CheckId add(Check check);

  std::vector<Check> checks_;
};

}  // namespace kie::kafka
