#pragma once

#include "exporter/cluster/status.h"
#include "exporter/history/history.h"
#include "exporter/http/message.h"
#include "exporter/producers/store.h"

#include <atomic>

namespace kie::api {

/// Answers paths below /api/v1: JSON, read-only. Only the question whether a broker may be stopped
/// waits: for a poll that begins after it.
/// Thread: any.
class Api {
 public:
  /// `most_waiting`: requests that may wait for a poll, each of which holds a thread of the server.
  Api(const StatusBoard& status, ProducerStore& producers, history::History& history,
      int most_waiting = 8)
      : status_(status), producers_(producers), history_(history), most_waiting_(most_waiting) {}

  http::Response answer(const http::Request& request) const;

 private:
  const StatusBoard& status_;
  ProducerStore& producers_;
  history::History& history_;
  int most_waiting_;
  /// Requests that wait for a poll.
  mutable std::atomic<int> waiting_ = 0;
};

}  // namespace kie::api
