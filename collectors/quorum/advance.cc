#include "collectors/quorum/advance.h"

#include <utility>

namespace kie::quorum {
namespace {

using model::ControllerAnswer;
using model::ControllerSnapshot;

/// So many questions may end without an answer before the state is shown without one.
constexpr int kMostUnanswered = 3;

class ControllerUpdate {
 public:
  ControllerUpdate(QuorumState& state, const ControllerSnapshot& snapshot)
      : state_(state), snapshot_(snapshot) {}

  std::vector<ControllerEvent> run() {
    if (snapshot_.answer != ControllerAnswer::kUnknown || ++state_.unanswered >= kMostUnanswered)
      state_.is_awaited = false;
    if (snapshot_.answer != ControllerAnswer::kUnknown)
      state_.is_unsupported = snapshot_.answer == ControllerAnswer::kUnsupported;
    switch (snapshot_.answer) {
      case ControllerAnswer::kAnswered:
        answered();
        break;
      case ControllerAnswer::kRefused:
        back();
        // The grant was removed: earlier numbers are outdated.
        state_.quorum.reset();
        break;
      case ControllerAnswer::kNone:
        lost();
        break;
      case ControllerAnswer::kUnsupported:
        // For this cluster it cannot be known whether there is a controller, so not that it is
        // lost.
        state_.is_lost = false;
        state_.lost_since.reset();
        state_.back_since.reset();
        state_.seen.reset();
        state_.quorum.reset();
        break;
      case ControllerAnswer::kUnknown:
        break;
    }
    return std::move(events_);
  }

 private:
  ControllerEvent& add(ControllerEventKind kind, std::optional<Instant> from) {
    auto& event = events_.emplace_back();
    event.kind = kind;
    event.from = from;
    event.to = snapshot_.at;
    event.id_before = state_.id;
    event.epoch_before = state_.epoch;
    if (snapshot_.quorum) {
      event.id_after = snapshot_.quorum->leader;
      event.epoch_after = snapshot_.quorum->epoch;
    }
    return event;
  }

  void lost() {
    if (!state_.is_lost) {
      add(ControllerEventKind::kControllerLost, state_.seen);
      state_.is_lost = true;
    }
    if (!state_.lost_since) state_.lost_since = snapshot_.at;
    state_.back_since.reset();
    state_.seen = snapshot_.at;
    state_.quorum.reset();
  }

  void back() {
    if (std::exchange(state_.is_lost, false)) {
      add(ControllerEventKind::kControllerBack, state_.seen);
      state_.back_since = snapshot_.at;
    }
    state_.lost_since.reset();
    state_.seen = snapshot_.at;
  }

  bool is_old_news(LeaderEpoch epoch) {
    if (!state_.epoch || epoch >= *state_.epoch) {
      state_.doubted.reset();
      return false;
    }
    return std::exchange(state_.doubted, epoch) != epoch;
  }

  void answered() {
    if (!snapshot_.quorum) return;
    const auto& quorum = *snapshot_.quorum;
    if (is_old_news(quorum.epoch)) return;
    back();
    if (state_.id && (state_.id != quorum.leader || state_.epoch != quorum.epoch))
      add(ControllerEventKind::kControllerChange, state_.answered_at);
    state_.id = quorum.leader;
    state_.epoch = quorum.epoch;
    state_.answered_at = snapshot_.at;
    state_.quorum = quorum;
  }

  QuorumState& state_;
  const ControllerSnapshot& snapshot_;
  std::vector<ControllerEvent> events_;
};

}  // namespace

std::vector<ControllerEvent> advance(QuorumState& state, const ControllerSnapshot& snapshot) {
  return ControllerUpdate{state, snapshot}.run();
}

void metadata_read(QuorumState& state, Instant at, bool all_brokers_answer) {
  if (state.back_since && at > *state.back_since &&
      (all_brokers_answer || at > *state.back_since + kFencedWithin))
    state.back_since.reset();
}

}  // namespace kie::quorum
