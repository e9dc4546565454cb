#include "exporter/clusters.h"

#include "exporter/log.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <utility>

namespace kie {
namespace {

config::Problem refusal(const config::Cluster& cluster, const kafka::Error& error) {
  return {cluster.place, "librdkafka refuses the configuration: " + error.text};
}

}  // namespace

void Clusters::add(const config::Cluster& cluster, std::optional<Connection> connection) {
  auto& one = watched_.emplace_back();
  one.config = cluster;
  one.worker =
      std::make_unique<ClusterWorker>(next_number_++, cluster, std::move(connection), outlets_);
  one.thread = std::jthread([worker = one.worker.get()](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "kie:poll");
    worker->run(stop);
  });
}

tl::expected<void, config::Problems> Clusters::start(const std::vector<config::Cluster>& clusters) {
  std::vector<std::optional<Connection>> connections;
  config::Problems problems;
  for (const auto& cluster : clusters) {
    auto& connection = connections.emplace_back();
    if (auto made = connect(cluster)) {
      connection.emplace(std::move(*made));
    } else {
      problems.push_back(refusal(cluster, made.error()));
    }
  }
  if (problems.size() == clusters.size()) return tl::make_unexpected(std::move(problems));
  for (std::size_t i = 0; i < clusters.size(); ++i) add(clusters[i], std::move(connections[i]));
  return {};
}

tl::expected<void, config::Problems> Clusters::change(
    const std::vector<config::Cluster>& clusters) {
  const auto watched = [&](const std::string& name) {
    return std::ranges::find(watched_, name, [](const Watched& one) { return one.config.name; });
  };
  std::map<std::string, Connection> connections;
  config::Problems problems;
  for (const auto& cluster : clusters) {
    const auto found = watched(cluster.name);
    if (found != watched_.end() && same_settings(found->config, cluster)) continue;
    if (auto made = connect(cluster)) {
      connections.emplace(cluster.name, std::move(*made));
    } else {
      problems.push_back(refusal(cluster, made.error()));
    }
  }
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));

  std::erase_if(watched_, [&](const Watched& one) {
    return std::ranges::find(clusters, one.config.name, &config::Cluster::name) == clusters.end();
  });
  for (const auto& cluster : clusters) {
    const auto made = connections.find(cluster.name);
    if (made == connections.end()) continue;
    if (const auto found = watched(cluster.name); found != watched_.end()) {
      found->config = cluster;
      found->worker->take(cluster, std::move(made->second));
    } else {
      add(cluster, std::move(made->second));
    }
  }
  return {};
}

void Clusters::stop() {
  for (auto& one : watched_) one.thread.request_stop();
  watched_.clear();
}

}  // namespace kie
