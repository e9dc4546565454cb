#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The steps from a configuration to a cluster that can be watched, and what became of each. Pure.
namespace kie::kafka {

enum class StepKind : std::uint8_t {
  kConfiguration,
  kName,
  kTcp,
  kTls,
  kProtocol,
  kSasl,
  kMetadata,
  kDistinct,
  kBroker,
  kTopics,
  kTopicIds,
  kOffsets,
  kTopicSettings,
  kBrokerSettings,
  kBrokerList,
  kEpochEnds,
};

enum class Outcome : std::uint8_t { kOk, kFailed, kSkipped };

struct Step {
  StepKind kind = StepKind::kConfiguration;
  /// The server or broker it is about; empty for the cluster.
  std::string subject;
  Outcome outcome = Outcome::kOk;
  /// What was found, what exactly failed, or what it waits for.
  std::string detail;
  /// What to do if it failed.
  std::string help;
};

/// The name of a step for programs, such as "tcp", and of an outcome ("ok", "failed", "skipped").
std::string_view id_of(StepKind kind);
std::string_view id_of(Outcome outcome);

/// A step in words, such as "TCP to kafka-1:9092".
std::string title(const Step& step);

/// Collects steps. One that waits for a step that is not ok is skipped and names the step that
/// failed, not one that was skipped itself.
class Steps {
 public:
  /// Position of a step.
  using At = std::size_t;

  At ok(StepKind kind, std::string subject, std::string detail);
  At failed(StepKind kind, std::string subject, std::string detail, std::string help);
  At skipped(StepKind kind, std::string subject, At waits_for);
  At skipped(StepKind kind, std::string subject, std::string why);

  bool is_ok(At at) const { return steps_[at].outcome == Outcome::kOk; }
  const std::vector<Step>& all() const { return steps_; }

 private:
  At add(Step step);

  std::vector<Step> steps_;
};

}  // namespace kie::kafka
