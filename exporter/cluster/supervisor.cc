#include "exporter/cluster/supervisor.h"

#include "exporter/log/survive.h"

#include <pthread.h>

#include <algorithm>
#include <map>
#include <utility>

namespace kie {
namespace {

config::ConfigError refusal(const config::ClusterConfig& cluster, const kafka::Error& error) {
  return {cluster.place, "librdkafka refuses the configuration: " + error.text};
}

}  // namespace

ClusterSupervisor::WatchedCluster::WatchedCluster(std::size_t number,
                                                  const config::ClusterConfig& cluster,
                                                  std::shared_ptr<RdkafkaLog> log,
                                                  std::unique_ptr<ClusterConnection> connection,
                                                  const ClusterServices& services)
    : config(cluster),
      worker(number, cluster, std::move(log), std::move(connection), services),
      thread([this](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "kie:poll");
        run_until_stopped(
            "poll", stop, [&] { worker.run(stop); },
            [this](const std::string& error) { worker.survived(error); });
      }) {}

ClusterSupervisor::WatchedCluster* ClusterSupervisor::find(const std::string& name) {
  const auto found =
      std::ranges::find(watched_, name, [](const auto& one) { return one.config.name; });
  return found == watched_.end() ? nullptr : &*found;
}

tl::expected<void, config::ConfigErrors> ClusterSupervisor::start(
    const std::vector<config::ClusterConfig>& clusters) {
  struct Attempt {
    std::shared_ptr<RdkafkaLog> log;
    std::unique_ptr<ClusterConnection> connection;
  };
  std::vector<Attempt> attempts;
  config::ConfigErrors problems;
  for (const auto& cluster : clusters) {
    auto& attempt = attempts.emplace_back(std::make_shared<RdkafkaLog>(cluster.name));
    if (auto made = ClusterConnection::open(cluster, attempt.log)) {
      attempt.connection = std::move(*made);
    } else {
      problems.push_back(refusal(cluster, made.error()));
    }
  }
  if (problems.size() == clusters.size()) return tl::make_unexpected(std::move(problems));
  for (std::size_t i = 0; i < clusters.size(); ++i)
    watched_.emplace_back(next_number_++, clusters[i], std::move(attempts[i].log),
                          std::move(attempts[i].connection), services_);
  return {};
}

tl::expected<void, config::ConfigErrors> ClusterSupervisor::change(
    const std::vector<config::ClusterConfig>& clusters) {
  std::map<std::string, std::unique_ptr<ClusterConnection>> connections;
  config::ConfigErrors problems;
  for (const auto& cluster : clusters) {
    const auto* watched = find(cluster.name);
    if (watched != nullptr && same_settings(watched->config, cluster)) continue;
    if (auto made = ClusterConnection::open(cluster, std::make_shared<RdkafkaLog>(cluster.name))) {
      connections.emplace(cluster.name, std::move(*made));
    } else {
      problems.push_back(refusal(cluster, made.error()));
    }
  }
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));

  const auto is_gone = [&](const WatchedCluster& one) {
    return std::ranges::find(clusters, one.config.name, &config::ClusterConfig::name) ==
           clusters.end();
  };
  for (auto& one : watched_)
    if (is_gone(one)) one.thread.request_stop();
  std::erase_if(watched_, is_gone);
  for (const auto& cluster : clusters) {
    auto* watched = find(cluster.name);
    if (watched != nullptr) watched->worker.set_place(cluster.place);
    const auto made = connections.find(cluster.name);
    if (made == connections.end()) continue;
    if (watched != nullptr) {
      const bool same_servers = cluster.servers == watched->config.servers;
      watched->config = cluster;
      watched->worker.reconfigure(cluster, std::move(made->second), same_servers);
    } else {
      auto log = made->second->log();
      watched_.emplace_back(next_number_++, cluster, std::move(log), std::move(made->second),
                            services_);
    }
  }
  return {};
}

void ClusterSupervisor::stop() {
  for (auto& one : watched_) one.thread.request_stop();
  watched_.clear();
}

}  // namespace kie
