#pragma once

#include "collectors/replication/state.h"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kie {

/// Decides when settings are read: those of new topics and brokers at once, all of them every
/// config_interval; and when they are too old to be used.
/// Thread: the cluster's poll thread.
class ConfigSchedule {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// All settings are due again; the known ones are still used.
  void restart() { due_ = {}; }
  void forget();

  struct Due {
    std::vector<std::string> topics;
    std::vector<BrokerId> brokers;
    /// These are all topics and brokers.
    bool all = false;
  };

  /// `brokers`: all that are listed. nullopt: nothing is due.
  std::optional<Due> due(const replication::ReplicationState& state,
                         const std::vector<BrokerId>& brokers, Instant now);

  /// Call when the topics' settings were answered.
  void answered(const Due& due, Instant now, std::chrono::milliseconds config_interval);

  /// The brokers of `due` were asked, and those of `failed` did not answer or refused. Such a
  /// broker is asked again after kFirstRetry, as most are only slow. The time doubles with each
  /// failure, up to kLastRetry, because a silent broker delays a poll.
  void asked_brokers(const Due& due, const std::set<BrokerId>& failed, Instant now);

  /// Whether all known settings are too old. Then all are due again.
  bool forget_if_stale(Instant now, std::chrono::milliseconds config_interval);

 private:
  Instant due_{};
  /// When all settings were last answered.
  std::optional<Instant> seen_;
  std::set<std::string, std::less<>> asked_;
  /// When a listed broker is asked between two readings of all.
  struct Retry {
    /// nullopt: nothing.
    std::optional<Instant> at = Instant{};
    /// The last delay; 0: it did not fail.
    std::chrono::seconds pause{0};
  };
  std::map<BrokerId, Retry> brokers_;
};

inline constexpr std::chrono::seconds kFirstRetry{1};
inline constexpr std::chrono::seconds kLastRetry{60};
}  // namespace kie
