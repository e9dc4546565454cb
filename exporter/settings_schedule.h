#pragma once

#include "collectors/kafka/settings.h"
#include "collectors/replication/state.h"

#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kie {

/// Which settings are to be read when: those of new topics at once, all of them every
/// config_interval; and what is too old to be believed.
/// Thread: the cluster's poll thread.
class SettingsSchedule {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// All is to be read again; what is known is still believed.
  void start_anew() { due_ = {}; }
  void forget();

  struct Due {
    std::vector<std::string> topics;
    /// Those are all topics, and the brokers' release is due too.
    bool all = false;
  };

  /// nullopt: nothing is.
  std::optional<Due> due(const replication::State& state, Instant now);

  /// The topics' settings were answered for.
  void answered(const Due& due, Instant now, std::chrono::milliseconds config_interval);

  /// Whether all that is known of settings is too old. It is forgotten then.
  bool is_stale(Instant now, std::chrono::milliseconds config_interval);

 private:
  Instant due_{};
  /// When all was last answered for.
  std::optional<Instant> seen_;
  std::set<std::string, std::less<>> asked_;
};

/// Drops the settings of topics that nobody knows any more.
void forget_deleted(kafka::Settings& settings, const replication::State& state);

}  // namespace kie
