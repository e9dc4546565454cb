#pragma once

#include "exporter/http/message.h"
#include "exporter/status.h"

namespace kie::api {

/// Answers what stands below /api/v1: JSON, read only.
/// Thread: any.
class Api {
 public:
  explicit Api(const StatusBoard& status) : status_(status) {}

  http::Response answer(const http::Request& request) const;

 private:
  const StatusBoard& status_;
};

}  // namespace kie::api
