#include "exporter/cluster/poller.h"

#include "collectors/replication/advance.h"

#include <algorithm>
#include <set>
#include <utility>

namespace kie {
namespace {

/// The known state that the snapshot reader needs.
kafka::Known known_to_reader(const ClusterState& known) {
  kafka::Known result;
  result.has_topics = !known.replication.topics.empty();
  result.has_topic = [&known](const std::string& name) {
    return replication::find_topic(known.replication, name) != nullptr;
  };
  result.topic_id = [&known](const std::string& name) -> std::optional<TopicId> {
    const auto* topic = replication::find_topic(known.replication, name);
    if (topic == nullptr) return std::nullopt;
    return topic->id;
  };
  result.find_unconfirmed = [&known](const model::ClusterSnapshot& snapshot) {
    return replication::find_unconfirmed(known.replication, snapshot);
  };
  return result;
}

}  // namespace

Poller::Poller(std::string cluster, CollectorMetrics& metrics)
    : metrics_(metrics), poll_log_(std::move(cluster)) {}

kafka::Result<model::ClusterSnapshot> Poller::read(ClusterReader& reader, const ClusterState& known,
                                                   model::Instant at) {
  auto report = reader.read(at, known_to_reader(known));
  if (!report) {
    metrics_.collected("metadata", std::chrono::steady_clock::now() - at, false);
    return tl::make_unexpected(std::move(report.error()));
  }
  auto& snapshot = report->snapshot;
  const bool all_have_ids =
      std::ranges::all_of(snapshot.topics, [](const model::TopicSnapshot& topic) {
        return topic.id || topic.presence != model::Presence::kPresent;
      });
  metrics_.collected("metadata", report->metadata_took, true);
  metrics_.collected("topic_ids", report->confirmation_took, all_have_ids);
  has_all_offsets_ = report->offsets.missing == 0;
  metrics_.collected("offsets", report->offsets_took, has_all_offsets_);
  poll_log_.offsets_read(report->offsets);
  poll_log_.topics_listed(snapshot.topics_refused);
  poll_log_.topics_described(snapshot);
  return std::move(snapshot);
}

std::optional<model::ClusterSnapshot> Poller::read_topics(ClusterReader& reader,
                                                          const ClusterState& known,
                                                          model::Instant at,
                                                          std::vector<std::string> topics) {
  // The reader wants them sorted.
  std::ranges::sort(topics);
  auto report = reader.read_topics(at, topics, known_to_reader(known));
  if (!report) return std::nullopt;
  return std::move(report->snapshot);
}

std::optional<model::ControllerSnapshot> Poller::take_controller(ClusterReader& reader,
                                                                 std::chrono::milliseconds wait) {
  auto answer = reader.take_controller(wait);
  if (!answer) return std::nullopt;
  poll_log_.controller_asked(*answer);
  metrics_.collected("controller", answer->took,
                     answer->answer != model::ControllerAnswer::kUnknown);
  return answer;
}

std::optional<model::Configs> Poller::read_configs(ClusterReader& reader, const ClusterState& known,
                                                   model::Instant now,
                                                   std::chrono::milliseconds config_interval) {
  const auto due = config_schedule_.due(known.replication, reader.listed(), now);
  if (!due) return std::nullopt;
  const auto begun = std::chrono::steady_clock::now();
  auto settings = known.settings;
  const auto report = reader.read_configs(settings, due->topics, due->brokers);
  metrics_.collected("settings", std::chrono::steady_clock::now() - begun,
                     poll_log_.settings_read(report, !due->brokers.empty()));
  std::set<BrokerId> failed;
  for (const auto& [broker, why] : report.brokers_failed) failed.insert(broker);
  config_schedule_.asked_brokers(*due, failed, now);
  if (!report.topics_error) config_schedule_.answered(*due, now, config_interval);
  if (config_schedule_.forget_if_stale(now, config_interval)) return model::Configs{};
  return settings;
}

void Poller::forget() {
  config_schedule_.forget();
  poll_log_.forget();
}

}  // namespace kie
