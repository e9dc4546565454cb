#include "exporter/cluster/tracked_state.h"

#include "collectors/cluster/risks.h"
#include "exporter/journal/event_log.h"

#include <fmt/format.h>

#include <memory>
#include <mutex>
#include <utility>

namespace kie {
namespace {

/// Identifies an entry without a name.
std::string servers_of(const config::ClusterConfig& config) {
  return fmt::format("{}", fmt::join(config.servers, ","));
}

}  // namespace

TrackedState::TrackedState(const config::ClusterConfig& config, history::History& history,
                           exposition::SelfMetrics& self)
    : cluster_(config.name), journal_(history, self) {
  recalled_id_ = journal_.recall(config.name, servers_of(config), *state_);
  state_->quorum.is_awaited = true;
  forget_unwatched(config);
}

bool TrackedState::follow(const std::string& id, const config::ClusterConfig& config) {
  const auto begun = journal_.begin(id, config.name, servers_of(config), *state_);
  if (begun == ClusterJournal::Begun::kLoaded) forget_unwatched(config);
  return begun != ClusterJournal::Begun::kNotYet;
}

void TrackedState::forget() {
  journal_.end();
  const std::scoped_lock lock{state_->mutex};
  state_->replication = {};
  state_->loss = {};
  state_->quorum = {};
  state_->quorum.is_awaited = true;
  state_->settings = {};
  state_->risks = std::make_shared<const risk::Findings>();
}

void TrackedState::forget_unwatched(const config::ClusterConfig& config) {
  // Topics that are not watched any more are neither deleted nor unknown.
  const auto is_watched = [&](const std::string& topic) { return config.topics.matches(topic); };
  const std::scoped_lock lock{state_->mutex};
  replication::forget_unless(state_->replication, is_watched);
  loss::forget_unless(state_->loss, is_watched);
}

void TrackedState::apply(const std::vector<loss::Acknowledgement>& acknowledged) {
  apply_acknowledgements(*state_, acknowledged);
}

bool TrackedState::apply(model::ClusterSnapshot snapshot) {
  const auto update =
      apply_snapshot(*state_, std::move(snapshot), std::chrono::system_clock::now());
  record(update);
  return update.has_questions;
}

void TrackedState::apply(const model::ControllerSnapshot& controller) {
  record(apply_controller(*state_, controller));
}

void TrackedState::apply(std::vector<model::EpochAnswer> answers) {
  record(apply_epoch_ends(*state_, std::move(answers), std::chrono::steady_clock::now(),
                          std::chrono::system_clock::now()));
}

void TrackedState::record(const ClusterUpdate& update) {
  journal_.commit(*state_, update);
  log_events(cluster_, update.replication);
  log_events(cluster_, update.loss);
  log_events(cluster_, update.quorum);
}

void TrackedState::apply(model::Configs settings) { apply_settings(*state_, std::move(settings)); }

void TrackedState::forget_deleted_settings(model::Instant now,
                                           const config::ClusterConfig& config) {
  kie::forget_deleted_settings(*state_, now, config.config_interval);
}

void TrackedState::evaluate_risks(
    const std::vector<BrokerId>& listed,
    const std::optional<std::chrono::milliseconds>& longest_delivery_timeout,
    const config::ClusterConfig& config) {
  auto risks =
      std::make_shared<const risk::Findings>(find_risks(*state_, listed, longest_delivery_timeout,
                                                        {.now = std::chrono::steady_clock::now(),
                                                         .staleness = config.staleness(),
                                                         .is_old_news = false},
                                                        config.risk));
  const std::scoped_lock lock{state_->mutex};
  std::swap(state_->risks, risks);
}

}  // namespace kie
