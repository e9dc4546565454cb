#pragma once

#include "exporter/web/api/json.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace kie::api {

/// What a path answers.
struct ApiAnswer {
  // NOLINTNEXTLINE(google-explicit-constructor): nearly all are a body with 200.
  ApiAnswer(Json json = {}) : body(std::move(json)) {}

  Json body;
  int status = 200;
  std::optional<std::chrono::seconds> retry_after;
};

}  // namespace kie::api
