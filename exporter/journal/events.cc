#include "exporter/journal/events.h"

#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/or_null.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace kie {
namespace {

using Json = nlohmann::ordered_json;

Json details_of(const loss::LossEvent& event) {
  Json details{{"epoch", event.epoch.value},
               {"new_epoch", event.new_epoch.value},
               {"leader_before", or_null(event.leader_before)},
               {"leader_after", or_null(event.leader_after)}};
  switch (event.kind) {
    case loss::LossEventKind::kLoss:
    case loss::LossEventKind::kLossRevised:
      details["first_offset"] = event.first.value;
      details["end_offset"] = event.end.value;
      details["records"] = event.end.value - event.first.value;
      details["at_least"] = event.at_least;
      details["acks"] = event.acks_all ? "all" : "1";
      details["measure"] = to_string(event.measure);
      details["election"] = to_string(event.verdict);
      break;
    case loss::LossEventKind::kUncleanElection:
      break;
    case loss::LossEventKind::kLossUnknown:
      if (event.doubt) details["why"] = to_string(*event.doubt);
      break;
  }
  return details;
}

Json details_of(const replication::ReplicationEvent& event) {
  if (!event.partition) return Json::object();
  Json details{{"leader_before", or_null(event.leader_before)},
               {"leader_after", or_null(event.leader_after)},
               {"in_sync_replicas_before", ids(event.isr_before)},
               {"in_sync_replicas_after", ids(event.isr_after)}};
  if (event.kind == replication::ReplicationEventKind::kElection)
    details["leader"] = to_string(event.leader_origin);
  if (!event.replicas_after.empty()) {
    details["replicas_before"] = ids(event.replicas_before);
    details["replicas_after"] = ids(event.replicas_after);
  }
  return details;
}

Json details_of(const quorum::ControllerEvent& event) {
  return {{"controller_before", or_null(event.id_before)},
          {"controller_after", or_null(event.id_after)},
          {"epoch_before", or_null(event.epoch_before)},
          {"epoch_after", or_null(event.epoch_after)}};
}

std::string text_of(const Json& json) { return json.dump(); }

constexpr std::array kKinds{
    to_string(replication::ReplicationEventKind::kIsrShrink),
    to_string(replication::ReplicationEventKind::kIsrExpand),
    to_string(replication::ReplicationEventKind::kLeaderChange),
    to_string(replication::ReplicationEventKind::kElection),
    to_string(replication::ReplicationEventKind::kEpochChange),
    to_string(replication::ReplicationEventKind::kOffline),
    to_string(replication::ReplicationEventKind::kOnline),
    to_string(replication::ReplicationEventKind::kRecreated),
    to_string(replication::ReplicationEventKind::kReassignmentStarted),
    to_string(replication::ReplicationEventKind::kReassignmentEnded),
    to_string(replication::ReplicationEventKind::kDeleted),
    to_string(replication::ReplicationEventKind::kBrokerLost),
    to_string(replication::ReplicationEventKind::kBrokerJoined),
    to_string(loss::LossEventKind::kLoss),
    to_string(loss::LossEventKind::kUncleanElection),
    to_string(loss::LossEventKind::kLossUnknown),
    to_string(loss::LossEventKind::kLossRevised),
    to_string(quorum::ControllerEventKind::kControllerLost),
    to_string(quorum::ControllerEventKind::kControllerBack),
    to_string(quorum::ControllerEventKind::kControllerChange),
    kProducerStarted,
    kProducerFatal,
    kProducerIdChange,
    kProducerEnded,
    kProducerVanished,
};

}  // namespace

void JournalEvents::set_times(history::StoredEvent& journal,
                              const std::optional<model::Instant>& from, model::Instant to) const {
  journal.to = clocks_.to_time(to);
  journal.from = from ? clocks_.to_time(*from) : std::min(before_.value_or(journal.to), journal.to);
}

history::StoredEvent JournalEvents::of(const replication::ReplicationEvent& event) const {
  history::StoredEvent journal;
  journal.kind = to_string(event.kind);
  journal.topic = event.topic;
  if (event.partition) journal.partition = event.partition->value;
  if (event.broker) journal.broker = event.broker->value;
  set_times(journal, event.from, event.to);
  journal.details = text_of(details_of(event));
  return journal;
}

history::StoredEvent JournalEvents::of(const loss::LossEvent& event) const {
  history::StoredEvent journal;
  journal.kind = to_string(event.kind);
  journal.topic = event.topic;
  journal.partition = event.partition.value;
  if (event.leader_after) journal.broker = event.leader_after->value;
  set_times(journal, event.from, event.to);
  auto details = details_of(event);
  details["known"] = exposition::unix_seconds(known_);
  journal.details = text_of(details);
  return journal;
}

history::StoredEvent JournalEvents::of(const quorum::ControllerEvent& event) const {
  history::StoredEvent journal;
  journal.kind = to_string(event.kind);
  set_times(journal, event.from, event.to);
  journal.details = text_of(details_of(event));
  return journal;
}

std::span<const std::string_view> journal_kinds() { return kKinds; }

}  // namespace kie
