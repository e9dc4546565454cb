#pragma once

#include "collectors/kafka/request_batch.h"
#include "collectors/model/epoch_ends.h"

#include <chrono>
#include <list>
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

namespace kie::kafka {

/// Asks the leaders of partitions where leader epochs end in their logs: one request for each
/// leader, then topic ids and log starts. Only the leader of the newest known epoch answers with a
/// number: the request has that epoch, and a broker that knows an older or a newer one refuses it.
/// Source: OffsetForLeaderEpoch (API 23, KIP-320), Metadata, ListOffsets earliest. Permission:
/// Describe on the topics.
/// Thread: one at a time, also a different one from other users of the client.
class EpochEndClient {
 public:
  /// `least`: how long to wait for a broker at least.
  EpochEndClient(std::shared_ptr<const KafkaClient> client, std::chrono::milliseconds timeout,
                 std::chrono::milliseconds least = BrokerTimeouts::kLeast);

  /// Each partition may be in one question only. Returns when all that can be answered now is
  /// answered, or the time is over. A broker that does not answer costs one wait, as long as its
  /// answers usually take and at most the timeout.
  model::EpochReport ask(std::span<const model::EpochQuestion> questions,
                         std::chrono::steady_clock::time_point deadline,
                         const std::stop_token& stop);

 private:
  struct Asked;

  void ask_ends(std::vector<Asked>& asked, const std::function<bool()>& is_over);
  void ask_what_they_are_of(std::vector<Asked>& asked, const std::function<bool()>& is_over);
  void keep(RequestBatch&& batch);

  std::shared_ptr<const KafkaClient> client_;
  std::chrono::milliseconds timeout_;
  BrokerTimeouts timeouts_;
  /// Batches with requests that no broker has answered yet. After the client, whose queues they
  /// read.
  std::list<RequestBatch> late_;
};

}  // namespace kie::kafka
