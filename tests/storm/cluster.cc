#include "tests/storm/cluster.h"

#include "exporter/exposition/cluster_text.h"

#include <utility>
#include <vector>

namespace kie::storm {
namespace {

/// Every so many looks the leaders answer, so that other elections may have come meanwhile.
constexpr std::int64_t kAnswerEvery = 3;

}  // namespace

Cluster::Cluster(const Replay& replay, const Timeline& timeline, std::size_t number, Commit commit)
    : replay_(replay),
      timeline_(timeline),
      name_("cluster-" + std::to_string(number)),
      commit_(std::move(commit)) {}

std::optional<std::int64_t> Cluster::last_step() const {
  const auto* topic = replication::find_topic(known_.replication, kStepTopic);
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
  snapshot(next);
  answer(next);
}

void Cluster::snapshot(std::int64_t step) {
  commit_(known_,
          apply_snapshot(known_, replay_.snapshot(step, timeline_.at(step)), timeline_.wall(step)));
}

void Cluster::answer(std::int64_t step) {
  if (step % kAnswerEvery != 0) return;
  std::vector<model::EpochAnswer> answers;
  for (const auto& question : open_questions(known_)) {
    const auto& topic = *replication::find_topic(known_.replication, question.topic);
    auto told = replay_.answer(question, step, topic.id,
                               replication::find_partition(topic, question.partition)->earliest);
    if (told) answers.push_back(std::move(*told));
  }
  if (answers.empty()) return;
  known_.settings = replay_.settings(step);
  commit_(known_,
          apply_epoch_ends(known_, std::move(answers), timeline_.at(step), timeline_.wall(step)));
}

std::string Cluster::counters() {
  config::ClusterConfig config;
  config.name = name_;
  config.compatible_metrics = false;
  const replication::Freshness freshness{timeline_.at(last_step().value_or(0)), config.staleness()};
  const auto summary = replication::summarize(known_.replication, known_.settings, freshness);
  exposition::render({.config = config,
                      .up = true,
                      .replication = known_.replication,
                      .summary = summary,
                      .loss = known_.loss,
                      .settings = known_.settings,
                      .risks = {},
                      .freshness = freshness},
                     samples_);
  std::string text;
  for (const auto& family : exposition::families())
    if (family.type == exposition::Type::kCounter) text += samples_[family.id].text;
  return text;
}

}  // namespace kie::storm
