#pragma once

#include "config/config.h"
#include "exporter/cluster/cluster_connection.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace kie {

/// Another configuration of the cluster that a worker watches, and a connection made with it.
struct Reconfiguration {
  config::ClusterConfig config;
  std::unique_ptr<ClusterConnection> connection;
};

/// Passes events from other threads to a cluster's poll thread, and ends its wait.
/// Thread: any, but where the poll thread is named.
class WakeUp {
 public:
  /// Replaces a reconfiguration that was not taken yet. `before` is called while the poll thread
  /// cannot take one.
  void reconfigure(Reconfiguration reconfiguration, const std::function<void()>& before);

  /// Answers about ended epochs have arrived.
  void answers_ready();

  /// `taken` is called as `before` is. Thread: the poll thread.
  std::optional<Reconfiguration> take_reconfiguration(const std::function<void()>& taken);
  bool has_reconfiguration() const;

  /// Waits until a reconfiguration or answers have arrived, or until stopped. Returns whether
  /// answers have arrived since the last call. Thread: the poll thread.
  bool wait_until(std::chrono::steady_clock::time_point until, const std::stop_token& stop);

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Reconfiguration> reconfiguration_;
  bool answers_ready_ = false;
};

}  // namespace kie
