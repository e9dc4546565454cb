#pragma once

#include "collectors/model/configs.h"
#include "collectors/replication/state.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace kie::replication {

/// How long state that was not refreshed is still shown, and from when.
struct Freshness {
  Instant now;
  std::chrono::milliseconds staleness;
  /// No controller answers, or one has answered only for a short time, so that brokers return the
  /// last leaders, ISRs and brokers that they received. What is healthy there may no longer be;
  /// what is unhealthy still counts. Assignments (partitions, replicas, addresses) cannot change
  /// without a controller, and are shown. So are offsets and epochs, which leaders report
  /// themselves.
  bool is_old_news = false;

  bool is_fresh(const std::optional<Instant>& seen) const {
    return seen && now - *seen <= staleness;
  }
};

/// The health of one partition; what is not known is nullopt.
struct Health {
  bool offline = false;
  /// An established replica is not in the ISR (a replica being added is not missing).
  bool under_replicated = false;
  bool reassigning = false;
  /// More than one established replica, one in the last ISR: the next failure takes it offline.
  bool last_replica = false;
  std::optional<bool> under_min_isr;
  std::optional<bool> at_min_isr;
};

/// Whether an operator should know of it. At min ISR alone is not unhealthy: a topic may be
/// created so, and one that has become so is under-replicated.
bool is_unhealthy(const Health& health);

/// `raw_min_isr`: min.insync.replicas of the topic, if known.
Health health_of(const PartitionState& partition, std::optional<std::int32_t> raw_min_isr,
                 const std::optional<model::KafkaRelease>& release);

/// A number of partitions with some property. If some partitions are unknown it is a lower bound,
/// which is shown when it is above 0 and absent (nullopt) when it is 0, because 0 would claim that
/// the unknown partitions are healthy.
class Count {
 public:
  void add(std::optional<bool> value) {
    if (!value) {
      complete_ = false;
    } else if (*value) {
      ++count_;
    }
  }
  void add_many(std::optional<std::uint64_t> value) {
    count_ += value.value_or(0);
    complete_ = complete_ && value;
  }
  void add_unknown() { complete_ = false; }
  void add(const Count& other) {
    count_ += other.count_;
    complete_ = complete_ && other.complete_;
  }
  std::optional<std::uint64_t> value() const {
    if (count_ == 0 && !complete_) return std::nullopt;
    return count_;
  }

 private:
  std::uint64_t count_ = 0;
  bool complete_ = true;
};

struct Counts {
  Count under_replicated, under_min_isr, at_min_isr, offline, reassigning, last_replica;

  void add(const Health& health);
  void add_unknown();
  void add(const Counts& other);
};

/// Records in one replica only: what an unclean election would lose now, with a leader or without.
/// 0 while more than one established replica is in the last ISR, or there is only one. Otherwise
/// what was committed since the longest missing of the other live replicas was in sync (if none is
/// live: the one that left last); nullopt if that was not seen. `live`: sorted; nullopt: not known.
std::optional<std::uint64_t> at_risk_records(const PartitionState& partition,
                                             const std::optional<std::vector<BrokerId>>& live);

struct TopicSummary {
  Counts counts;
  /// Sum of at_risk_records.
  Count at_risk;
  /// As listed by Metadata, with known leaders or without; nullopt if that is not fresh.
  std::optional<std::uint64_t> partitions;
  /// The smallest of those partitions; nullopt if there is none.
  std::optional<std::uint64_t> replication_factor;
};

struct BrokerSummary {
  /// In the broker list.
  bool is_listed = false;
  /// Listed, or in the ISR of a partition with a leader: a broker without a listener that this
  /// exporter can use is not listed. nullopt: not known, because no ISR of its replicas is known.
  std::optional<bool> up;
  /// Partitions that it leads; nullopt: not all are known.
  std::optional<std::uint64_t> leader_partitions;
  /// Replicas that it is assigned; nullopt: not all topics are known.
  std::optional<std::uint64_t> replicas;
  /// Established replicas of this broker that are not in their partition's ISR. A lower bound
  /// unless the summary is complete.
  std::uint64_t out_of_sync_replicas = 0;
  /// Whether it answers this exporter.
  std::optional<Reach> reach;
};

struct ReplicationSummary {
  /// Parallel to ReplicationState::topics.
  std::vector<TopicSummary> topics;
  Counts counts;
  /// nullopt if no topic may be described, or the list is not fresh.
  std::optional<std::uint64_t> topic_count;
  /// Of all topics; nullopt unless they are known and fresh.
  std::optional<std::uint64_t> partitions;
  /// No partition is unknown: the numbers here and of the brokers are not lower bounds.
  bool complete = true;
  /// Those in the broker list, and those that only have replicas. Empty while the list is stale.
  std::map<BrokerId, BrokerSummary> brokers;
  /// How many of these are up; nullopt: not known.
  std::optional<std::uint64_t> brokers_up;
  /// The listed brokers and those in sync without being listed, sorted; nullopt if the list is not
  /// fresh. Unlike BrokerSummary::up also set where that may be outdated.
  std::optional<std::vector<BrokerId>> live;
  /// Whether one broker can confirm what another one returns; nullopt: not known.
  std::optional<model::Confirmation> confirmation;
  /// When the next thing shown goes stale; nullopt if nothing is shown.
  std::optional<Instant> next_expiry;
  /// When everything shown has gone stale.
  std::optional<Instant> last_expiry;
};

ReplicationSummary summarize(const ReplicationState& state, const model::Configs& settings,
                             const Freshness& freshness);

}  // namespace kie::replication
