#pragma once

#include "collectors/model/ids.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace kie::kafka {

enum class Question { kMetadata, kDescribeCluster, kDescribeTopics, kListOffsets, kConfigs };

/// How long to wait for whom, learnt from how long answers took: a frozen broker must not make
/// everybody wait for the whole timeout, and a slow one must still be heard.
class Patience {
 public:
  using Duration = std::chrono::milliseconds;

  explicit Patience(Duration timeout) : timeout_(timeout) {}

  Duration wait(Question question, BrokerId broker) const {
    // One wait for a broker that froze is enough; the questions after it only see whether it is
    // back.
    if (is_silent(broker)) return clamp(Duration{0});
    const auto found = waits_.find({question, broker});
    if (found != waits_.end()) return found->second;
    return std::min(heard_.contains(broker) ? kFirst : kFirstOfAll, timeout_);
  }

  /// The broker left its last question unanswered: ask another one if there is a choice.
  bool is_silent(BrokerId broker) const { return silent_.contains(broker); }

  void answered(Question question, BrokerId broker, Duration took) {
    silent_.erase(broker);
    heard_.insert(broker);
    waits_[{question, broker}] = clamp(took * 4);
  }

  /// Nothing came in time. Whoever never answered gets the shortest wait from now on.
  void silent(Question question, BrokerId broker) {
    silent_.insert(broker);
    waits_.try_emplace({question, broker}, clamp(Duration{0}));
  }

  /// It was called silent and only took longer: it may take twice as long from now on.
  void answered_late(Question question, BrokerId broker) {
    silent_.erase(broker);
    heard_.insert(broker);
    waits_[{question, broker}] = clamp(2 * wait(question, broker));
  }

 private:
  /// For a question that the broker was never asked before.
  static constexpr Duration kFirst{500};
  /// For a broker that never answered any: it waits for the connection and the login too.
  static constexpr Duration kFirstOfAll{1500};
  /// A broker may pause this long, to collect garbage, without being called silent.
  static constexpr Duration kLeast{250};

  Duration clamp(Duration wait) const { return std::min(std::max(wait, kLeast), timeout_); }

  Duration timeout_;
  std::map<std::pair<Question, BrokerId>, Duration> waits_;
  std::set<BrokerId> silent_;
  std::set<BrokerId> heard_;
};

}  // namespace kie::kafka
