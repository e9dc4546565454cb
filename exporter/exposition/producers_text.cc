#include "exporter/exposition/producers_text.h"

#include "collectors/producers/errors.h"
#include "collectors/producers/states.h"
#include "exporter/exposition/risk_text.h"
#include "exporter/exposition/self_metrics.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace kie::exposition {
namespace {

using enum FamilyId;
using producers::ProducerClient;

/// What waits in the queues of all instances.
struct Queued {
  bool is_known = false;
  std::uint64_t count = 0, limit = 0;
};

/// The values of all instances of one client together.
struct Together {
  Queued messages, bytes;
  /// Of the limit; nullopt: no queue has one.
  std::optional<double> fullest;
  std::optional<producers::RoundTrip> round_trip;
  /// Indexes in the lists of states.
  std::optional<std::size_t> idempotence, transaction;
};

std::size_t place_of(std::string_view state, std::span<const std::string_view> states) {
  const auto found = std::ranges::find(states, state);
  const auto place = found == states.end() ? std::ranges::find(states, "other") : found;
  return static_cast<std::size_t>(place - states.begin());
}

void take_worst(std::optional<std::size_t>& worst, std::size_t place) {
  worst = std::max(worst.value_or(0), place);
}

/// `limit` 0: there is none (queue.buffering.max.messages).
void add(Together& together, Queued& all, std::uint64_t count, std::uint64_t limit) {
  all.is_known = true;
  all.count += count;
  all.limit += limit;
  if (limit == 0) return;
  const double ratio = static_cast<double>(count) / static_cast<double>(limit);
  together.fullest = std::max(together.fullest.value_or(0), ratio);
}

void add(Together& together, const producers::Instance& instance) {
  if (instance.report && instance.report->round_trip)
    producers::take_slower(together.round_trip, *instance.report->round_trip);
  if (!instance.statistics) {
    if (instance.report && instance.report->queue)
      add(together, together.bytes, instance.report->queue->bytes,
          instance.report->queue->bytes_limit);
    return;
  }
  const auto& one = *instance.statistics;
  add(together, together.messages, one.messages, one.messages_limit);
  add(together, together.bytes, one.bytes, one.bytes_limit);
  if (one.round_trip) producers::take_slower(together.round_trip, *one.round_trip);
  if (one.idempotence) {
    take_worst(together.idempotence,
               place_of(one.idempotence->state, producers::kIdempotenceStates));
    take_worst(together.transaction,
               place_of(one.idempotence->transaction_state, producers::kTransactionStates));
  }
}

class ProducersRenderer {
 public:
  ProducersRenderer(const producers::ProducersState& state, std::span<const risk::Finding> risks,
                    producers::Instant now, ClusterSamples& samples)
      : state_(state), risks_(risks), now_(now), samples_(samples) {}

  void run() {
    samples_.clear();
    for (const auto error : producers::fatal_errors()) {
      std::string labels = "{";
      append_label(labels, "error", error);
      labels += '}';
      samples_.add(kProducerFatalErrorsLastHour, labels,
                   producers::fatal_errors_last_hour(state_, error, now_));
    }
    std::map<std::string_view, Together> together;
    for (const auto& [key, instance] : state_.instances)
      if (!instance.is_gone) add(together[instance.client_id], instance);
    for (const auto& [id, one] : state_.clients) {
      client(id, one);
      if (const auto found = together.find(id); found != together.end()) live(found->second);
    }
    for (const auto& one : risks_)
      if (one.exemption.empty()) samples_.add(kConfigRisk, risk_labels("{", one), std::uint64_t{1});
    for (const auto& [which, count] : count_risks(risks_, risk::Scope::kProducer))
      samples_.add(kConfigRisks, risk_labels("{", which.first, which.second), count);
  }

 private:
  void client(const std::string& id, const ProducerClient& one) {
    prefix_.assign(1, '{');
    append_label(prefix_, "client_id", id);
    labels_ = prefix_;
    labels_ += '}';
    for (const auto& [error, count] : one.fatal_errors)
      add_with(kProducerFatalErrors, "error", error, count);
    if (one.failed) failures(*one.failed);
    samples_.add(kProducerVanishedLastHour, labels_, producers::vanished_last_hour(one, now_));
    samples_.add(kProducerInstances, labels_, std::uint64_t{one.instances});
    samples_.add(kProducerLastReport, labels_, unix_seconds(one.seen_wall));
    const auto& counters = one.counters;
    if (counters.acknowledged_records)
      samples_.add(kProducerAcknowledgedRecords, labels_, *counters.acknowledged_records);
    if (counters.retried_records)
      samples_.add(kProducerRetriedRecords, labels_, *counters.retried_records);
    samples_.add(kProducerTransmittedBytes, labels_, counters.transmitted_bytes);
    samples_.add(kProducerSocketSendErrors, labels_, counters.socket_send_errors);
    samples_.add(kProducerRequestTimeouts, labels_, counters.request_timeouts);
    samples_.add(kProducerIdChanges, labels_, one.id_changes);
    samples_.add(kProducerEpochBumps, labels_, one.epoch_bumps);
  }

  /// From the first record on: a client has few of all the errors that there are.
  void failures(const producers::Failures& failed) {
    for (const auto& [kind, records] : failed) {
      if (records == 0) continue;
      auto labels = prefix_;
      append_label(labels, "error", kind.first);
      append_label(labels, "persisted", to_string(kind.second));
      labels += '}';
      samples_.add(kProducerDeliveryFailures, labels, records);
    }
  }

  void queued(const Queued& all, FamilyId count, FamilyId limit) {
    if (!all.is_known) return;
    samples_.add(count, labels_, all.count);
    if (all.limit > 0) samples_.add(limit, labels_, all.limit);
  }

  void live(const Together& now) {
    queued(now.messages, kProducerQueueMessages, kProducerQueueMessagesLimit);
    queued(now.bytes, kProducerQueueBytes, kProducerQueueBytesLimit);
    if (now.fullest) samples_.add(kProducerQueueRatio, labels_, *now.fullest);
    if (now.round_trip) {
      add_with(kProducerRoundTrip, "q", "0.5", now.round_trip->median);
      add_with(kProducerRoundTrip, "q", "0.99", now.round_trip->p99);
      add_with(kProducerRoundTrip, "q", "max", now.round_trip->longest);
    }
    if (now.idempotence)
      add_with(kProducerIdempotenceState, "state", producers::kIdempotenceStates[*now.idempotence],
               std::uint64_t{1});
    if (now.transaction)
      add_with(kProducerTransactionState, "state", producers::kTransactionStates[*now.transaction],
               std::uint64_t{1});
  }

  template <class Number>
  void add_with(FamilyId id, std::string_view name, std::string_view value, Number number) {
    auto labels = prefix_;
    append_label(labels, name, value);
    labels += '}';
    samples_.add(id, labels, number);
  }

  const producers::ProducersState& state_;
  std::span<const risk::Finding> risks_;
  producers::Instant now_;
  ClusterSamples& samples_;
  std::string prefix_;
  std::string labels_;
};

}  // namespace

void render(const producers::ProducersState& state, std::span<const risk::Finding> risks,
            producers::Instant now, ClusterSamples& samples) {
  ProducersRenderer{state, risks, now, samples}.run();
}

}  // namespace kie::exposition
