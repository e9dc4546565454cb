#include "collectors/loss/verdict.h"

#include <algorithm>

namespace kie::loss {

std::optional<std::size_t> find_outside_election(std::span<const Pending> pending,
                                                 std::size_t index) {
  const auto rest = pending.subspan(index);
  const auto found = std::ranges::find(rest, true, &Pending::from_outside);
  if (found == rest.end()) return std::nullopt;
  return index + static_cast<std::size_t>(found - rest.begin());
}

ElectionVerdict verdict(const Pending& epoch, bool is_from_outside,
                        const std::optional<model::Configured<bool>>& unclean_leader_election) {
  if (is_from_outside) return ElectionVerdict::kUnclean;
  // The only member leads again. An epoch can be known before its leader is; then that member is
  // assumed to lead it.
  const auto& isr = epoch.last_isr;
  if (isr.size() == 1 && epoch.leader_after.value_or(isr.front()) == isr.front())
    return ElectionVerdict::kClean;
  // The ISR may have shrunk to other brokers between snapshots, unless unclean elections are off.
  const auto& setting = unclean_leader_election;
  const bool is_forbidden = setting && is_certain(setting->origin) && !setting->value;
  return is_forbidden ? ElectionVerdict::kClean : ElectionVerdict::kUnknown;
}

}  // namespace kie::loss
