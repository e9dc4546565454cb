#include "collectors/loss/charge.h"

#include <algorithm>
#include <initializer_list>

namespace kie::loss {
namespace {

/// The highest known offset; 0 if none is known.
Offset highest(std::initializer_list<std::optional<Offset>> offsets) {
  return std::max(offsets).value_or(Offset{0});
}

/// Acknowledged offsets below this one may be part of a loss that is already counted; nullopt: of
/// none. Considers each epoch that ended after the acknowledgement, and always its own epoch: the
/// snapshot that showed the end of that epoch began a moment earlier.
std::optional<Offset> counted_until(std::span<const Assessed> assessed, LeaderEpoch epoch,
                                    const std::optional<Acked>& acked) {
  std::optional<Offset> until;
  if (!acked) return until;
  for (const auto& one : assessed) {
    const bool is_of_it = one.pending.epoch <= epoch && epoch < one.pending.after;
    if (is_of_it || one.pending.to >= acked->at) until = std::max(until, one.counted);
  }
  return until;
}

Charge charge_safe(const std::optional<Acked>& acks_all, Offset first, Offset end) {
  const bool is_acked = acks_all && acks_all->next >= end;
  return {.first = first,
          .end = end,
          .measure = is_acked ? Measure::kAcknowledged : Measure::kHighWatermark,
          .acks_all = true};
}

}  // namespace

std::vector<Charge> charge(const Pending& epoch, const FoundEnd& found,
                           const model::EpochEnd& answered, const Charged& charged,
                           std::span<const Assessed> assessed) {
  const auto& [acks_all, acks_one] = epoch.acked;
  std::vector<Charge> charges;

  const Offset first = highest({found.end, epoch.log_start, charged.acks_all});
  if (first < epoch.committed_end)
    charges.push_back(charge_safe(acks_all, first, epoch.committed_end));

  // The epoch of an acknowledgement is an estimate: the offset may be any that the log has of this
  // epoch or of older ones.
  const Offset acked_first = highest(
      {first, answered.end, epoch.committed_end, counted_until(assessed, epoch.epoch, acks_all)});
  if (acks_all && acked_first < acks_all->next) {
    const bool continues = !charges.empty() && charges.back().end == acked_first;
    if (continues) charges.pop_back();
    charges.push_back(charge_safe(acks_all, continues ? first : acked_first, acks_all->next));
  }

  if (!acks_one) return charges;
  const auto acks_all_end = acks_all ? std::optional{acks_all->next} : std::nullopt;
  const Offset acks_one_first = highest({acked_first, acks_all_end, charged.acks_one,
                                         counted_until(assessed, epoch.epoch, acks_one)});
  if (acks_one_first < acks_one->next)
    charges.push_back({.first = acks_one_first,
                       .end = acks_one->next,
                       .measure = Measure::kAcknowledged,
                       .acks_all = false});
  return charges;
}

Charged add_charges(Charged charged, std::span<const Charge> charges) {
  for (const auto& one : charges) (one.acks_all ? charged.acks_all : charged.acks_one) = one.end;
  return charged;
}

}  // namespace kie::loss
