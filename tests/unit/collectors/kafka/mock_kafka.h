#pragma once

#include "config/config.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace kie::kafka::test {

/// librdkafka's mock cluster. It knows Metadata, ListOffsets and Produce; its ISR always has all
/// replicas, its topics have no ids, and it knows nothing of settings.
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

  config::Cluster config() const {
    config::Cluster cluster;
    std::istringstream bootstraps{rd_kafka_mock_cluster_bootstraps(cluster_.get())};
    for (std::string server; std::getline(bootstraps, server, ',');)
      cluster.servers.push_back(server);
    cluster.request_timeout = std::chrono::seconds{10};
    return cluster;
  }

  void create(const std::string& topic, int partitions, int replicas) {
    rd_kafka_mock_topic_create(cluster_.get(), topic.c_str(), partitions, replicas);
  }

  /// -1: nobody leads.
  void set_leader(const std::string& topic, int partition, int broker) {
    rd_kafka_mock_partition_set_leader(cluster_.get(), topic.c_str(), partition, broker);
  }

  void set_delay(int broker, std::chrono::milliseconds delay) {
    rd_kafka_mock_broker_set_rtt(cluster_.get(), broker, static_cast<int>(delay.count()));
  }

  void set_rack(int broker, const std::string& rack) {
    rd_kafka_mock_broker_set_rack(cluster_.get(), broker, rack.c_str());
  }

  /// The next question but one for the end of an epoch is answered late.
  void delay_second_epoch_end(int broker, std::chrono::milliseconds delay) {
    rd_kafka_mock_broker_push_request_error_rtts(
        cluster_.get(), broker, kOffsetForLeaderEpoch, 2, RD_KAFKA_RESP_ERR_NO_ERROR, 0,
        RD_KAFKA_RESP_ERR_NO_ERROR, static_cast<int>(delay.count()));
  }

  /// The broker denies to lead the partitions of the next question for offsets.
  void deny_offsets(int broker) {
    rd_kafka_mock_broker_push_request_error_rtts(cluster_.get(), broker, kListOffsets, 1,
                                                 RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, 0);
  }

  /// The next question to write records is refused so.
  void refuse_produce(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors(cluster_.get(), kProduce, 1, error);
  }

  /// Whoever describes the topic gets this error, or no error any more.
  void set_error(const std::string& topic, rd_kafka_resp_err_t error) {
    rd_kafka_mock_topic_set_error(cluster_.get(), topic.c_str(), error);
  }

  /// From now on, requests().
  void track_requests() { rd_kafka_mock_start_request_tracking(cluster_.get()); }

  /// The API keys of what was asked, and how often.
  std::map<int, int> count_requests() const {
    std::size_t count = 0;
    auto** requests = rd_kafka_mock_get_requests(cluster_.get(), &count);
    std::map<int, int> keys;
    for (std::size_t i = 0; i < count; ++i) ++keys[rd_kafka_mock_request_api_key(requests[i])];
    rd_kafka_mock_request_destroy_array(requests, count);
    return keys;
  }

  std::set<int> requests() const {
    std::set<int> keys;
    for (const auto& [key, count] : count_requests()) keys.insert(key);
    return keys;
  }

  static constexpr std::int16_t kListOffsets = 2;

  /// Writes records and waits until they are acknowledged.
  void produce(const std::string& topic, int partition, int records) {
    produce(topic, [&](int) { return partition; }, records);
  }

  /// Writes as many records to each of the partitions.
  void produce_to_all(const std::string& topic, int partitions, int records) {
    produce(topic, [=](int i) { return i % partitions; }, partitions * records);
  }

 private:
  static constexpr std::int16_t kProduce = 0;
  static constexpr std::int16_t kOffsetForLeaderEpoch = 23;

  template <class PartitionOf>
  void produce(const std::string& topic, PartitionOf partition_of, int records) {
    std::array<char, 512> error{};
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_.get()),
                      error.data(), error.size());
    const std::unique_ptr<rd_kafka_t, Destroy> producer{
        rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size())};
    if (!producer) throw std::runtime_error(error.data());
    std::string value = "x";
    for (int i = 0; i < records; ++i)
      rd_kafka_producev(producer.get(), RD_KAFKA_V_TOPIC(topic.c_str()),
                        RD_KAFKA_V_PARTITION(partition_of(i)),
                        RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_END);
    if (rd_kafka_flush(producer.get(), 30'000) != RD_KAFKA_RESP_ERR_NO_ERROR)
      throw std::runtime_error("the mock does not acknowledge");
  }

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
