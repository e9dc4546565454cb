#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// What the page and the readiness say of one cluster.
struct ClusterStatus {
  /// As configured; empty if unnamed.
  std::string name;
  std::vector<std::string> servers;
  /// Why the last poll failed; empty if it did not, or if none has ended yet.
  std::string trouble;
  std::optional<std::chrono::system_clock::time_point> last_success;
  /// Until then the last successful poll counts as fresh.
  std::chrono::steady_clock::time_point fresh_until{};
  /// The state in words, a sentence each, the worst first. Of the last successful poll.
  std::vector<std::string> sentences;
  /// Something in `sentences` needs an operator.
  bool needs_attention = false;
};

/// The status of all clusters. Thread: any.
class StatusBoard {
 public:
  explicit StatusBoard(std::vector<ClusterStatus> clusters) : clusters_(std::move(clusters)) {}

  void set(std::size_t cluster, ClusterStatus status) {
    const std::scoped_lock lock{mutex_};
    clusters_.at(cluster) = std::move(status);
  }

  std::vector<ClusterStatus> get() const {
    const std::scoped_lock lock{mutex_};
    return clusters_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<ClusterStatus> clusters_;
};

}  // namespace kie
