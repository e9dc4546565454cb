#include "exporter/cluster/worker.h"

#include "exporter/log/log.h"

#include <malloc.h>

#include <algorithm>
#include <utility>

namespace kie {
namespace {

/// Reading the unhealthy topics may take one part in so many of the time, to limit the load.
constexpr int kWatchShare = 10;

/// A controller usually answers within this time. The poll does not wait for it longer.
constexpr std::chrono::milliseconds kControllerUsually{100};

/// Servers usually return their cluster id within this time. The polls do not wait longer.
constexpr std::chrono::milliseconds kServersUsually{300};

}  // namespace

ClusterWorker::ClusterWorker(std::size_t number, config::ClusterConfig cluster,
                             std::shared_ptr<RdkafkaLog> log,
                             std::unique_ptr<ClusterConnection> connection,
                             const ClusterServices& services)
    : config_(std::move(cluster)),
      services_(services),
      metrics_(services.self, config_.name),
      failure_log_(config_.name),
      epoch_end_log_(config_.name),
      connector_(config_, std::move(log), std::move(connection)),
      identity_(services.ids, number, config_.place),
      poller_(config_.name, metrics_),
      state_(config_, services.history, services.self),
      acknowledged_(services.acknowledged),
      publisher_(number, services.pages, services.status, services.acknowledged != nullptr),
      epoch_ends_([this] { wake_up_->answers_ready(); },
                  [this] { metrics_.internal_error("loss"); }) {
  status_.wake_up = wake_up_;
  // Losses are shown at once, also if Kafka cannot be reached now.
  status_.cluster_id = state_.recalled_id();
  publish();
}

void ClusterWorker::reconfigure(config::ClusterConfig config,
                                std::unique_ptr<ClusterConnection> connection, bool same_servers) {
  wake_up_->reconfigure({std::move(config), std::move(connection)}, [&] {
    if (!same_servers) identity_.servers_changed();
  });
}

void ClusterWorker::take_reconfiguration() {
  auto changed = wake_up_->take_reconfiguration([this] { identity_.reset(); });
  if (!changed) return;
  epoch_ends_.stop();
  const bool same_servers = changed->config.servers == config_.servers;
  config_ = std::move(changed->config);
  connector_.replace(std::move(changed->connection), config_, same_servers);
  state_.forget_unwatched(config_);
  poller_.configs_are_due();
  was_complete_ = false;
  // The cluster may be another one now.
  if (!std::exchange(status_.disabled, false)) return;
  status_.trouble.reset();
  publish();
}

void ClusterWorker::run(const std::stop_token& stop) {
  auto next_poll = Clock::now();
  while (!stop.stop_requested()) {
    take_reconfiguration();
    // Here too: if a poll takes as long as its interval, there is no wait.
    take_epoch_ends();
    const auto begun = Clock::now();
    poll_if_possible(stop);
    if (stop.stop_requested()) break;
    wake_up_->poll_ended(begun);
    // A poll needs much memory for a moment, in small pieces. glibc would keep a quarter of the
    // process's memory; to release it costs a few percent of a poll.
    malloc_trim(0);
    next_poll += config_.poll_interval;
    if (const auto now = Clock::now(); next_poll < now) {
      metrics_.poll_late();
      next_poll = now;
    }
    wait_until(next_poll, stop);
    if (wake_up_->has_reconfiguration() || wake_up_->is_poll_due()) next_poll = Clock::now();
  }
  epoch_ends_.stop();
  wake_up_->end();
}

void ClusterWorker::poll_if_possible(const std::stop_token& stop) {
  if (!is_first_of_its_id()) return;
  metrics_.poll_begun();
  const auto connection = connector_.open(config_);
  if (!connection) return fail_poll(connection.error().text);
  if (const auto problem = connector_.problem(kServersUsually)) {
    failure_log_.report("poll", problem);
    return fail_poll(*problem);
  }
  poll(**connection, stop);
}

void ClusterWorker::poll(ClusterConnection& connection, const std::stop_token& stop) {
  state_.apply(acknowledged_.take());
  const auto polled = Clock::now();
  auto snapshot = poller_.read(connection, state_.get(), polled);
  if (stop.stop_requested()) return;
  if (!snapshot) {
    auto error = snapshot.error().text;
    if (const auto reason = connector_.log().last_reason(); !reason.empty()) error += "; " + reason;
    failure_log_.report("poll", error);
    return fail_poll(error);
  }
  failure_log_.report("poll", std::nullopt);
  if (!identify(snapshot->cluster_id)) return;
  if (state_.apply(std::move(*snapshot))) epoch_ends_.hurry();
  read_rest(connection, polled);
  succeeded(polled);
  publish();
  ask_epoch_ends();
}

bool ClusterWorker::identify(const std::optional<std::string>& cluster_id) {
  identity_.answered(cluster_id);
  // Nothing of a duplicate entry may be shown.
  if (!is_first_of_its_id()) return false;
  if (!cluster_id) return true;
  if (status_.cluster_id && *cluster_id != *status_.cluster_id) {
    log_warn("cluster id changed, state dropped",
             {{"cluster", config_.name}, {"before", *status_.cluster_id}, {"now", *cluster_id}});
    forget();
  }
  status_.cluster_id = cluster_id;
  if (!state_.follow(*cluster_id, config_)) {
    // Counters from 0 would jump to their stored values as soon as these can be read.
    status_.trouble = "the stored state of the cluster cannot be read yet";
    status_.up = false;
    status_.fresh_until = {};
    metrics_.poll_failed();
    publish();
    return false;
  }
  acknowledged_.follow(*cluster_id);
  return true;
}

void ClusterWorker::read_rest(ClusterConnection& connection, model::Instant polled) {
  connection.ask_controller(polled);
  if (const auto answer = poller_.take_controller(connection, kControllerUsually))
    state_.apply(*answer);
  state_.forget_deleted_settings(polled, config_);
  if (auto settings =
          poller_.read_configs(connection, state_.get(), polled, config_.config_interval))
    state_.apply(std::move(*settings));
  state_.evaluate_risks(connection.listed(), longest_delivery_timeout(), config_);
}

void ClusterWorker::succeeded(model::Instant polled) {
  status_.up = true;
  status_.trouble.reset();
  status_.last_success = std::chrono::system_clock::now();
  status_.fresh_until = polled + config_.staleness();
  connector_.log().forget_reason();
  const bool was_complete = std::exchange(was_complete_, poller_.has_all_offsets());
  if (was_complete_ && !was_complete) connector_.log().all_well();
}

void ClusterWorker::fail_poll(const std::string& error) {
  metrics_.poll_failed();
  identity_.unanswered();
  status_.up = false;
  was_complete_ = false;
  status_.trouble = error;
  state_.retry_journal();
  publish();
}

void ClusterWorker::survived(const std::string& error) {
  metrics_.internal_error("poll");
  fail_poll("internal error: " + error);
}

void ClusterWorker::wait_until(Clock::time_point next_poll, const std::stop_token& stop) {
  while (!stop.stop_requested() && Clock::now() < next_poll) {
    const auto* connection = connector_.get();
    const bool watches = status_.up && connection != nullptr && !publisher_.unhealthy().empty();
    const auto next_expiry = publisher_.next_expiry();
    const auto controller_due = connection ? connection->controller_due() : std::nullopt;
    const auto ask_at = connection ? epoch_ends_.due(state_.get().loss) : std::nullopt;
    auto until = next_poll;
    if (watches) until = std::min(until, watch_due_);
    for (const auto& due : {next_expiry, controller_due, ask_at})
      if (due) until = std::min(until, *due);
    const bool answers_ready = wake_up_->wait_until(until, stop);
    if (wake_up_->has_reconfiguration() || stop.stop_requested()) return;
    if (answers_ready) take_epoch_ends();
    if (controller_due) take_controller();
    const auto now = Clock::now();
    if (now >= next_poll || wake_up_->is_poll_due()) return;
    if (watches && now >= watch_due_) {
      watch(stop);
    } else if (next_expiry && now >= *next_expiry) {
      publish();
    }
    if (ask_at) ask_epoch_ends();
  }
}

void ClusterWorker::watch(const std::stop_token& stop) {
  state_.apply(acknowledged_.take());
  const auto begun = Clock::now();
  auto snapshot =
      poller_.read_topics(*connector_.get(), state_.get(), begun, publisher_.unhealthy());
  if (snapshot && !stop.stop_requested() && snapshot->cluster_id == identity_.id()) {
    if (state_.apply(std::move(*snapshot))) epoch_ends_.hurry();
    publish();
  }
  const auto ended = Clock::now();
  watch_due_ = std::max(begun + config_.watch_interval, ended + kWatchShare * (ended - begun));
}

void ClusterWorker::take_controller() {
  const auto answer = poller_.take_controller(*connector_.get(), {});
  if (!answer) return;
  state_.apply(*answer);
  publish();
}

void ClusterWorker::ask_epoch_ends() {
  epoch_ends_.ask(state_.get(), connector_.get()->client(), config_.request_timeout);
}

void ClusterWorker::take_epoch_ends() {
  auto report = epoch_ends_.take();
  if (!report) return;
  metrics_.collected("epoch_ends", report->took,
                     epoch_end_log_.take(*report, epoch_ends_.is_idle()));
  state_.apply(std::move(report->answers.answers));
  publish();
}

bool ClusterWorker::is_first_of_its_id() {
  const auto& id = identity_.id();
  if (!id) return true;
  const auto duplicate = identity_.claim();
  if (!duplicate) {
    if (std::exchange(status_.disabled, false))
      log_info("duplicate cluster resolved, watching again",
               {{"cluster", config_.name}, {"id", *id}});
    return true;
  }
  auto why = "same cluster as " + duplicate->first.text() + "; only the first entry is watched";
  if (status_.disabled && status_.trouble == why) return false;
  if (!std::exchange(status_.disabled, true)) {
    log_error("cluster is configured twice, the second entry is disabled",
              {{"cluster", config_.name},
               {"id", *id},
               {"first", duplicate->first.text()},
               {"second", duplicate->second.text()}});
    forget();
    status_.cluster_id.reset();
    status_.up = false;
    metrics_.remove();
  }
  status_.trouble = std::move(why);
  publish();
  return false;
}

void ClusterWorker::forget() {
  epoch_ends_.stop();
  if (auto* connection = connector_.get()) connection->drop_controller();
  acknowledged_.end();
  state_.forget();
  poller_.forget();
}

std::optional<std::chrono::milliseconds> ClusterWorker::longest_delivery_timeout() const {
  if (!status_.cluster_id) return std::nullopt;
  const std::scoped_lock lock{services_.producers.mutex};
  const auto& longest = services_.producers.longest_delivery_timeout;
  const auto found = longest.find(*status_.cluster_id);
  return found == longest.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace kie
