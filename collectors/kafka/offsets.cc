#include "collectors/kafka/offsets.h"

#include "collectors/kafka/event.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>

namespace kie::kafka {
namespace {

/// Partitions of a call at most: librdkafka searches all of them for each of them, at its answers
/// too, in the one thread that everything of the handle goes through.
constexpr std::size_t kAtOnce = 1000;

struct Target {
  const std::string* topic;
  model::PartitionSnapshot* partition;
};

/// The partitions to ask for, by their leader and whether they are of topics that are asked apart.
using Calls = std::map<std::pair<BrokerId, bool>, std::vector<Target>>;

Calls calls_for(model::ClusterSnapshot& look, const std::vector<std::string>& apart) {
  Calls calls;
  for (auto& topic : look.topics) {
    const bool is_apart = std::ranges::binary_search(apart, topic.name);
    for (auto& partition : topic.partitions)
      if (partition.leadership == model::Leadership::kLeader)
        calls[{partition.leader, is_apart}].push_back({&topic.name, &partition});
  }
  return calls;
}

/// Finds the rows of an answer. Targets are sorted by topic and partition, and librdkafka answers
/// in about that order, so the search usually starts at the right place.
class TargetFinder {
 public:
  explicit TargetFinder(std::span<const Target> targets) : targets_(targets) {}

  model::PartitionSnapshot* find(std::string_view topic, PartitionId id) {
    if (next_ >= targets_.size() || !is(targets_[next_], topic, id)) {
      const auto found =
          std::ranges::lower_bound(targets_, std::pair{topic, id}, {}, [](const Target& target) {
            return std::pair{std::string_view{*target.topic}, target.partition->id};
          });
      if (found == targets_.end() || !is(*found, topic, id)) return nullptr;
      next_ = static_cast<std::size_t>(found - targets_.begin());
    }
    return targets_[next_++].partition;
  }

 private:
  static bool is(const Target& target, std::string_view topic, PartitionId id) {
    return target.partition->id == id && *target.topic == topic;
  }

  std::span<const Target> targets_;
  std::size_t next_ = 0;
};

void take(const rd_kafka_topic_partition_t& answer, rd_kafka_OffsetSpec_t spec,
          model::PartitionSnapshot& row) {
  if (answer.err == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION) {
    // Metadata named a leader that denies it: one of the two is out of date.
    row.leadership = model::Leadership::kUnknown;
    return;
  }
  if (answer.err != RD_KAFKA_RESP_ERR_NO_ERROR || answer.offset < 0) return;
  if (spec == RD_KAFKA_OFFSET_SPEC_EARLIEST) {
    row.earliest = Offset{answer.offset};
    return;
  }
  row.latest = Offset{answer.offset};
  if (const auto epoch = rd_kafka_topic_partition_get_leader_epoch(&answer); epoch >= 0)
    row.leader_epoch = LeaderEpoch{epoch};
}

void ask_some(Round& round, BrokerId leader, std::span<const Target> targets,
              rd_kafka_OffsetSpec_t spec, OffsetsAnswer& answer) {
  round.ask(
      Question::kListOffsets, RD_KAFKA_ADMIN_OP_LISTOFFSETS, leader,
      [&](rd_kafka_t* handle, const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        const PartitionListPtr list{
            rd_kafka_topic_partition_list_new(static_cast<int>(targets.size()))};
        for (const auto& target : targets)
          rd_kafka_topic_partition_list_add(list.get(), target.topic->c_str(),
                                            target.partition->id.value)
              ->offset = spec;
        rd_kafka_ListOffsets(handle, list.get(), options, queue);
      },
      [targets, &answer, spec](rd_kafka_event_t* event) {
        if (auto ok = check_event(event); !ok) {
          if (!answer.error) answer.error = ok.error();
          return;
        }
        std::size_t count = 0;
        const auto** infos =
            rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event), &count);
        TargetFinder finder{targets};
        for (const auto* info : std::span{infos, count}) {
          const auto* partition = rd_kafka_ListOffsetsResultInfo_topic_partition(info);
          if (auto* row = finder.find(partition->topic, PartitionId{partition->partition}))
            take(*partition, spec, *row);
          if (partition->err != RD_KAFKA_RESP_ERR_NO_ERROR && !answer.error)
            answer.error = make_error(partition->err);
        }
      });
}

/// `targets` stay where they are until the answers have come.
void ask(Round& round, BrokerId leader, std::span<const Target> targets, rd_kafka_OffsetSpec_t spec,
         OffsetsAnswer& answer) {
  for (std::size_t first = 0; first < targets.size(); first += kAtOnce)
    ask_some(round, leader, targets.subspan(first, std::min(kAtOnce, targets.size() - first)), spec,
             answer);
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::ranges::sort(values);
  const auto rest = std::ranges::unique(values);
  values.erase(rest.begin(), rest.end());
}

}  // namespace

OffsetsAnswer ask_offsets(Round& round, model::ClusterSnapshot& look,
                          const std::vector<std::string>& apart) {
  OffsetsAnswer answer;
  const auto calls = calls_for(look, apart);
  for (const auto& [call, targets] : calls) {
    ask(round, call.first, targets, RD_KAFKA_OFFSET_SPEC_LATEST, answer);
    ask(round, call.first, targets, RD_KAFKA_OFFSET_SPEC_EARLIEST, answer);
  }
  answer.silent = round.collect();
  // Each was asked several times.
  sort_unique(answer.silent);
  for (const auto& [call, targets] : calls)
    for (const auto& target : targets) {
      if (target.partition->latest && target.partition->earliest) continue;
      ++answer.missing;
      answer.incomplete.push_back(*target.topic);
    }
  sort_unique(answer.incomplete);
  return answer;
}

std::vector<BrokerId> ask_log_starts(Round& round, model::ClusterSnapshot& look,
                                     const std::function<bool()>& enough) {
  OffsetsAnswer answer;
  const auto calls = calls_for(look, {});
  for (const auto& [call, targets] : calls)
    ask(round, call.first, targets, RD_KAFKA_OFFSET_SPEC_EARLIEST, answer);
  return round.collect(enough);
}

}  // namespace kie::kafka
