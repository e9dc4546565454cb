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

/// What is known of the cluster before it is asked: from it follows what must be heard from a
/// second broker before it counts.
struct Known {
  /// Names of the topics. Sorted.
  std::vector<std::string> topics;
  std::function<std::optional<TopicId>(const std::string& topic)> topic_id;
  std::function<model::Unconfirmed(const model::ClusterSnapshot&)> find_unconfirmed;
};

struct SnapshotReport {
  using Duration = std::chrono::steady_clock::duration;

  model::ClusterSnapshot snapshot;
  OffsetsReport offsets;
  /// For Metadata, for other brokers' word, and for offsets.
  Duration metadata_took{}, confirmation_took{}, offsets_took{};
};

/// Reads a snapshot of a cluster: who leads and who is in sync as one broker has it, what is new or
/// has changed as a second one has it, and offsets from the leaders. No step waits longer for a
/// broker than its answers usually take.
/// Source: Metadata (API 3), DescribeCluster (60), ListOffsets (2). Permission: Describe on the
/// topics.
/// Thread: the cluster's poll thread.
class SnapshotReader {
 public:
  /// `session` must outlive the reader.
  SnapshotReader(Session& session, const config::ClusterConfig& cluster);

  /// All topics that the configuration lets through.
  Result<SnapshotReport> read(model::Instant at, const Known& known);

  /// Some topics only. What no broker answered for is not there; the broker list is not in it.
  Result<SnapshotReport> read_topics(model::Instant at, const std::vector<std::string>& topics,
                                     const Known& known);

 private:
  /// A topic of which other brokers are asked.
  struct Case;

  /// From the first of several brokers that answers `ask`.
  Result<BrokerView> ask_one(const std::function<void(RequestBatch&, BrokerId, ReceiveView)>& ask,
                             std::map<BrokerId, ClusterDescription>* described);
  /// Asks the configured servers, and addresses known from before, who is in the cluster.
  Result<void> find_brokers();
  /// Whether the word of the broker that answered can be held against another one's.
  void judge_confirmation(model::ClusterSnapshot& snapshot,
                          const std::vector<model::BrokerSnapshot>& listed,
                          const std::map<BrokerId, ClusterDescription>& described,
                          model::Instant since);
  std::optional<std::vector<model::BrokerSnapshot>> confirm_brokers(
      const std::vector<model::BrokerSnapshot>& listed,
      const std::map<BrokerId, ClusterDescription>& described, const std::vector<BrokerId>& asked,
      model::Instant since) const;
  void confirm(model::ClusterSnapshot& snapshot, const model::Unconfirmed& unconfirmed,
               const Known& known);
  void ask_others(const std::vector<Case*>& open);
  bool are_topics_refused();
  void read_offsets(SnapshotReport& report);
  /// Confirms what is unconfirmed, reads offsets, and confirms what they made doubtful.
  void complete(SnapshotReport& report, const Known& known);

  Session& session_;
  config::TopicFilter filter_;
  /// Which broker answered first in this poll; kAnyBroker: one whose id is not known.
  BrokerId by_ = kAnyBroker;
  /// There is no other broker whose word could be asked for.
  bool is_alone_ = false;
  bool is_one_address_ = false;
  /// The end of the last look at all topics: since then there is no judgement of who answers.
  model::Instant last_read_end_{};
  /// In how many polls in a row a listed broker has not answered.
  std::map<BrokerId, int> polls_without_answer_;
};

}  // namespace kie::kafka
