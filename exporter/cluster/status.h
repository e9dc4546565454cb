#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kie {

struct ClusterOverview;
struct ClusterState;
class WakeUp;

/// The state of one cluster for the landing page, the readiness check and the API.
struct ClusterStatus {
  /// As configured; empty if unnamed.
  std::string name;
  std::vector<std::string> servers;
  /// Kafka's; nullopt until its first answer.
  std::optional<std::string> cluster_id{};
  /// The last poll was answered.
  bool up = false;
  /// State that is older counts as unknown.
  std::chrono::milliseconds staleness{};
  /// Read it in small parts: see visit_topics().
  std::shared_ptr<const ClusterState> state;
  /// The state of the cluster as a whole; nullptr: not known yet.
  std::shared_ptr<const ClusterOverview> overview;
  /// Why the last poll failed; nullopt if it did not, or if none has ended yet.
  std::optional<std::string> trouble{};
  std::optional<std::chrono::system_clock::time_point> last_success;
  /// Until then the last successful poll counts as fresh.
  std::chrono::steady_clock::time_point fresh_until{};
  /// The state in sentences, worst first. Of the last successful poll.
  std::vector<std::string> sentences;
  /// A sentence why the state may be out of date although brokers answer (no controller does, or
  /// only for a short time); nullopt if it is not.
  std::optional<std::string> old_news{};
  /// A sentence why no second broker confirms the state; nullopt if one does.
  std::optional<std::string> unconfirmed{};
  /// To wait for the next poll. Not nullptr, but in tests.
  std::shared_ptr<WakeUp> wake_up;
  /// Another entry of the configuration is the same cluster; this one is not asked any more.
  bool disabled = false;
  /// Something in `sentences` needs an operator.
  bool needs_attention = false;
};

/// The status of all clusters. Thread: any.
class StatusBoard {
 public:
  void set(std::size_t cluster, ClusterStatus status) {
    const std::scoped_lock lock{mutex_};
    clusters_.insert_or_assign(cluster, std::move(status));
  }

  void remove(std::size_t cluster) {
    const std::scoped_lock lock{mutex_};
    clusters_.erase(cluster);
  }

  /// In the order of their numbers.
  std::vector<ClusterStatus> get() const {
    std::vector<ClusterStatus> all;
    const std::scoped_lock lock{mutex_};
    all.reserve(clusters_.size());
    for (const auto& [number, status] : clusters_) all.push_back(status);
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::size_t, ClusterStatus> clusters_;
};

}  // namespace kie
