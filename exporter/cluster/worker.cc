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
      log_(std::move(log)),
      connection_(std::move(connection)),
      services_(services),
      metrics_(services.self, config_.name),
      failure_log_(config_.name),
      epoch_end_log_(config_.name),
      identity_(services.ids, number, config_.place),
      poller_(config_.name, metrics_),
      state_(config_, services.history, services.self),
      publisher_(number, services.pages, services.status, services.acknowledged != nullptr),
      epoch_ends_(
          [this] {
            {
              const std::scoped_lock lock{change_mutex_};
              answers_ready_ = true;
            }
            wake_.notify_all();
          },
          [this] { metrics_.internal_error("loss"); }) {
  // Losses are shown at once, also if Kafka cannot be reached now.
  status_.cluster_id = state_.recalled_id().value_or("");
  publish();
}

ClusterWorker::~ClusterWorker() {
  if (services_.acknowledged != nullptr) services_.acknowledged->release(status_.cluster_id);
}

void ClusterWorker::take(config::ClusterConfig cluster,
                         std::unique_ptr<ClusterConnection> connection) {
  {
    const std::scoped_lock lock{change_mutex_};
    if (cluster.servers != config_.servers) identity_.servers_changed();
    change_.emplace(Change{std::move(cluster), std::move(connection)});
  }
  wake_.notify_all();
}

void ClusterWorker::take_change() {
  std::optional<Change> change;
  bool same_servers = false;
  {
    const std::scoped_lock lock{change_mutex_};
    if (!change_) return;
    change.emplace(std::move(*change_));
    change_.reset();
    same_servers = change->cluster.servers == config_.servers;
    config_ = std::move(change->cluster);
    identity_.reset();
  }
  log_ = change->connection->log();
  epoch_ends_.stop();
  // If the servers are the same, the known brokers lead to the cluster, too.
  if (!same_servers) {
    broker_addresses_.clear();
  } else if (auto known = connection_ ? connection_->known_addresses() : std::vector<std::string>{};
             !known.empty()) {
    broker_addresses_ = std::move(known);
  }
  connection_ = std::move(change->connection);
  connection_->add_addresses(broker_addresses_);
  server_check_.start(config_);
  state_.forget_unwatched(config_);
  poller_.configs_are_due();
  was_well_ = false;
  // The cluster may be another one now.
  if (!std::exchange(status_.disabled, false)) return;
  status_.trouble.clear();
  publish();
}

ClusterConnection* ClusterWorker::connected() {
  if (connection_) return connection_.get();
  auto made = ClusterConnection::open(config_, log_);
  failure_log_.report("connecting", made ? std::nullopt : std::optional{made.error().text});
  if (!made) {
    fail_poll(made.error().text);
    return nullptr;
  }
  server_check_.start(config_);
  connection_ = std::move(*made);
  return connection_.get();
}

void ClusterWorker::run(const std::stop_token& stop) {
  if (connection_) server_check_.start(config_);
  auto next_poll = Clock::now();
  while (!stop.stop_requested()) {
    take_change();
    // Here too: if a poll takes as long as its interval, there is no wait.
    take_epoch_ends();
    poll_if_possible(stop);
    // A poll needs much memory for a moment, in small pieces. glibc would keep a quarter of the
    // process's memory; to release it costs a few percent of a poll.
    malloc_trim(0);
    next_poll += config_.poll_interval;
    if (const auto now = Clock::now(); next_poll < now) {
      metrics_.poll_late();
      next_poll = now;
    }
    wait_until(next_poll, stop);
    const std::scoped_lock lock{change_mutex_};
    if (change_) next_poll = Clock::now();
  }
  epoch_ends_.stop();
}

void ClusterWorker::poll_if_possible(const std::stop_token& stop) {
  auto* connection = connected();
  if (connection == nullptr || !is_first_of_its_id()) return;
  if (const auto problem = server_check_.problem(kServersUsually)) {
    metrics_.poll_begun();
    failure_log_.report("poll", problem);
    fail_poll(*problem);
  } else {
    poll(*connection, stop);
  }
}

void ClusterWorker::poll(ClusterConnection& connection, const std::stop_token& stop) {
  metrics_.poll_begun();
  take_acknowledged();
  const auto begun = Clock::now();
  auto snapshot = poller_.read(connection, state_.get(), begun);
  if (stop.stop_requested()) return;
  if (!snapshot) {
    auto error = snapshot.error().text;
    if (const auto reason = log_->last_reason(); !reason.empty()) error += "; " + reason;
    failure_log_.report("poll", error);
    return fail_poll(error);
  }
  failure_log_.report("poll", std::nullopt);
  // Nothing of a duplicate entry may be shown.
  identity_.answered(snapshot->cluster_id);
  if (!is_first_of_its_id()) return;
  if (const auto& id = identity_.id()) follow_id(*id);

  if (state_.apply(std::move(*snapshot))) epoch_ends_.hurry();
  connection.ask_controller(begun);
  if (const auto answer = poller_.take_controller(connection, kControllerUsually))
    state_.apply(*answer);
  state_.forget_deleted_settings(begun, config_);
  if (auto settings =
          poller_.read_configs(connection, state_.get(), begun, config_.config_interval))
    state_.set_settings(std::move(*settings));
  state_.evaluate_risks(connection.listed(), longest_delivery_timeout(), config_);

  status_.up = true;
  status_.trouble.clear();
  status_.last_success = std::chrono::system_clock::now();
  status_.fresh_until = begun + config_.staleness();
  log_->forget_reason();
  const bool is_well = poller_.has_all_offsets();
  if (is_well && !std::exchange(was_well_, is_well)) log_->all_well();
  was_well_ = is_well;
  publish();
  epoch_ends_.ask(state_.get(), connection.client(), config_.request_timeout);
}

void ClusterWorker::fail_poll(const std::string& error) {
  metrics_.poll_failed();
  identity_.unanswered();
  status_.up = false;
  was_well_ = false;
  status_.trouble = error;
  state_.retry_journal();
  publish();
}

void ClusterWorker::survived(const std::string& error) {
  metrics_.internal_error("poll");
  fail_poll("the exporter itself failed: " + error);
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
  auto why = "this is the cluster of " + duplicate->first.text() + ", which alone is watched";
  if (status_.disabled && status_.trouble == why) return false;
  if (!std::exchange(status_.disabled, true)) {
    log_error("cluster is configured twice, the second entry is disabled",
              {{"cluster", config_.name},
               {"id", *id},
               {"first", duplicate->first.text()},
               {"second", duplicate->second.text()}});
    forget();
    status_.cluster_id.clear();
    status_.up = false;
    metrics_.remove();
  }
  status_.trouble = std::move(why);
  publish();
  return false;
}

void ClusterWorker::follow_id(const std::string& id) {
  if (!status_.cluster_id.empty() && id != status_.cluster_id) {
    log_warn("cluster id changed, state dropped",
             {{"cluster", config_.name}, {"before", status_.cluster_id}, {"now", id}});
    forget();
  }
  status_.cluster_id = id;
  if (services_.acknowledged != nullptr) services_.acknowledged->watch(id);
  state_.follow(id, config_);
}

void ClusterWorker::forget() {
  epoch_ends_.stop();
  if (connection_) connection_->drop_controller();
  if (services_.acknowledged != nullptr) services_.acknowledged->release(status_.cluster_id);
  state_.forget();
  poller_.forget();
}

void ClusterWorker::wait_until(Clock::time_point next_poll, const std::stop_token& stop) {
  while (!stop.stop_requested() && Clock::now() < next_poll) {
    auto until = next_poll;
    const bool watches = status_.up && connection_ && !publisher_.unhealthy().empty();
    const auto next_expiry = publisher_.next_expiry();
    const auto controller_due = connection_ ? connection_->controller_due() : std::nullopt;
    const auto ask_at = epoch_ends_.due(state_.get().loss);
    if (watches) until = std::min(until, watch_due_);
    for (const auto& due : {next_expiry, controller_due, ask_at})
      if (due) until = std::min(until, *due);
    bool answers_ready = false;
    {
      std::unique_lock lock{change_mutex_};
      wake_.wait_until(lock, stop, until, [&] { return change_ || answers_ready_; });
      if (change_) return;
      answers_ready = std::exchange(answers_ready_, false);
    }
    if (stop.stop_requested()) return;
    if (answers_ready) take_epoch_ends();
    if (controller_due) take_controller();
    const auto now = Clock::now();
    if (now >= next_poll) return;
    if (watches && now >= watch_due_) {
      watch(stop);
    } else if (next_expiry && now >= *next_expiry) {
      publish();
    }
    if (ask_at && connection_)
      epoch_ends_.ask(state_.get(), connection_->client(), config_.request_timeout);
  }
}

void ClusterWorker::watch(const std::stop_token& stop) {
  take_acknowledged();
  const auto begun = Clock::now();
  auto snapshot = poller_.read_topics(*connection_, state_.get(), begun, publisher_.unhealthy());
  const auto cost = Clock::now() - begun;
  if (snapshot && !stop.stop_requested() && snapshot->cluster_id == identity_.id()) {
    if (state_.apply(std::move(*snapshot))) epoch_ends_.hurry();
    publish();
  }
  watch_due_ = std::max(begun + config_.watch_interval, Clock::now() + kWatchShare * cost);
}

void ClusterWorker::take_acknowledged() {
  if (services_.acknowledged == nullptr || status_.cluster_id.empty() || status_.disabled) return;
  state_.apply(services_.acknowledged->take(status_.cluster_id));
}

void ClusterWorker::take_controller() {
  const auto answer = poller_.take_controller(*connection_, {});
  if (!answer) return;
  state_.apply(*answer);
  publish();
}

void ClusterWorker::take_epoch_ends() {
  auto report = epoch_ends_.take();
  if (!report) return;
  metrics_.collected("epoch_ends", report->took,
                     epoch_end_log_.take(*report, epoch_ends_.is_idle()));
  state_.apply(std::move(report->answers.answers));
  publish();
}

std::optional<std::chrono::milliseconds> ClusterWorker::longest_delivery_timeout() const {
  const std::scoped_lock lock{services_.producers.mutex};
  const auto& longest = services_.producers.longest_delivery_timeout;
  const auto found = longest.find(status_.cluster_id);
  return found == longest.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace kie
