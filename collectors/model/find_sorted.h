#pragma once

#include <algorithm>
#include <functional>

namespace kie::model {

/// The value that has this key, or nullptr. `values`: sorted by the key.
template <class Values, class Key, class KeyOf>
auto* find_sorted(Values& values, const Key& key, KeyOf key_of) {
  const auto found = std::ranges::lower_bound(values, key, {}, key_of);
  return found != values.end() && std::invoke(key_of, *found) == key ? &*found : nullptr;
}

}  // namespace kie::model
