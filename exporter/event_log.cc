#include "exporter/event_log.h"

#include "exporter/log.h"
#include "exporter/words.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace kie {
namespace {

std::string leader_text(const std::optional<BrokerId>& id) {
  return id ? std::to_string(id->value) : "none";
}

}  // namespace

void log_events(const std::string& cluster, const std::vector<replication::Event>& events) {
  using replication::Event;
  using replication::EventKind;
  struct Group {
    const Event* first;
    std::size_t count = 0;
  };
  std::map<std::pair<std::string_view, EventKind>, Group> groups;
  for (const auto& event : events) {
    // An election is in the log as what it changed: who leads, or that somebody does.
    if (event.kind == EventKind::kElection) continue;
    if (event.broker) {
      log_info(to_string(event.kind),
               {{"cluster", cluster}, {"broker", std::to_string(event.broker->value)}});
    } else {
      ++groups.try_emplace({event.topic, event.kind}, Group{&event}).first->second.count;
    }
  }
  for (const auto& [key, group] : groups) {
    const Event& first = *group.first;
    if (!first.partition) {
      log_info(to_string(first.kind), {{"cluster", cluster}, {"topic", first.topic}});
      continue;
    }
    log_info(to_string(first.kind),
             {{"cluster", cluster},
              {"topic", first.topic},
              {"partitions", std::to_string(group.count)},
              {"first", std::to_string(first.partition->value)},
              {"leader", leader_text(first.leader_before) + "->" + leader_text(first.leader_after)},
              {"isr", join(first.isr_before) + "->" + join(first.isr_after)}});
  }
}

void log_events(const std::string& cluster, const std::vector<loss::Event>& events) {
  using loss::Event;
  using loss::EventKind;
  struct Group {
    const Event* first;
    std::size_t count = 0;
    std::int64_t records = 0;
    bool at_least = false;
  };
  std::map<std::pair<std::string_view, EventKind>, Group> groups;
  for (const auto& event : events) {
    auto& group = groups.try_emplace({event.topic, event.kind}, Group{&event}).first->second;
    ++group.count;
    group.records += event.end.value - event.first.value;
    group.at_least |= event.at_least;
  }
  for (const auto& [key, group] : groups) {
    const Event& first = *group.first;
    const auto line = [&](config::LogLevel level, std::string_view what, LogField more,
                          LogField offsets = {}, LogField election = {}) {
      log(level, what,
          {{"cluster", cluster},
           {"topic", first.topic},
           {"partitions", std::to_string(group.count)},
           {"first", std::to_string(first.partition.value)},
           {"leader", leader_text(first.leader_before) + "->" + leader_text(first.leader_after)},
           std::move(more),
           std::move(offsets),
           std::move(election)});
    };
    switch (first.kind) {
      case EventKind::kLoss:
        line(config::LogLevel::kError, "committed records are lost",
             {"records", fmt::format("{}{}", group.at_least ? "at least " : "", group.records)},
             {"offsets", fmt::format("[{}, {})", first.first.value, first.end.value)},
             {"election", std::string(to_string(first.verdict))});
        break;
      case EventKind::kUncleanElection:
        line(config::LogLevel::kError, "unclean leader election", {});
        break;
      case EventKind::kLossUnknown:
        line(config::LogLevel::kWarn, "whether committed records are lost can not be told",
             {"why", std::string(explain(first.doubt))});
        break;
    }
  }
}

}  // namespace kie
