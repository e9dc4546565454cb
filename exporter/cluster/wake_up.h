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

/// Passes events from other threads to a cluster's poll thread, and ends its wait. Shared with the
/// published status, which may outlive the worker.
/// Thread: any, but where the poll thread is named.
class WakeUp {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// Replaces a reconfiguration that was not taken yet. `before` is called while the poll thread
  /// cannot take one.
  void reconfigure(Reconfiguration reconfiguration, const std::function<void()>& before);

  /// Answers about ended epochs have arrived.
  void answers_ready();

  /// `taken` is called as `before` is. Thread: the poll thread.
  std::optional<Reconfiguration> take_reconfiguration(const std::function<void()>& taken);
  bool has_reconfiguration() const;

  /// Makes the poll thread begin a poll, a second after the one before at the earliest, and waits
  /// for its end. False: none that began after the call has ended by `deadline`.
  bool await_poll(Instant deadline);
  /// Whether a poll that await_poll() wants must begin now.
  bool is_poll_due() const;
  /// Ends all waits, those that come later too: the exporter ends, or watches the cluster no more.
  void end();
  /// A poll that began at `begun` has ended, and what it read is published. Thread: the poll
  /// thread.
  void poll_ended(Instant begun);

  /// Waits until a reconfiguration or answers have arrived or a wanted poll is due, or until
  /// stopped. Returns whether answers have arrived since the last call. Thread: the poll thread.
  bool wait_until(Instant until, const std::stop_token& stop);

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<Reconfiguration> reconfiguration_;
  bool answers_ready_ = false;
  /// When await_poll() was last called.
  std::optional<Instant> wanted_since_;
  /// When the last poll that has ended began.
  std::optional<Instant> last_poll_;
  bool has_ended_ = false;

  /// When the poll must begin for which await_poll() waits; nullopt: no call waits.
  std::optional<Instant> wanted_poll_locked() const;
};

}  // namespace kie
