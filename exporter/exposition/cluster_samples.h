#pragma once

#include "exporter/exposition/family.h"
#include "exporter/exposition/text.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace kie::exposition {

/// The samples of one family of one cluster, without header.
struct FamilySamples {
  std::string text;
  std::size_t series = 0;
  /// When the samples become stale and are left out of the page; nullopt: never.
  std::optional<std::chrono::steady_clock::time_point> valid_until;
};

/// All samples of one cluster.
class ClusterSamples {
 public:
  FamilySamples& operator[](FamilyId id) { return samples_[static_cast<std::size_t>(id)]; }
  const FamilySamples& operator[](FamilyId id) const {
    return samples_[static_cast<std::size_t>(id)];
  }

  /// Clears all and reserves about as much as was taken last.
  void clear() {
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      samples_[i] = {};
      samples_[i].text.reserve(last_sizes_[i] + last_sizes_[i] / 16);
    }
  }

  /// Moves the samples out, as a large cluster has megabytes of them.
  ClusterSamples take() {
    ClusterSamples taken;
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      last_sizes_[i] = samples_[i].text.size();
      taken.samples_[i] = std::exchange(samples_[i], {});
    }
    return taken;
  }

  template <class Number>
  void add(FamilyId id, std::string_view labels, Number value) {
    auto& samples = (*this)[id];
    append_sample(samples.text, family(id).name, labels, value);
    ++samples.series;
  }

 private:
  std::array<FamilySamples, kFamilyCount> samples_;
  std::array<std::size_t, kFamilyCount> last_sizes_{};
};

}  // namespace kie::exposition
