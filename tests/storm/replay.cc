#include "tests/storm/replay.h"

#include "tests/unit/collectors/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

namespace kie::storm {
namespace {

using model::ClusterSnapshot;
using model::Presence;
using model::TopicSnapshot;
using test::json;

constexpr std::size_t kActors = 8;
/// Partitions that have the same fate as one that was recorded, and how far apart their numbers
/// are: no recording has more than two.
constexpr std::int32_t kCopies = 3;
constexpr std::int32_t kApart = 2;
/// For so long a topic is said to be gone: one of two looks in turn is at all topics.
constexpr std::size_t kGone = 2;

std::string name_of(const std::string& recorded, std::size_t actor, std::int64_t play) {
  return fmt::format("{}-{}-{}", recorded, actor, play / 2);
}

}  // namespace

Replay::Replay() {
  for (const auto& name : test::recordings()) {
    auto& one = recorded_.emplace_back();
    std::ifstream observations{test::kRecordings / name / "observations.jsonl"};
    test::Recording recording;
    for (std::string line; std::getline(observations, line);)
      one.frames.push_back(recording.next(json::parse(line)));
    std::ifstream file{test::kRecordings / name / "expected.json"};
    const auto facts = json::parse(file);
    for (const auto& end : facts.at("epoch_ends")) {
      const LeaderEpoch epoch{end.at("epoch").get<int>()};
      one.ends.try_emplace(
          {end.at("topic").get<std::string>(), PartitionId{end.at("partition").get<int>()}, epoch},
          model::EpochEnd{epoch, LeaderEpoch{end.at("answer_epoch").get<int>()},
                          Offset{end.at("end_offset").get<std::int64_t>()}});
    }
    for (const auto& [topic, setting] : facts.at("topics").items())
      one.settings[topic] = {setting.at("unclean_leader_election_enable").get<bool>(),
                             model::ConfigSource::kTopic};
    length_ += 2 * static_cast<std::int64_t>(one.frames.size() + kGone);
  }
}

Replay::Scene Replay::scene(std::size_t actor, std::int64_t step) const {
  const auto position = step + static_cast<std::int64_t>(actor) * length_ / std::int64_t{kActors};
  auto play = position / length_ * 2 * std::ssize(recorded_);
  auto rest = static_cast<std::size_t>(position % length_);
  for (const auto& one : recorded_)
    for (int i = 0; i < 2; ++i, ++play) {
      const auto length = one.frames.size() + kGone;
      if (rest < length) return {one, play, rest};
      rest -= length;
    }
  throw std::logic_error{"longer than all recordings"};
}

void Replay::add(std::size_t actor, const Scene& scene, ClusterSnapshot& snapshot) const {
  const auto& frames = scene.recorded.frames;
  const bool has_ended = scene.frame >= frames.size();
  for (auto topic : frames[std::min(scene.frame, frames.size() - 1)].topics) {
    topic.name = name_of(topic.name, actor, scene.play);
    if (has_ended && scene.play % 2 == 1) {
      topic.presence = Presence::kDeleted;
      topic.id.reset();
      topic.partitions.clear();
    }
    if (topic.id) topic.id->most_significant ^= scene.play;
    const auto recorded = std::exchange(topic.partitions, {});
    for (std::int32_t copy = 0; copy < kCopies; ++copy)
      for (auto partition : recorded) {
        partition.id.value += copy * kApart;
        topic.partitions.push_back(std::move(partition));
      }
    snapshot.topics.push_back(std::move(topic));
  }
}

ClusterSnapshot Replay::snapshot(std::int64_t step, model::Instant at) const {
  ClusterSnapshot snapshot;
  snapshot.at = at;
  snapshot.covers_all_topics = step % 4 != 3;
  for (std::size_t actor = 0; actor < kActors; ++actor) {
    const auto now = scene(actor, step);
    if (snapshot.covers_all_topics && actor == 0)
      snapshot.brokers =
          now.recorded.frames[std::min(now.frame, now.recorded.frames.size() - 1)].brokers;
    if (snapshot.covers_all_topics || actor % 2 == 0) add(actor, now, snapshot);
  }
  snapshot.topics.push_back(test::topic(kStepTopic, {{.epoch = 0, .latest = step, .earliest = 0}}));
  std::ranges::sort(snapshot.topics, {}, &TopicSnapshot::name);
  return snapshot;
}

model::Configs Replay::settings(std::int64_t step) const {
  model::Configs settings;
  for (std::size_t actor = 0; actor < kActors; ++actor) {
    const auto now = scene(actor, step);
    for (const auto& [topic, setting] : now.recorded.settings)
      settings.topics[name_of(topic, actor, now.play)].unclean_leader_election = setting;
  }
  return settings;
}

std::optional<model::EpochAnswer> Replay::answer(const model::EpochQuestion& question,
                                                 std::int64_t step,
                                                 const std::optional<TopicId>& id,
                                                 std::optional<Offset> log_start) const {
  for (std::size_t actor = 0; actor < kActors; ++actor) {
    const auto now = scene(actor, step);
    for (const auto& [topic, setting] : now.recorded.settings) {
      if (name_of(topic, actor, now.play) != question.topic) continue;
      model::EpochAnswer answer{
          question.topic, question.partition, question.leader, question.newest, id, log_start, {}};
      for (const auto epoch : question.epochs) {
        const auto end =
            now.recorded.ends.find({topic, PartitionId{question.partition.value % kApart}, epoch});
        if (end == now.recorded.ends.end()) return std::nullopt;
        answer.ends.push_back(end->second);
      }
      return answer;
    }
  }
  return std::nullopt;
}

}  // namespace kie::storm
