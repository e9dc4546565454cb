#pragma once

#include "collectors/kafka/broker_timeouts.h"
#include "collectors/kafka/client.h"
#include "collectors/kafka/request_batch.h"
#include "collectors/model/snapshot.h"
#include "config/config.h"

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kie::kafka {

/// The connections of one thread to a cluster, the known brokers, and how long to wait for each.
/// Shared by the readers of snapshots and of configs.
/// Thread: the cluster's poll thread.
class Session {
 public:
  /// `least`: how long to wait for a broker at least.
  Session(std::shared_ptr<const KafkaClient> client, std::chrono::milliseconds timeout,
          std::chrono::milliseconds least = BrokerTimeouts::kLeast)
      : client_(std::move(client)), timeout_(timeout), timeouts_(timeout, least) {}

  const std::shared_ptr<const KafkaClient>& client() const { return client_; }
  const BrokerTimeouts& timeouts() const { return timeouts_; }

  RequestBatch batch() { return {*client_, timeouts_, timeout_}; }
  /// Keeps a batch until its late answers have come.
  void keep(RequestBatch&& batch);
  /// Receives late answers of batches that were kept.
  void drain_late();

  /// The brokers that Metadata listed last. Sorted by id.
  const std::vector<model::BrokerSnapshot>& listed() const { return listed_; }
  std::vector<BrokerId> listed_ids() const;
  /// Sets a confirmed list.
  void set_listed(std::vector<model::BrokerSnapshot> brokers);
  /// Sets a list that no second broker confirms: brokers known before are still asked, so that a
  /// broker that is wrong about the others cannot hide them.
  void set_unconfirmed(std::vector<model::BrokerSnapshot> brokers);

  /// The brokers that can be asked. Sorted by id.
  const std::vector<model::BrokerSnapshot>& known() const { return known_; }
  std::vector<BrokerId> known_ids() const;
  /// Adds brokers that share an address with one of them: either may have answered.
  void add_same_address(std::set<BrokerId>& brokers) const;
  /// The brokers that have answered since then.
  std::vector<BrokerId> answering_since(model::Instant since) const;

  /// A known broker that was not asked yet: `wanted` if it usually answers, then the next one that
  /// does, in the order of ids, then any.
  std::optional<BrokerId> pick(const std::set<BrokerId>& asked,
                               std::optional<BrokerId> wanted = std::nullopt);

 private:
  std::shared_ptr<const KafkaClient> client_;
  std::chrono::milliseconds timeout_;
  BrokerTimeouts timeouts_;
  std::vector<model::BrokerSnapshot> listed_;
  std::vector<model::BrokerSnapshot> known_;
  /// The broker that was picked last without a preference.
  std::optional<BrokerId> last_picked_;
  /// After the client, whose queues they read.
  std::list<RequestBatch> late_;
};

}  // namespace kie::kafka
