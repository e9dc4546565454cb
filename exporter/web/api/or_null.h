#pragma once

#include "collectors/model/ids.h"
#include "exporter/web/api/json.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

/// null for unknown values.
namespace kie::api {

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// The number of an id.
template <class Rep, class Tag>
Json or_null(const std::optional<Id<Rep, Tag>>& id) {
  return id ? Json(id->value) : Json(nullptr);
}

/// An empty text counts as unknown.
inline Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace kie::api
