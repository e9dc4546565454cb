#include "collectors/producers/state.h"

#include <algorithm>

namespace kie::producers {

std::uint64_t fatal_errors_last_hour(const ProducersState& state, std::string_view error,
                                     Instant now) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      state.recent_fatal,
      [&](const RecentFatal& one) { return one.error == error && one.at > now - kWindow; }));
}

std::uint64_t vanished_last_hour(const ProducerClient& client, Instant now) {
  return static_cast<std::uint64_t>(
      std::ranges::count_if(client.vanished, [&](Instant at) { return at > now - kWindow; }));
}

}  // namespace kie::producers
