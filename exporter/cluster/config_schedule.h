#pragma once

#include "collectors/model/configs.h"
#include "collectors/replication/state.h"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kie {

/// Which settings are to be read when: those of new topics and brokers at once, all of them every
/// config_interval; and what is too old to be believed.
/// Thread: the cluster's poll thread.
class ConfigSchedule {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// All is to be read again; what is known is still believed.
  void restart() { due_ = {}; }
  void forget();

  struct Due {
    std::vector<std::string> topics;
    std::vector<BrokerId> brokers;
    /// Those are all topics and brokers.
    bool all = false;
  };

  /// `brokers`: all that are listed. nullopt: nothing is.
  std::optional<Due> due(const replication::ReplicationState& state,
                         const std::vector<BrokerId>& brokers, Instant now);

  /// The topics' settings were answered for.
  void answered(const Due& due, Instant now, std::chrono::milliseconds config_interval);

  /// The brokers of `due` were asked, and those of `failed` did not answer or refused. Such a
  /// broker is asked again after kFirstRetry: most are only slow. Each further time it is twice as
  /// long, up to kLastRetry, because a silent broker costs a poll a wait.
  void asked_brokers(const Due& due, const std::set<BrokerId>& failed, Instant now);

  /// Whether all that is known of settings is too old. It is forgotten then.
  bool is_stale(Instant now, std::chrono::milliseconds config_interval);

 private:
  Instant due_{};
  /// When all was last answered for.
  std::optional<Instant> seen_;
  std::set<std::string, std::less<>> asked_;
  /// For a listed broker, what is asked of it between two readings of all.
  struct Retry {
    /// nullopt: nothing.
    std::optional<Instant> at = Instant{};
    /// What it was put off by; 0: it did not fail.
    std::chrono::seconds pause{0};
  };
  std::map<BrokerId, Retry> brokers_;
};

inline constexpr std::chrono::seconds kFirstRetry{1};
inline constexpr std::chrono::seconds kLastRetry{60};

/// Drops the settings of topics that nobody knows any more, and of brokers that last answered for
/// themselves more than three intervals ago.
void forget_deleted(model::Configs& settings, const replication::ReplicationState& state,
                    ConfigSchedule::Instant now, std::chrono::milliseconds config_interval);

}  // namespace kie
