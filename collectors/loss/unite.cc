#include "collectors/loss/unite.h"

#include <algorithm>

namespace kie::loss {
namespace {

void take_higher(std::optional<Acked>& highest, const std::optional<Acked>& other) {
  if (other && (!highest || highest->next < other->next)) highest = other;
}

}  // namespace

std::size_t count_same_end(std::span<const Pending> pending,
                           std::span<const model::EpochEnd> ends) {
  const auto& oldest = pending.front();
  std::size_t count = 1;
  while (count < pending.size() && pending[count].after == oldest.after &&
         ends[count].epoch <= oldest.epoch)
    ++count;
  return count;
}

Pending unite(std::span<const Pending> same_end) {
  auto united = same_end.front();
  for (const auto& other : same_end.subspan(1)) {
    united.committed_end = std::max(united.committed_end, other.committed_end);
    take_higher(united.acked.acks_all, other.acked.acks_all);
    take_higher(united.acked.acks_one, other.acked.acks_one);
    united.is_late |= other.is_late;
    united.election_counted |= other.election_counted;
  }
  return united;
}

}  // namespace kie::loss
