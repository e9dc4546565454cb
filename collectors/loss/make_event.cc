#include "collectors/loss/make_event.h"

namespace kie::loss {
namespace {

LossEvent event_of(LossEventKind kind, const std::string& topic, const PartitionLoss& partition,
                   const Pending& epoch) {
  LossEvent event;
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

LossEvent loss_event(const std::string& topic, const PartitionLoss& partition, const Pending& epoch,
                     const Charge& charge, bool at_least, ElectionVerdict verdict) {
  const auto kind = epoch.is_late ? LossEventKind::kLossRevised : LossEventKind::kLoss;
  auto event = event_of(kind, topic, partition, epoch);
  event.first = charge.first;
  event.end = charge.end;
  event.at_least = at_least;
  event.measure = charge.measure;
  event.acks_all = charge.acks_all;
  // A loss with acks=1 breaks no promise of Kafka, and cannot make an election unclean.
  const bool makes_no_verdict = !charge.acks_all && verdict == ElectionVerdict::kUnclean;
  event.verdict = makes_no_verdict ? ElectionVerdict::kUnknown : verdict;
  return event;
}

LossEvent unclean_election_event(const std::string& topic, const PartitionLoss& partition,
                                 const Pending& epoch) {
  auto event = event_of(LossEventKind::kUncleanElection, topic, partition, epoch);
  event.verdict = ElectionVerdict::kUnclean;
  return event;
}

LossEvent unknown_event(const std::string& topic, const PartitionLoss& partition,
                        const Pending& epoch, UnknownReason why) {
  auto event = event_of(LossEventKind::kLossUnknown, topic, partition, epoch);
  event.doubt = why;
  return event;
}

}  // namespace kie::loss
