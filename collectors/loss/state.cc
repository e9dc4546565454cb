#include "collectors/loss/state.h"

namespace kie::loss {
namespace {

/// What producers have reported for the topic, and repeat, does not apply to the next topic of that
/// name.
void unbind(LossState& state, const std::string& topic) {
  for (auto one = state.reporters.lower_bound({topic, PartitionId{0}, {}});
       one != state.reporters.end() && one->first.topic == topic; ++one)
    for (auto& segment : one->second.segments) {
      segment.bound.reset();
      segment.waiting.reset();
    }
}

void drop_partitions(LossState& state, const std::string& topic,
                     std::optional<Instant> gone_since) {
  unbind(state, topic);
  const auto found = state.topics.find(topic);
  if (found == state.topics.end()) return;
  found->second.partitions.clear();
  found->second.id.reset();
  found->second.gone_since = gone_since;
}

}  // namespace

std::uint64_t last_hour(const std::vector<TimedCount>& known, Instant now) {
  std::uint64_t sum = 0;
  for (const auto& one : known)
    if (one.at > now - kWindow) sum += one.count;
  return sum;
}

std::uint64_t count_pending(const LossState& state) {
  std::uint64_t count = 0;
  for (const auto& [name, topic] : state.topics)
    for (const auto& partition : topic.partitions) count += partition.pending.size();
  return count;
}

void topic_deleted(LossState& state, const std::string& topic, Instant at) {
  drop_partitions(state, topic, at);
}

void topic_recreated(LossState& state, const std::string& topic) {
  drop_partitions(state, topic, std::nullopt);
}

void keep_existing(LossState& state, const std::function<bool(const std::string& topic)>& exists) {
  for (auto& [name, topic] : state.topics)
    if (topic.gone_since && exists(name)) topic.gone_since.reset();
}

void update_leaders(LossState& state, const ConfirmedLeaderLookup& find_leader) {
  for (auto& [name, topic] : state.topics)
    for (auto& partition : topic.partitions) {
      if (partition.pending.empty()) continue;
      const auto leader = find_leader(name, partition.id);
      if (!leader || leader->epoch != partition.newest) continue;
      partition.leader = leader->id;
      for (auto& pending : partition.pending)
        if (pending.after == partition.newest && leader->seen > pending.to)
          pending.leader_after = leader->id;
    }
}

void forget_unless(LossState& state, const std::function<bool(const std::string& topic)>& wanted) {
  std::erase_if(state.topics, [&](const auto& entry) { return !wanted(entry.first); });
  std::erase_if(state.reporters, [&](const auto& entry) { return !wanted(entry.first.topic); });
}

}  // namespace kie::loss
