#pragma once

#include "exporter/cluster/status.h"
#include "exporter/history/history.h"
#include "exporter/http/message.h"
#include "exporter/producers/store.h"
#include "exporter/web/api/may_stop.h"

namespace kie::api {

/// Answers paths below /api/v1: JSON, read-only. Only the question whether a broker may be stopped
/// waits: for a poll that begins after it.
/// Thread: any.
class Api {
 public:
  /// `most_waiting`: as for MayStop.
  Api(const StatusBoard& status, ProducerStore& producers, history::History& history,
      int most_waiting = 8)
      : status_(status),
        producers_(producers),
        history_(history),
        may_stop_(status, most_waiting) {}

  http::Response answer(const http::Request& request) const;

 private:
  const StatusBoard& status_;
  ProducerStore& producers_;
  history::History& history_;
  mutable MayStop may_stop_;
};

}  // namespace kie::api
