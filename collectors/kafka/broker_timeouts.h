#pragma once

#include "collectors/model/ids.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace kie::kafka {

/// Kinds of requests, whose answers take different times.
enum class Question : std::uint8_t {
  kApiVersions,
  /// Metadata of all topics.
  kMetadata,
  /// Metadata of a few topics, or of none.
  kTopics,
  kManyTopics,
  kDescribeCluster,
  /// Of all topics.
  kListOffsets,
  /// Of the unhealthy topics, which are read every second: their quick answers must not shorten the
  /// wait for those of all.
  kSomeOffsets,
  kEpochEnds,
  kConfigs,
  kQuorum,
};

/// How long to wait for each broker, by how long its answers took: a frozen broker must not delay
/// each poll by the whole timeout, and answers of a slow one must still be received.
/// Thread: one at a time.
class BrokerTimeouts {
 public:
  using Duration = std::chrono::milliseconds;
  using Instant = std::chrono::steady_clock::time_point;

  /// A broker may pause for 250 ms, to collect garbage, without counting as unresponsive.
  static constexpr Duration kLeast{250};

  explicit BrokerTimeouts(Duration timeout, Duration least = kLeast)
      : timeout_(timeout), least_(std::min(least, timeout)) {}

  Duration wait(Question question, BrokerId broker) const {
    // One wait for a broker that froze is enough; later requests only test whether it is
    // back.
    if (is_unresponsive(broker)) return clamp(Duration{0});
    const auto found = waits_.find({question, broker});
    if (found != waits_.end()) return found->second;
    return clamp(answers_.contains(broker) ? kFirst : kFirstOfAll);
  }

  /// The broker did not answer its last request: ask another one if there is a choice.
  bool is_unresponsive(BrokerId broker) const { return unresponsive_.contains(broker); }

  /// When the broker last answered; nullopt: never.
  std::optional<Instant> last_answer(BrokerId broker) const {
    const auto found = answers_.find(broker);
    return found == answers_.end() ? std::nullopt : std::optional{found->second};
  }

  void answered(Question question, BrokerId broker, Duration took, Instant now) {
    unresponsive_.erase(broker);
    answers_[broker] = now;
    waits_[{question, broker}] = clamp(took * 4);
  }

  /// No answer came in time. A broker that never answered gets the shortest wait from now on.
  void unanswered(Question question, BrokerId broker) {
    unresponsive_.insert(broker);
    waits_.try_emplace({question, broker}, clamp(Duration{0}));
  }

  /// The broker counted as unresponsive and only took longer: it gets twice as long from now on.
  void answered_late(Question question, BrokerId broker, Instant now) {
    unresponsive_.erase(broker);
    answers_[broker] = now;
    waits_[{question, broker}] = clamp(2 * wait(question, broker));
  }

  /// Drops other brokers. `brokers`: sorted.
  void forget_unless(const std::vector<BrokerId>& brokers) {
    const auto is_gone = [&](BrokerId id) {
      return id.value >= 0 && !std::ranges::binary_search(brokers, id);
    };
    std::erase_if(waits_, [&](const auto& entry) { return is_gone(entry.first.second); });
    std::erase_if(unresponsive_, is_gone);
    std::erase_if(answers_, [&](const auto& entry) { return is_gone(entry.first); });
  }

 private:
  /// For a kind of request that the broker was never sent before.
  static constexpr Duration kFirst{500};
  /// For a broker that never answered: includes the connection and the login.
  static constexpr Duration kFirstOfAll{1500};
  Duration clamp(Duration wait) const { return std::clamp(wait, least_, timeout_); }

  Duration timeout_;
  Duration least_;
  std::map<std::pair<Question, BrokerId>, Duration> waits_;
  std::set<BrokerId> unresponsive_;
  std::map<BrokerId, Instant> answers_;
};

}  // namespace kie::kafka
