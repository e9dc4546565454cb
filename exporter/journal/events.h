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

/// Events as the journal keeps them, their numbers in JSON.
class JournalEvents {
 public:
  /// `known`: when they became known. `before`: when the cluster was last looked at by the process
  /// before, from which on they may have happened where this one had not looked yet.
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

/// Of applications' producers, which belong to no cluster.
inline constexpr std::string_view kProducerStarted = "producer_started";
inline constexpr std::string_view kProducerFatal = "producer_fatal";
inline constexpr std::string_view kProducerIdChange = "producer_id_change";
inline constexpr std::string_view kProducerEnded = "producer_ended";
inline constexpr std::string_view kProducerVanished = "producer_vanished";

/// All kinds that there are.
std::span<const std::string_view> journal_kinds();

}  // namespace kie
