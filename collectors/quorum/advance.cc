#include "collectors/quorum/advance.h"

#include <utility>

namespace kie::quorum {
namespace {

using model::ControllerAnswer;
using model::ControllerSnapshot;

class Step {
 public:
  Step(State& state, const ControllerSnapshot& look) : state_(state), look_(look) {}

  std::vector<Event> run() {
    state_.is_awaited = false;
    switch (look_.answer) {
      case ControllerAnswer::kAnswered:
        answered();
        break;
      case ControllerAnswer::kRefused:
        back();
        // The numbers that were told before the grant went are not those of today.
        state_.quorum.reset();
        break;
      case ControllerAnswer::kNone:
        lost();
        break;
      case ControllerAnswer::kUnsupported:
        // Whether there is a controller cannot be known of this cluster, so neither that it is
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
  Event& add(EventKind kind, std::optional<Instant> from) {
    auto& event = events_.emplace_back();
    event.kind = kind;
    event.from = from;
    event.to = look_.at;
    event.id_before = state_.id;
    event.epoch_before = state_.epoch;
    if (look_.quorum) {
      event.id_after = look_.quorum->leader;
      event.epoch_after = look_.quorum->epoch;
    }
    return event;
  }

  void lost() {
    if (!state_.is_lost) {
      add(EventKind::kControllerLost, state_.seen);
      state_.is_lost = true;
    }
    if (!state_.lost_since) state_.lost_since = look_.at;
    state_.back_since.reset();
    state_.seen = look_.at;
    state_.quorum.reset();
  }

  void back() {
    if (std::exchange(state_.is_lost, false)) {
      add(EventKind::kControllerBack, state_.seen);
      state_.back_since = look_.at;
    }
    state_.lost_since.reset();
    state_.seen = look_.at;
  }

  bool is_old_news(LeaderEpoch epoch) {
    if (!state_.epoch || epoch >= *state_.epoch) {
      state_.doubted.reset();
      return false;
    }
    return std::exchange(state_.doubted, epoch) != epoch;
  }

  void answered() {
    if (!look_.quorum) return;
    const auto& quorum = *look_.quorum;
    if (is_old_news(quorum.epoch)) return;
    back();
    if (state_.id && (state_.id != quorum.leader || state_.epoch != quorum.epoch))
      add(EventKind::kControllerChange, state_.told);
    state_.id = quorum.leader;
    state_.epoch = quorum.epoch;
    state_.told = look_.at;
    state_.quorum = quorum;
  }

  State& state_;
  const ControllerSnapshot& look_;
  std::vector<Event> events_;
};

}  // namespace

std::vector<Event> advance(State& state, const ControllerSnapshot& look) {
  return Step{state, look}.run();
}

void metadata_read(State& state, Instant at, bool all_brokers_answer) {
  if (state.back_since && at > *state.back_since &&
      (all_brokers_answer || at > *state.back_since + kFencedWithin))
    state.back_since.reset();
}

}  // namespace kie::quorum
