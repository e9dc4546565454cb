#pragma once

#include "collectors/kafka/snapshot_reader.h"
#include "tests/unit/collectors/kafka/fake_kafka.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace kie::kafka::test {

/// A read that waits for no silent broker takes less.
inline constexpr std::chrono::seconds kUnlimited{20};

/// What is known, and in doubt, before a snapshot is read.
struct Doubts {
  std::vector<std::string> known{};
  std::vector<std::string> topics{};
  std::vector<std::string> absent{};
  std::map<std::string, TopicId> ids{};

  Known to_known() const {
    return {.has_topics = !known.empty(),
            .has_topic =
                [this](const std::string& topic) { return std::ranges::count(known, topic) > 0; },
            .topic_id = [this](const std::string& topic) -> std::optional<TopicId> {
              const auto found = ids.find(topic);
              return found == ids.end() ? std::nullopt : std::optional{found->second};
            },
            .find_unconfirmed = [this](const auto&) { return model::Unconfirmed{topics, absent}; }};
  }
};

/// A reader with a session of its own.
class Reader {
 public:
  explicit Reader(const config::ClusterConfig& cluster, std::chrono::milliseconds least = kLong)
      : session_(client_of(cluster), cluster.request_timeout, least), reader_(session_, cluster) {}

  Result<SnapshotReport> try_read(const Doubts& doubts = {}) {
    return reader_.read(std::chrono::steady_clock::now(), doubts.to_known());
  }

  SnapshotReport read(const Doubts& doubts = {}) {
    auto report = try_read(doubts);
    if (!report) throw std::runtime_error(report.error().text);
    return std::move(*report);
  }

  SnapshotReport read_topics(const std::vector<std::string>& topics, const Doubts& doubts) {
    auto report = reader_.read_topics(std::chrono::steady_clock::now(), topics, doubts.to_known());
    if (!report) throw std::runtime_error(report.error().text);
    return std::move(*report);
  }

  /// Reads until it is as wanted: connections may have to come up or break first.
  SnapshotReport read_until(const std::function<bool(const SnapshotReport&)>& wanted,
                            const Doubts& doubts = {}) {
    std::optional<SnapshotReport> last;
    if (!eventually([&] {
          auto report = try_read(doubts);
          if (!report || !wanted(*report)) return false;
          last = std::move(*report);
          return true;
        }))
      throw std::runtime_error("no snapshot is as wanted");
    return std::move(*last);
  }

  Session& session() { return session_; }

 private:
  Session session_;
  SnapshotReader reader_;
};

inline std::vector<std::string> names(const SnapshotReport& report) {
  std::vector<std::string> result;
  for (const auto& topic : report.snapshot.topics) result.push_back(topic.name);
  return result;
}

inline const model::TopicSnapshot& topic(const SnapshotReport& report, const std::string& name) {
  const auto found = std::ranges::find(report.snapshot.topics, name, &model::TopicSnapshot::name);
  if (found == report.snapshot.topics.end()) throw std::runtime_error("no topic " + name);
  return *found;
}

inline const model::PartitionSnapshot& row(const SnapshotReport& report,
                                           std::size_t partition = 0) {
  return topic(report, "orders").partitions.at(partition);
}

inline std::vector<int> broker_ids(const SnapshotReport& report) {
  std::vector<int> result;
  for (const auto& broker : report.snapshot.brokers.value()) result.push_back(broker.id.value);
  return result;
}

inline std::optional<bool> answered(const SnapshotReport& report, int broker) {
  for (const auto& one : report.snapshot.brokers.value())
    if (one.id == BrokerId{broker}) return one.answered;
  throw std::runtime_error("no such broker");
}

inline const Doubts kOrders{.topics = {"orders"}};

}  // namespace kie::kafka::test
