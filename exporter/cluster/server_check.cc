#include "exporter/cluster/server_check.h"

#include "collectors/kafka/check/server_clusters.h"

#include <system_error>

namespace kie {
namespace {

/// A server that cannot be reached is not asked again: brokers of another cluster that come later
/// are found by their answers.
constexpr std::chrono::milliseconds kPatience{1500};

}  // namespace

void ServerCheck::start(const config::ClusterConfig& cluster) {
  cluster_ = cluster;
  problem_.reset();
  asked_ = {};
  if (cluster_.servers.size() < 2) return;
  try {
    asked_ = std::async(std::launch::async, [cluster] {
      return kafka::find_mixed_clusters(kafka::ask_for_clusters(cluster, kPatience));
    });
  } catch (const std::system_error&) {
    // No thread can be started now. The brokers' answers are compared nevertheless.
    asked_ = {};
  }
}

std::optional<std::string> ServerCheck::problem(std::chrono::milliseconds wait) {
  if (asked_.valid() && asked_.wait_for(wait) == std::future_status::ready) {
    auto mixed = asked_.get();
    if (mixed) {
      start(cluster_);
      problem_ = "the servers are brokers of different clusters: " + *mixed;
    } else {
      problem_.reset();
    }
  }
  return problem_;
}

}  // namespace kie
