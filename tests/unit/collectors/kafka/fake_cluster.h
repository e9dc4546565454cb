#pragma once

#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/codec/describe_cluster.h"
#include "collectors/kafka/codec/describe_configs.h"
#include "collectors/kafka/codec/describe_quorum.h"
#include "collectors/kafka/codec/list_offsets.h"
#include "collectors/kafka/codec/metadata.h"
#include "collectors/kafka/codec/offset_for_leader_epoch.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the brokers of FakeKafka know and answer.
namespace kie::kafka::test {

/// What a broker knows of its cluster.
struct FakeCluster {
  struct Broker {
    std::string host = "127.0.0.1";
    int port = 0;
    std::string rack{};
    bool is_fenced = false;
  };

  struct Partition {
    /// -1: nobody leads.
    int leader = -1;
    int epoch = 0;
    std::vector<int> replicas{};
    std::vector<int> isr{};
    /// Of Metadata.
    int error = 0;
    std::int64_t log_start = 0;
    std::int64_t high_watermark = 0;
    /// Where each epoch that the log has begins.
    std::map<int, std::int64_t> epoch_starts{};
  };

  struct Topic {
    TopicId id{};
    /// Metadata of all topics leaves one with an error out, as Kafka does with what may not be
    /// described.
    int error = 0;
    std::vector<Partition> partitions{};
  };

  struct Config {
    /// nullopt: it hides it.
    std::optional<std::string> value;
    codec::WireConfigSource source = codec::WireConfigSource::kDefault;
    bool is_read_only = false;
  };

  std::string id = "fake-cluster";
  std::map<int, Broker> brokers;
  std::map<std::string, Topic, std::less<>> topics;
  /// By the name of a topic, or the id of a broker.
  std::map<std::string, std::map<std::string, Config, std::less<>>, std::less<>> configs;
  /// nullopt: there is none, and brokers hold back whoever asks for it.
  std::optional<int> controller = 100;
  int controller_epoch = 7;

  /// Led by `leader` from epoch `epoch` on, which begins at the log's end.
  void elect(const std::string& topic, std::size_t partition, int leader, int epoch);
};

/// How one broker behaves. By the keys of requests.
struct FakeBroker {
  bool is_silent = false;
  /// What it knows instead of what is known.
  std::optional<FakeCluster> view{};
  std::map<int, std::chrono::milliseconds> delays{};
  std::map<int, int> errors{};
  std::map<int, int> errors_once{};
  std::map<int, std::string> answers{};
  /// Oldest and newest. Others it does not have.
  std::map<int, std::pair<int, int>> versions{};
};

struct FakeRequest {
  std::int16_t api = 0;
  std::int16_t version = 0;
  std::string correlation_id{};
  std::string body{};
};

/// All that the brokers have.
inline constexpr std::array kApis{&codec::kApiVersions,          &codec::kMetadata,
                                  &codec::kDescribeCluster,      &codec::kListOffsets,
                                  &codec::kOffsetForLeaderEpoch, &codec::kDescribeConfigs,
                                  &codec::kDescribeQuorum};

/// Broker `id`'s answer, which follows the correlation id; nullopt: it cannot read the request, and
/// closes the connection. `cluster`: what is known.
std::optional<std::string> answer(int id, FakeBroker& broker, const FakeCluster& cluster,
                                  const FakeRequest& request);

/// Whether it has to wait for a controller.
bool is_held_back(const FakeBroker& broker, const FakeCluster& cluster, const FakeRequest& request);

}  // namespace kie::kafka::test
