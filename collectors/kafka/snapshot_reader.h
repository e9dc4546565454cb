#pragma once

#include "collectors/kafka/broker_view.h"
#include "collectors/kafka/describe_cluster.h"
#include "collectors/kafka/list_offsets.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/session.h"
#include "collectors/model/snapshot.h"
#include "config/config.h"
#include "config/topic_filter.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kie::kafka {

/// The known state of the cluster, which decides what a second broker must confirm before it
/// counts.
struct Known {
  /// Whether any topic is known, and whether this one is.
  bool has_topics = false;
  std::function<bool(const std::string& topic)> has_topic;
  std::function<std::optional<TopicId>(const std::string& topic)> topic_id;
  std::function<model::Unconfirmed(const model::ClusterSnapshot&)> find_unconfirmed;
};

struct SnapshotReport {
  using Duration = std::chrono::steady_clock::duration;

  model::ClusterSnapshot snapshot;
  OffsetsReport offsets;
  /// For Metadata, for confirmation by other brokers, and for offsets.
  Duration metadata_took{}, confirmation_took{}, offsets_took{};
};

/// Reads a snapshot of a cluster: leaders and ISRs from one broker, confirmation of what is new or
/// has changed from a second one, and offsets from the leaders. No step waits longer for a broker
/// than its answers usually take.
/// Source: Metadata (API 3), DescribeCluster (60), ListOffsets (2). Permission: Describe on the
/// topics.
/// Thread: the cluster's poll thread.
class SnapshotReader {
 public:
  /// `session` must outlive the reader.
  SnapshotReader(Session& session, const config::ClusterConfig& cluster);

  /// All topics that the configuration includes.
  Result<SnapshotReport> read(model::Instant at, const Known& known);

  /// Some topics only. Topics without an answer are left out; there is no broker list.
  Result<SnapshotReport> read_topics(model::Instant at, const std::vector<std::string>& topics,
                                     const Known& known);

 private:
  /// A topic for which other brokers are asked.
  struct Case;

  /// The view of the first of several brokers that answers `ask`.
  Result<BrokerView> ask_one(const std::function<void(RequestBatch&, BrokerId, ReceiveView)>& ask,
                             std::map<BrokerId, ClusterDescription>* described);
  /// Asks the configured servers and former addresses for the broker list.
  Result<void> find_brokers();
  /// Sets whether another broker could confirm the answer.
  void judge_confirmation(model::ClusterSnapshot& snapshot,
                          const std::vector<model::BrokerSnapshot>& listed,
                          const std::map<BrokerId, ClusterDescription>& described,
                          model::Instant since, bool was_alone);
  std::optional<std::vector<model::BrokerSnapshot>> confirm_brokers(
      const std::vector<model::BrokerSnapshot>& listed,
      const std::map<BrokerId, ClusterDescription>& described, const std::vector<BrokerId>& asked,
      model::Instant since) const;
  void confirm(model::ClusterSnapshot& snapshot, const model::Unconfirmed& unconfirmed,
               const Known& known);
  void ask_others(const std::vector<Case*>& open);
  bool are_topics_refused();
  void read_offsets(SnapshotReport& report);
  /// Confirms what is unconfirmed, reads offsets, and confirms what became doubtful by them.
  void complete(SnapshotReport& report, const Known& known);

  Session& session_;
  config::TopicFilter filter_;
  /// The broker that answered first in this poll; kAnyBroker: its id is not known.
  BrokerId by_ = kAnyBroker;
  /// There is no other broker to ask.
  bool is_alone_ = false;
  bool is_one_address_ = false;
  /// The end of the last snapshot of all topics. Brokers that have answered since then count as
  /// answering.
  model::Instant last_read_end_{};
  /// The number of polls in a row in which a listed broker has not answered.
  std::map<BrokerId, int> polls_without_answer_;
};

}  // namespace kie::kafka
