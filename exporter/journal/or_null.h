#pragma once

#include "collectors/model/ids.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

/// Values as JSON, for the journal and the API; null for what is not known.
namespace kie {

template <class Value>
nlohmann::ordered_json or_null(const std::optional<Value>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

/// The number of an id.
template <class Rep, class Tag>
nlohmann::ordered_json or_null(const std::optional<Id<Rep, Tag>>& id) {
  return id ? nlohmann::ordered_json(id->value) : nlohmann::ordered_json(nullptr);
}

/// An empty text is one that is not known.
inline nlohmann::ordered_json or_null(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}

inline nlohmann::ordered_json ids(const std::vector<BrokerId>& brokers) {
  auto list = nlohmann::ordered_json::array();
  for (const auto id : brokers) list.push_back(id.value);
  return list;
}

}  // namespace kie
