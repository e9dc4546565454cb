#pragma once

#include "collectors/loss/event.h"
#include "collectors/quorum/event.h"
#include "collectors/replication/event.h"
#include "exporter/history/clocks.h"
#include "exporter/history/event.h"

#include <optional>
#include <span>
#include <string_view>

namespace kie {

/// Converts events to rows of the journal, with their details in JSON.
class JournalEvents {
 public:
  /// `known`: when they were found. `before`: when the previous process last read the cluster. What
  /// this process finds first may have happened since then.
  JournalEvents(const history::Clocks& clocks, history::Time known,
                std::optional<history::Time> before)
      : clocks_(clocks), known_(known), before_(before) {}

  history::StoredEvent of(const replication::ReplicationEvent& event) const;
  history::StoredEvent of(const loss::LossEvent& event) const;
  history::StoredEvent of(const quorum::ControllerEvent& event) const;

 private:
  void set_times(history::StoredEvent& journal, const std::optional<model::Instant>& from,
                 model::Instant to) const;

  const history::Clocks& clocks_;
  history::Time known_;
  std::optional<history::Time> before_;
};

/// Events of applications' producers, which belong to no cluster.
inline constexpr std::string_view kProducerStarted = "producer_started";
inline constexpr std::string_view kProducerFatal = "producer_fatal";
inline constexpr std::string_view kProducerIdChange = "producer_id_change";
inline constexpr std::string_view kProducerEnded = "producer_ended";
inline constexpr std::string_view kProducerVanished = "producer_vanished";

/// All kinds of events.
std::span<const std::string_view> journal_kinds();

}  // namespace kie
