#include "collectors/loss/make_event.h"

namespace kie::loss {
namespace {

Event event_of(EventKind kind, const std::string& topic, const Partition& partition,
               const Pending& epoch) {
  Event event;
  event.kind = kind;
  event.topic = topic;
  event.partition = partition.id;
  event.epoch = epoch.epoch;
  event.new_epoch = partition.newest;
  event.leader_before = epoch.leader_before;
  event.leader_after = partition.leader;
  event.from = epoch.from;
  event.to = epoch.to;
  return event;
}

}  // namespace

Event loss_event(const std::string& topic, const Partition& partition, const Pending& epoch,
                 const Charge& charge, bool at_least, Verdict verdict) {
  const auto kind = epoch.is_late ? EventKind::kLossRevised : EventKind::kLoss;
  auto event = event_of(kind, topic, partition, epoch);
  event.first = charge.first;
  event.end = charge.end;
  event.at_least = at_least;
  event.measure = charge.measure;
  event.acks_all = charge.acks_all;
  // A loss with acks=1 breaks no promise of Kafka, and cannot make an election unclean.
  const bool makes_no_verdict = !charge.acks_all && verdict == Verdict::kUnclean;
  event.verdict = makes_no_verdict ? Verdict::kUnknown : verdict;
  return event;
}

Event unclean_election_event(const std::string& topic, const Partition& partition,
                             const Pending& epoch) {
  auto event = event_of(EventKind::kUncleanElection, topic, partition, epoch);
  event.verdict = Verdict::kUnclean;
  return event;
}

Event unknown_event(const std::string& topic, const Partition& partition, const Pending& epoch,
                    UnknownReason why) {
  auto event = event_of(EventKind::kLossUnknown, topic, partition, epoch);
  event.doubt = why;
  return event;
}

}  // namespace kie::loss
