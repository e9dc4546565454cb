#pragma once

#include "exporter/cluster/status.h"
#include "exporter/history/history.h"
#include "exporter/http/message.h"
#include "exporter/producers/store.h"

namespace kie::api {

/// Answers paths below /api/v1: JSON, read-only.
/// Thread: any.
class Api {
 public:
  Api(const StatusBoard& status, ProducerStore& producers, history::History& history)
      : status_(status), producers_(producers), history_(history) {}

  http::Response answer(const http::Request& request) const;

 private:
  const StatusBoard& status_;
  ProducerStore& producers_;
  history::History& history_;
};

}  // namespace kie::api
