#pragma once

#include "config/config.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstdint>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

namespace kie::kafka::test {

/// librdkafka's mock cluster, for producers: it takes records, which FakeKafka does not.
class MockKafka {
 public:
  explicit MockKafka(int brokers) {
    std::array<char, 512> error{};
    auto* conf = rd_kafka_conf_new();
    // It would complain that it has no bootstrap servers.
    rd_kafka_conf_set(conf, "log_level", "3", error.data(), error.size());
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size()));
    if (!handle_) throw std::runtime_error(error.data());
    cluster_.reset(rd_kafka_mock_cluster_new(handle_.get(), brokers));
    if (!cluster_) throw std::runtime_error("no mock cluster");
  }

  config::ClusterConfig config() const {
    config::ClusterConfig cluster;
    std::istringstream bootstraps{rd_kafka_mock_cluster_bootstraps(cluster_.get())};
    for (std::string server; std::getline(bootstraps, server, ',');)
      cluster.servers.push_back(server);
    cluster.request_timeout = std::chrono::seconds{10};
    return cluster;
  }

  void create(const std::string& topic, int partitions, int replicas) {
    rd_kafka_mock_topic_create(cluster_.get(), topic.c_str(), partitions, replicas);
  }

  /// The next question to write records is refused so.
  void refuse_produce(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(cluster_.get(), kProduce, 1, error);
  }

 private:
  static constexpr std::int16_t kProduce = 0;

  struct Destroy {
    void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
    void operator()(rd_kafka_mock_cluster_t* cluster) const {
      rd_kafka_mock_cluster_destroy(cluster);
    }
  };

  // The cluster lives in the handle.
  std::unique_ptr<rd_kafka_t, Destroy> handle_;
  std::unique_ptr<rd_kafka_mock_cluster_t, Destroy> cluster_;
};

}  // namespace kie::kafka::test
