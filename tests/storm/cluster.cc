#include "tests/storm/cluster.h"

#include "collectors/loss/advance.h"
#include "collectors/replication/advance.h"
#include "exporter/exposition/replication_text.h"

#include <algorithm>
#include <utility>

namespace kie::storm {
namespace {

using replication::EventKind;

/// Every so many looks the leaders answer, so that other elections may have come meanwhile.
constexpr std::int64_t kAnswerEvery = 3;

}  // namespace

Cluster::Cluster(const Replay& replay, const Timeline& timeline, std::size_t number, Commit commit)
    : replay_(replay),
      timeline_(timeline),
      name_("cluster-" + std::to_string(number)),
      commit_(std::move(commit)) {}

std::optional<std::int64_t> Cluster::last_step() const {
  const auto* topic = replication::find_topic(known_.state, kStepTopic);
  if (topic == nullptr) return std::nullopt;
  return topic->partitions.at(0).committed.value().value;
}

void Cluster::finish() {
  if (const auto last = last_step()) answer(*last);
}

void Cluster::step() {
  finish();
  const auto last = last_step();
  const auto next = last ? *last + 1 : 0;
  look(next);
  answer(next);
}

void Cluster::look(std::int64_t step) {
  auto look = replay_.look(step, timeline_.at(step));
  ClusterHistory::Step done;
  if (!look.whole) {
    done.topics.emplace();
    for (const auto& topic : look.topics) done.topics->push_back(topic.name);
  }
  loss::Input input;
  input.at = look.at;
  input.wall = timeline_.wall(step);
  {
    const std::scoped_lock lock{known_.mutex};
    auto changes = replication::advance(known_.state, std::move(look));
    for (const auto& event : changes.events) {
      if (event.kind == EventKind::kDeleted) loss::topic_deleted(known_.loss, event.topic);
      if (event.kind == EventKind::kRecreated) loss::topic_recreated(known_.loss, event.topic);
    }
    done.replication = std::move(changes.events);
    input.successions = std::move(changes.successions);
    done.loss = loss::advance(known_.loss, input, known_.settings);
  }
  commit_(known_, done);
}

void Cluster::answer(std::int64_t step) {
  if (step % kAnswerEvery != 0) return;
  const auto partition_of = [&](const std::string& topic, PartitionId id) {
    const auto* known = replication::find_topic(known_.state, topic);
    return known == nullptr ? nullptr : replication::find_partition(*known, id);
  };
  const auto questions =
      loss::questions(known_.loss, [&](const std::string& topic, PartitionId id, BrokerId leader) {
        const auto* partition = partition_of(topic, id);
        return partition != nullptr && partition->leader == leader &&
               partition->leadership == kafka::Leadership::kLeader;
      });
  ClusterHistory::Step done;
  done.topics.emplace();
  loss::Input input;
  for (const auto& question : questions) {
    auto told = replay_.answer(question, step,
                               replication::find_topic(known_.state, question.topic)->id,
                               partition_of(question.topic, question.partition)->earliest);
    if (!told) continue;
    done.topics->push_back(question.topic);
    input.answers.push_back(std::move(*told));
  }
  if (input.answers.empty()) return;
  std::ranges::sort(*done.topics);
  const auto rest = std::ranges::unique(*done.topics);
  done.topics->erase(rest.begin(), rest.end());
  input.at = timeline_.at(step);
  input.wall = timeline_.wall(step);
  {
    const std::scoped_lock lock{known_.mutex};
    done.loss = loss::advance(known_.loss, input, replay_.settings(step));
    for (const auto& event : done.loss)
      if (event.kind == loss::EventKind::kLoss)
        replication::cut(known_.state, event.topic, event.partition, event.first);
  }
  commit_(known_, done);
}

std::string Cluster::counters() {
  config::Cluster config;
  config.name = name_;
  config.compatible_metrics = false;
  const replication::Freshness freshness{timeline_.at(last_step().value_or(0)),
                                         config.staleness()};
  const auto summary = replication::summarize(known_.state, known_.settings, freshness);
  exposition::render({.config = config,
                      .up = true,
                      .state = known_.state,
                      .summary = summary,
                      .loss = known_.loss,
                      .settings = known_.settings,
                      .freshness = freshness},
                     pieces_);
  std::string text;
  for (const auto& family : exposition::families())
    if (family.type == exposition::Type::kCounter) text += pieces_[family.id].text;
  return text;
}

}  // namespace kie::storm
