#include "tests/storm/witness.h"

#include "tests/storm/replay.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string_view>

namespace kie::storm {
namespace {

using nlohmann::json;

std::map<std::string, double> read_counters(const std::string& page) {
  std::map<std::string, double> counters;
  std::string_view rest = page;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size() + 1);
    const auto space = line.rfind(' ');
    counters[std::string(line.substr(0, space))] = std::stod(std::string(line.substr(space)));
  }
  return counters;
}

std::string text(const json& event, const char* key) {
  return event.at(key).is_null() ? std::string{} : event.at(key).get<std::string>();
}

}  // namespace

std::string key_of(const json& event, history::Time begin) {
  const std::chrono::duration<double> since =
      std::chrono::duration<double>(event.at("to").get<double>()) - begin.time_since_epoch();
  const auto step = std::lround(since / kStepTime);
  const auto& details = event.at("details");
  const auto detail = [&](const char* key) { return details.value(key, json(nullptr)).dump(); };
  return fmt::format("{} step {}: {} of {}/{} broker {} epoch {} [{}, {}) {}",
                     text(event, "cluster"), step, text(event, "kind"), text(event, "topic"),
                     event.at("partition").dump(), event.at("broker").dump(), detail("epoch"),
                     detail("first_offset"), detail("end_offset"), detail("election"));
}

void Witness::hear(const json& message) {
  const auto kind = message.at("kind").get<std::string>();
  if (kind == "started") return started();
  if (kind == "journal") return take_journal(message.at("answer").at("events"));
  auto& cluster = clusters_[message.at("cluster").get<std::string>()];
  auto counters = read_counters(message.at("counters").get<std::string>());
  if (kind == "first") {
    cluster.first = std::move(counters);
    // The journal that comes next is the process's, and nobody else's.
    told_.clear();
    const auto& step = message.at("step");
    EXPECT_GE(step.is_null() ? -1 : step.get<std::int64_t>(), cluster.step.value_or(-1));
    if (!step.is_null()) cluster.step = step.get<std::int64_t>();
    return;
  }
  cluster.step = message.at("step").get<std::int64_t>();
  cluster.counters = std::move(counters);
  for (const auto& event : message.at("answer").at("events")) {
    const auto id = event.at("id").get<std::int64_t>();
    if (id > newest_) shown_count_ += shown_.insert_or_assign(id, event).second ? 1 : 0;
  }
}

std::int64_t Witness::last_step(const std::string& cluster) const {
  return clusters_.at(cluster).step.value_or(-1);
}

void Witness::take_journal(const json& events) {
  for (const auto& event : events) {
    const auto id = event.at("id").get<std::int64_t>();
    if (id > newest_) {
      EXPECT_TRUE(told_.try_emplace(id, event).second) << "twice in the journal: " << event;
    }
  }
}

void Witness::started() {
  ++starts_;
  for (const auto& [id, event] : shown_) {
    const auto found = told_.find(id);
    if (found == told_.end()) {
      ADD_FAILURE() << "shown and not in the journal: " << event;
    } else {
      EXPECT_EQ(found->second, event);
    }
  }
  shown_.clear();
  for (const auto& [id, event] : told_) {
    const auto [key, is_new] = journal_.insert(key_of(event, begin_));
    EXPECT_TRUE(is_new) << "it happened once and is in the journal twice: " << *key;
    count(event);
  }
  if (!told_.empty()) newest_ = told_.rbegin()->first;
  told_.clear();
  for (const auto& [name, cluster] : clusters_) compare_counters(name, cluster);
}

void Witness::count(const json& event) {
  const auto kind = event.at("kind").get<std::string>();
  const auto cluster = fmt::format("{{kafka_cluster=\"{}\"", text(event, "cluster"));
  const auto topic = fmt::format("{},topic=\"{}\"", cluster, text(event, "topic"));
  const auto add = [&](const std::string& series, double number = 1) {
    counted_[series] += number;
  };
  if (kind == "isr_shrink") add("kafka_topic_isr_shrinks_total" + topic + "}");
  if (kind == "isr_expand") add("kafka_topic_isr_expands_total" + topic + "}");
  if (kind == "leader_change") add("kafka_topic_leader_changes_total" + topic + "}");
  if (kind == "recreated") add("kafka_cluster_topic_recreations_total" + cluster + "}");
  if (kind == "unclean_election") add("kafka_topic_unclean_leader_elections_total" + topic + "}");
  if (kind == "election")
    add(fmt::format("kafka_cluster_leader_elections_total{},leader={}}}", cluster,
                    event.at("details").at("leader").dump()));
  if (kind == "loss") {
    add("kafka_topic_lost_records_total" + topic + ",acks=\"all\"}",
        event.at("details").at("records").get<double>());
    add("kafka_loss_assessments_total" + cluster + ",result=\"lost\"}");
  }
  if (kind == "loss_unknown")
    add("kafka_loss_assessments_total" + cluster + ",result=\"unknown\"}");
  if (kind == "deleted") deleted_.insert(topic);
}

void Witness::compare_counters(const std::string& name, const Cluster& cluster) {
  for (const auto& [series, shown] : cluster.counters) {
    if (const auto now = cluster.first.find(series); now != cluster.first.end()) {
      EXPECT_GE(now->second, shown) << series;
      continue;
    }
    const auto labels = series.substr(series.find('{'));
    const bool is_gone = std::ranges::any_of(
        deleted_, [&](const std::string& topic) { return labels.starts_with(topic); });
    EXPECT_TRUE(is_gone) << name << " has no more " << series;
  }
  for (const auto& [series, value] : cluster.first) {
    // What came to nothing is counted, but not in the journal.
    if (series.find("result=\"none\"") != std::string::npos) continue;
    const auto counted = counted_.find(series);
    EXPECT_EQ(value, counted == counted_.end() ? 0 : counted->second) << series;
  }
}

}  // namespace kie::storm
