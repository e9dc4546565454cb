#pragma once

#include "exporter/history/event.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace kie::storm {

/// What makes an event this one and no other: the same can happen to a partition once a step.
std::string key_of(const nlohmann::json& event, history::Time begin);

/// Remembers what was shown and compares it with what is there after a restart. Complains to
/// GoogleTest.
class Witness {
 public:
  explicit Witness(history::Time begin) : begin_(begin) {}

  void hear(const nlohmann::json& message);

  /// The newest event of which it is sure that it is in the journal, once.
  std::int64_t newest() const { return newest_; }
  /// What is in the journal.
  const std::set<std::string>& journal() const { return journal_; }
  std::size_t shown() const { return shown_count_; }
  std::size_t starts() const { return starts_; }
  /// The last look that is known to be taken in; -1: none.
  std::int64_t last_step(const std::string& cluster) const;

 private:
  using Counters = std::map<std::string, double>;

  struct Cluster {
    std::optional<std::int64_t> step;
    /// On its last page.
    Counters counters;
    /// On the first page of the process that has just started.
    Counters first;
  };

  void take_journal(const nlohmann::json& events);
  void count(const nlohmann::json& event);
  void started();
  void compare_counters(const std::string& name, const Cluster& cluster);

  history::Time begin_;
  std::int64_t newest_ = 0;
  std::size_t shown_count_ = 0;
  std::size_t starts_ = 0;
  std::map<std::string, Cluster> clusters_;
  /// By id: those that were shown since the journal was last told, and those it has just told.
  std::map<std::int64_t, nlohmann::json> shown_, told_;
  std::set<std::string> journal_;
  /// What the journal makes of each counter.
  Counters counted_;
  std::set<std::string> deleted_;
};

}  // namespace kie::storm
