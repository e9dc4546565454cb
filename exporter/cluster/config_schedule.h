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
  void start_anew() { due_ = {}; }
  void forget();

  struct Due {
    std::vector<std::string> topics;
    std::vector<BrokerId> brokers;
    /// Those are all topics and brokers.
    bool all = false;
  };

  /// `brokers`: all that are listed. nullopt: nothing is.
  std::optional<Due> due(const replication::State& state, const std::vector<BrokerId>& brokers,
                         Instant now);

  /// The topics' settings were answered for.
  void answered(const Due& due, Instant now, std::chrono::milliseconds config_interval);

  /// The brokers of `due` were asked, and those of `silent` did not answer: a silent one costs a
  /// poll a wait, so it is asked again after kRetry and not in the next one.
  void asked_brokers(const Due& due, const std::set<BrokerId>& silent, Instant now);

  /// Whether all that is known of settings is too old. It is forgotten then.
  bool is_stale(Instant now, std::chrono::milliseconds config_interval);

 private:
  Instant due_{};
  /// When all was last answered for.
  std::optional<Instant> seen_;
  std::set<std::string, std::less<>> asked_;
  /// When each listed broker is to be asked again between two readings of all; nullopt: not at all.
  std::map<BrokerId, std::optional<Instant>> brokers_;
};

inline constexpr std::chrono::minutes kRetry{1};

/// Drops the settings of topics that nobody knows any more, and of brokers that last answered for
/// themselves more than three intervals ago.
void forget_deleted(model::Configs& settings, const replication::State& state,
                    ConfigSchedule::Instant now, std::chrono::milliseconds config_interval);

}  // namespace kie
