#pragma once

#include "tests/unit/collectors/replication/snapshots.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The recordings of incidents on real clusters, as looks.
namespace kie::test {

using nlohmann::json;
using namespace replication::test;

inline const std::filesystem::path kRecordings =
    std::filesystem::path{KIE_SOURCE_DIR} / "tests/fixtures/scenarios";

inline std::vector<std::string> recordings() {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{kRecordings})
    if (entry.path().filename() == "observations.jsonl")
      found.push_back(std::filesystem::relative(entry.path().parent_path(), kRecordings).string());
  std::sort(found.begin(), found.end());
  return found;
}

/// Kafka writes its Uuids in base64 for URLs, without padding.
inline TopicId topic_id(const std::string& text) {
  static const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::vector<std::uint8_t> bytes;
  unsigned bits = 0;
  unsigned value = 0;
  for (const char c : text) {
    value = (value << 6U) | static_cast<unsigned>(digits.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>((value >> bits) & 0xFFU));
  }
  const auto half = [&](std::size_t from) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = (number << 8U) | bytes.at(from + i);
    return static_cast<std::int64_t>(number);
  };
  return {half(0), half(8)};
}

inline Row row_of(const json& line) {
  const auto integer = [&](const char* key) -> std::optional<int> {
    if (line.at(key).is_null()) return std::nullopt;
    return line.at(key).get<int>();
  };
  return {.partition = line.at("partition").get<int>(),
          .leader = integer("leader"),
          .isr = line.at("isr").get<std::vector<int>>(),
          .replicas = line.at("replicas").get<std::vector<int>>(),
          .epoch = integer("leader_epoch"),
          .latest = integer("high"),
          .earliest = integer("low")};
}

/// What was last seen of everything: a look has all partitions in it, a line has one.
class Recording {
 public:
  model::ClusterSnapshot next(const json& line) {
    const auto name = line.at("topic").get<std::string>();
    if (line.value("missing", false)) {
      topics_[name] = absent(name, model::Presence::kDeleted);
    } else {
      const auto id = topic_id(line.at("topic_id").get<std::string>());
      auto& topic = topics_[name];
      if (topic.presence != model::Presence::kPresent || topic.id != id)
        topic = replication::test::topic(name, {}, id);
      const auto row = look_of(row_of(line));
      const auto found =
          std::lower_bound(topic.partitions.begin(), topic.partitions.end(), row.id,
                           [](const auto& known, PartitionId wanted) { return known.id < wanted; });
      if (found != topic.partitions.end() && found->id == row.id) {
        *found = row;
      } else {
        topic.partitions.insert(found, row);
      }
      brokers_ = line.at("brokers").get<std::vector<int>>();
      std::sort(brokers_.begin(), brokers_.end());
    }
    std::vector<model::TopicSnapshot> topics;
    for (const auto& [key, topic] : topics_) topics.push_back(topic);
    return cluster(at(line.at("t").get<double>()), std::move(topics), brokers_);
  }

 private:
  std::map<std::string, model::TopicSnapshot> topics_;
  std::vector<int> brokers_;
};

inline std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

}  // namespace kie::test
