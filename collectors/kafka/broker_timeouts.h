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

/// What takes a broker a time of its own to answer.
enum class Question : std::uint8_t {
  kApiVersions,
  /// Of all topics.
  kMetadata,
  /// Of some topics, or of none.
  kTopics,
  kDescribeCluster,
  kListOffsets,
  kEpochEnds,
  kConfigs,
  kQuorum,
};

/// How long to wait for which broker, learnt from how long its answers took: a frozen broker must
/// not make everybody wait for the whole timeout, and a slow one must still be heard.
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
    // One wait for a broker that froze is enough; the questions after it only see whether it is
    // back.
    if (is_unresponsive(broker)) return clamp(Duration{0});
    const auto found = waits_.find({question, broker});
    if (found != waits_.end()) return found->second;
    return clamp(answers_.contains(broker) ? kFirst : kFirstOfAll);
  }

  /// The broker left its last question unanswered: ask another one if there is a choice.
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

  /// Nothing came in time. A broker that never answered gets the shortest wait from now on.
  void unanswered(Question question, BrokerId broker) {
    unresponsive_.insert(broker);
    waits_.try_emplace({question, broker}, clamp(Duration{0}));
  }

  /// It counted as unresponsive and only took longer: it may take twice as long from now on.
  void answered_late(Question question, BrokerId broker, Instant now) {
    unresponsive_.erase(broker);
    answers_[broker] = now;
    waits_[{question, broker}] = clamp(2 * wait(question, broker));
  }

  /// Drops what was learnt of other brokers. `brokers`: sorted.
  void forget_unless(const std::vector<BrokerId>& brokers) {
    const auto is_gone = [&](BrokerId id) {
      return id.value >= 0 && !std::ranges::binary_search(brokers, id);
    };
    std::erase_if(waits_, [&](const auto& entry) { return is_gone(entry.first.second); });
    std::erase_if(unresponsive_, is_gone);
    std::erase_if(answers_, [&](const auto& entry) { return is_gone(entry.first); });
  }

 private:
  /// For a question that the broker was never asked before.
  static constexpr Duration kFirst{500};
  /// For a broker that never answered any: it waits for the connection and the login too.
  static constexpr Duration kFirstOfAll{1500};
  Duration clamp(Duration wait) const { return std::clamp(wait, least_, timeout_); }

  Duration timeout_;
  Duration least_;
  std::map<std::pair<Question, BrokerId>, Duration> waits_;
  std::set<BrokerId> unresponsive_;
  std::map<BrokerId, Instant> answers_;
};

}  // namespace kie::kafka
