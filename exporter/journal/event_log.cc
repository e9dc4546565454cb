#include "exporter/journal/event_log.h"

#include "collectors/model/brokers_text.h"
#include "exporter/log/log.h"

#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace kie {
namespace {

std::string leader_text(const std::optional<BrokerId>& id, bool is_hidden = false) {
  if (id) return std::to_string(id->value);
  return is_hidden ? "unknown" : "none";
}

std::string_view lost_text(const loss::LossEvent& event) {
  const bool is_late = event.kind == loss::LossEventKind::kLossRevised;
  if (event.acks_all)
    return is_late ? "more committed records are lost than reported before"
                   : "committed records are lost";
  return is_late ? "more records that only the leader had acknowledged (acks=1) are lost than "
                   "reported before"
                 : "records that only the leader had acknowledged (acks=1) are lost";
}

template <class Id>
std::string change_text(const std::optional<Id>& before, const std::optional<Id>& after) {
  const auto text = [](const auto& id) { return id ? std::to_string(id->value) : "unknown"; };
  return text(before) + "->" + text(after);
}

}  // namespace

void log_events(const std::string& cluster,
                const std::vector<replication::ReplicationEvent>& events) {
  using replication::ReplicationEvent;
  using replication::ReplicationEventKind;
  struct Group {
    const ReplicationEvent* first;
    std::size_t count = 0;
  };
  std::map<std::pair<std::string_view, ReplicationEventKind>, Group> groups;
  for (const auto& event : events) {
    // An election is logged as its result: a leader change or an online partition.
    if (event.kind == ReplicationEventKind::kElection) continue;
    if (event.broker) {
      log_info(to_string(event.kind),
               {{"cluster", cluster}, {"broker", std::to_string(event.broker->value)}});
    } else {
      ++groups.try_emplace({event.topic, event.kind}, Group{&event}).first->second.count;
    }
  }
  for (const auto& [key, group] : groups) {
    const ReplicationEvent& first = *group.first;
    if (!first.partition) {
      log_info(to_string(first.kind), {{"cluster", cluster}, {"topic", first.topic}});
      continue;
    }
    log_info(to_string(first.kind),
             {{"cluster", cluster},
              {"topic", first.topic},
              {"partitions", std::to_string(group.count)},
              {"first", std::to_string(first.partition->value)},
              {"leader", leader_text(first.leader_before, first.is_hidden_before) + "->" +
                             leader_text(first.leader_after, first.is_hidden_after)},
              {"isr", model::brokers_text(first.isr_before) + "->" +
                          model::brokers_text(first.isr_after)}});
  }
}

void log_events(const std::string& cluster, const std::vector<loss::LossEvent>& events) {
  using loss::LossEvent;
  using loss::LossEventKind;
  struct Group {
    const LossEvent* first;
    std::size_t count = 0;
    std::int64_t records = 0;
    bool at_least = false;
  };
  std::map<std::tuple<std::string_view, LossEventKind, bool>, Group> groups;
  for (const auto& event : events) {
    auto& group =
        groups.try_emplace({event.topic, event.kind, event.acks_all}, Group{&event}).first->second;
    ++group.count;
    group.records += event.end.value - event.first.value;
    group.at_least |= event.at_least;
  }
  for (const auto& [key, group] : groups) {
    const LossEvent& first = *group.first;
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
      case LossEventKind::kLoss:
      case LossEventKind::kLossRevised:
        line(config::LogLevel::kError, lost_text(first),
             {"records", fmt::format("{}{}", group.at_least ? "at least " : "", group.records)},
             {"offsets", fmt::format("[{}, {})", first.first.value, first.end.value)},
             {"election", std::string(to_string(first.verdict))});
        break;
      case LossEventKind::kUncleanElection:
        line(config::LogLevel::kError, "unclean leader election", {});
        break;
      case LossEventKind::kLossUnknown:
        line(config::LogLevel::kWarn, "record loss could not be assessed",
             {"why", std::string(first.doubt ? explain(*first.doubt) : "")});
        break;
    }
  }
}

void log_events(const std::string& cluster, const std::vector<quorum::ControllerEvent>& events) {
  using quorum::ControllerEventKind;
  for (const auto& event : events) {
    switch (event.kind) {
      case ControllerEventKind::kControllerLost:
        log_error("no controller answers, metadata is out of date",
                  {{"cluster", cluster},
                   {"last", event.id_before ? std::to_string(event.id_before->value) : "unknown"}});
        break;
      case ControllerEventKind::kControllerBack:
        log_info("a controller answers again", {{"cluster", cluster}});
        break;
      case ControllerEventKind::kControllerChange:
        log_info("controller changed",
                 {{"cluster", cluster},
                  {"controller", change_text(event.id_before, event.id_after)},
                  {"epoch", change_text(event.epoch_before, event.epoch_after)}});
        break;
    }
  }
}

}  // namespace kie
