#include "exporter/cluster/worker.h"

#include "collectors/cluster/health_text.h"
#include "collectors/cluster/risks.h"
#include "collectors/cluster/unhealthy_topics.h"
#include "collectors/kafka/config_reader.h"
#include "exporter/exposition/cluster_text.h"
#include "exporter/journal/event_log.h"

#include <fmt/format.h>
#include <malloc.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace kie {
namespace {

using exposition::FamilyId;
using model::Presence;

/// A look at unhealthy topics may take this part of the time, so that it is no load of its own.
constexpr int kWatchShare = 10;

/// A controller answers within this time. Where it takes longer the poll does not wait for it.
constexpr std::chrono::milliseconds kControllerUsually{100};

/// Servers tell which cluster is theirs within this time. Where one does not, the polls go on.
constexpr std::chrono::milliseconds kServersUsually{300};

}  // namespace

ClusterWorker::ClusterWorker(std::size_t number, config::Cluster cluster,
                             std::shared_ptr<RdkafkaLog> log, std::optional<Connection> connection,
                             const ClusterServices& outlets)
    : number_(number),
      config_(std::move(cluster)),
      log_(std::move(log)),
      connection_(std::move(connection)),
      out_(outlets),
      failure_log_(config_.name),
      poll_log_(config_.name),
      epoch_end_log_(config_.name),
      history_(outlets.history, outlets.self),
      questions_(
          [this] {
            {
              const std::scoped_lock lock{change_mutex_};
              answers_ready_ = true;
            }
            wake_.notify_all();
          },
          [&self = outlets.self] {
            self.counter(FamilyId::kInternalErrors, {{"thread", "loss"}}).Increment();
          }) {
  set_place(config_.place);
  // Closed lists are there from the first page.
  for (const auto id : {FamilyId::kPolls, FamilyId::kPollFailures, FamilyId::kPollsLate})
    out_.self.counter(id, labels());
  // What is lost is said at once, also if Kafka is not there now.
  if (auto id = history_.recall(config_.name, servers(), *known_)) status_.cluster_id = *id;
  known_->quorum.is_awaited = true;
  forget_unwatched();
  publish();
}

ClusterWorker::~ClusterWorker() {
  out_.ids.remove(number_);
  if (out_.acknowledged != nullptr) out_.acknowledged->release(status_.cluster_id);
  out_.pages.remove(number_);
  out_.status.remove(number_);
  out_.self.remove_cluster(config_.name);
}

void ClusterWorker::take(config::Cluster cluster, Connection connection) {
  {
    const std::scoped_lock lock{change_mutex_};
    if (cluster.servers != config_.servers) out_.ids.release(number_);
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
  }
  log_ = change->connection.log;
  questions_.stop();
  // The brokers that are known are a way to the cluster, too, where its servers are the same ones.
  if (!same_servers) {
    broker_addresses_.clear();
  } else if (auto known = connection_ ? connection_->known_addresses() : std::vector<std::string>{};
             !known.empty()) {
    broker_addresses_ = std::move(known);
  }
  connection_.emplace(std::move(change->connection));
  connection_->add_addresses(broker_addresses_);
  answering_id_.reset();
  server_check_.start(config_);
  forget_unwatched();
  config_schedule_.start_anew();
  was_well_ = false;
  // It may be another cluster now.
  if (!std::exchange(status_.disabled, false)) return;
  status_.trouble.clear();
  publish();
}

void ClusterWorker::forget_unwatched() {
  // What is not watched any more is neither deleted nor unknown.
  const auto is_watched = [&](const std::string& topic) { return config_.topics.matches(topic); };
  const std::scoped_lock lock{known_->mutex};
  replication::forget_unless(known_->state, is_watched);
  loss::forget_unless(known_->loss, is_watched);
}

void ClusterWorker::run(const std::stop_token& stop) {
  if (connection_) server_check_.start(config_);
  auto next_poll = Clock::now();
  while (!stop.stop_requested()) {
    take_change();
    // Here too: where a poll takes as long as its interval, there is no wait.
    take_in_answers();
    if (auto* connection = connected(); connection != nullptr && is_first_of_its_id()) {
      if (const auto problem = server_check_.problem(kServersUsually)) {
        out_.self.counter(FamilyId::kPolls, labels()).Increment();
        failure_log_.report("poll", problem);
        failed(*problem);
      } else {
        poll(*connection, stop);
      }
    }
    // A poll needs much for a moment, in small pieces: what glibc would keep of it is a quarter of
    // the process, and to give it back costs a few percent of a poll.
    malloc_trim(0);
    next_poll += config_.poll_interval;
    if (const auto now = Clock::now(); next_poll < now) {
      out_.self.counter(FamilyId::kPollsLate, labels()).Increment();
      next_poll = now;
    }
    wait_until(next_poll, stop);
    const std::scoped_lock lock{change_mutex_};
    if (change_) next_poll = Clock::now();
  }
  questions_.stop();
}

void ClusterWorker::wait_until(Clock::time_point next_poll, const std::stop_token& stop) {
  while (!stop.stop_requested() && Clock::now() < next_poll) {
    auto until = next_poll;
    const bool watches = status_.up && connection_ && !unhealthy_.empty();
    if (watches) until = std::min(until, watch_due_);
    if (next_expiry_) until = std::min(until, *next_expiry_);
    const auto controller_due = connection_ ? connection_->controller->due() : std::nullopt;
    if (controller_due) until = std::min(until, *controller_due);
    const auto ask_at = questions_.due(known_->loss);
    if (ask_at) until = std::min(until, *ask_at);
    bool answers_ready = false;
    {
      std::unique_lock lock{change_mutex_};
      wake_.wait_until(lock, stop, until, [&] { return change_ || answers_ready_; });
      if (change_) return;
      answers_ready = std::exchange(answers_ready_, false);
    }
    if (stop.stop_requested()) return;
    if (answers_ready) take_in_answers();
    if (controller_due && take_controller_answer(*connection_, {})) publish();
    const auto now = Clock::now();
    if (now >= next_poll) return;
    if (watches && now >= watch_due_) {
      watch(*connection_, stop);
    } else if (next_expiry_ && now >= *next_expiry_) {
      publish();
    }
    if (ask_at && connection_)
      questions_.ask(*known_, connection_->session->client(), config_.request_timeout);
  }
}

Connection* ClusterWorker::connected() {
  if (connection_) return &*connection_;
  auto made = connect(config_, log_);
  failure_log_.report("connecting", made ? std::nullopt : std::optional{made.error().text});
  if (!made) {
    failed(made.error().text);
    return nullptr;
  }
  server_check_.start(config_);
  return &connection_.emplace(std::move(*made));
}

bool ClusterWorker::is_first_of_its_id() {
  const auto& id = answering_id_;
  if (!id) return true;
  std::optional<ClusterIds::Duplicate> twice;
  {
    const std::scoped_lock lock{change_mutex_};
    // This was asked where it is not asked any more.
    if (change_) return !status_.disabled;
    twice = out_.ids.claim(number_, *id);
  }
  if (!twice) {
    if (std::exchange(status_.disabled, false))
      log_info("duplicate cluster resolved, watching again",
               {{"cluster", config_.name}, {"id", *id}});
    return true;
  }
  auto why = "this is the cluster of " + twice->first.text() + ", which alone is watched";
  if (status_.disabled && status_.trouble == why) return false;
  if (!std::exchange(status_.disabled, true)) {
    log_error("cluster is configured twice, the second entry is disabled",
              {{"cluster", config_.name},
               {"id", *id},
               {"first", twice->first.text()},
               {"second", twice->second.text()}});
    forget();
    status_.cluster_id.clear();
    status_.up = false;
    out_.self.remove_cluster(config_.name);
  }
  status_.trouble = std::move(why);
  publish();
  return false;
}

void ClusterWorker::forget() {
  questions_.stop();
  if (connection_) connection_->controller->drop();
  history_.end();
  if (out_.acknowledged != nullptr) out_.acknowledged->release(status_.cluster_id);
  const std::scoped_lock lock{known_->mutex};
  known_->state = {};
  known_->loss = {};
  known_->quorum = {};
  known_->quorum.is_awaited = true;
  known_->settings = {};
  known_->risks = {};
  config_schedule_.forget();
  poll_log_.forget();
}

void ClusterWorker::failed(const std::string& error) {
  out_.self.counter(FamilyId::kPollFailures, labels()).Increment();
  // Where it was asked before is no matter any more.
  if (!answering_id_) out_.ids.release(number_);
  status_.up = false;
  was_well_ = false;
  status_.trouble = error;
  history_.retry(*known_);
  publish();
}

void ClusterWorker::survived(const std::string& error) {
  out_.self.counter(FamilyId::kInternalErrors, {{"thread", "poll"}}).Increment();
  failed("the exporter itself failed: " + error);
}

void ClusterWorker::follow_id(const std::string& id) {
  if (!status_.cluster_id.empty() && id != status_.cluster_id) {
    log_warn("cluster id changed, state dropped",
             {{"cluster", config_.name}, {"before", status_.cluster_id}, {"now", id}});
    forget();
  }
  status_.cluster_id = id;
  if (out_.acknowledged != nullptr) out_.acknowledged->watch(id);
  if (history_.begin(id, config_.name, servers(), *known_)) forget_unwatched();
}

kafka::Known ClusterWorker::known() const {
  kafka::Known known;
  known.topics.reserve(known_->state.topics.size());
  for (const auto& topic : known_->state.topics) known.topics.push_back(topic.name);
  known.topic_id = [this](const std::string& name) -> std::optional<TopicId> {
    const auto* topic = replication::find_topic(known_->state, name);
    if (topic == nullptr) return std::nullopt;
    return topic->id;
  };
  known.find_unconfirmed = [this](const model::ClusterSnapshot& snapshot) {
    return replication::find_unconfirmed(known_->state, snapshot);
  };
  return known;
}

void ClusterWorker::poll(Connection& connection, const std::stop_token& stop) {
  out_.self.counter(FamilyId::kPolls, labels()).Increment();
  hear_producers();
  const auto begun = Clock::now();
  auto report = connection.snapshots.read(begun, known());
  if (stop.stop_requested()) return;
  std::optional<std::string> error;
  if (!report) {
    error = report.error().text;
    if (const auto reason = log_->last_reason(); !reason.empty()) *error += "; " + reason;
    collected("metadata", Clock::now() - begun, false);
  }
  failure_log_.report("poll", error);
  if (error) return failed(*error);
  auto& snapshot = report->snapshot;
  // Nothing of a second entry may be shown.
  answering_id_ = snapshot.cluster_id;
  if (!is_first_of_its_id()) return;
  if (answering_id_) follow_id(*answering_id_);
  status_.up = true;
  report_collectors(*report);
  poll_log_.topics_listed(snapshot.topics_refused);
  poll_log_.topics_described(snapshot);
  take_in(std::move(snapshot));
  connection.controller->ask(connection.session->answering_since(begun));
  take_controller_answer(connection, kControllerUsually);
  read_configs(*connection.session, begun);
  evaluate_risks(*connection.session);

  log_->forget_reason();
  status_.trouble.clear();
  status_.last_success = std::chrono::system_clock::now();
  status_.fresh_until = begun + config_.staleness();
  if (offsets_came_ && !was_well_) log_->all_well();
  was_well_ = offsets_came_;
  publish();
  questions_.ask(*known_, connection.session->client(), config_.request_timeout);
}

void ClusterWorker::report_collectors(const kafka::SnapshotReport& report) {
  const auto& topics = report.snapshot.topics;
  const bool all_have_ids = std::ranges::all_of(topics, [](const model::TopicSnapshot& topic) {
    return topic.id || topic.presence != Presence::kPresent;
  });
  collected("metadata", report.metadata_took, true);
  collected("topic_ids", report.confirmation_took, all_have_ids);
  offsets_came_ = report.offsets.missing == 0;
  collected("offsets", report.offsets_took, offsets_came_);
  poll_log_.offsets_read(report.offsets);
}

void ClusterWorker::watch(Connection& connection, const std::stop_token& stop) {
  hear_producers();
  const auto begun = Clock::now();
  // known() reads them sorted.
  auto names = unhealthy_;
  std::ranges::sort(names);
  auto report = connection.snapshots.read_topics(begun, names, known());
  const auto cost = Clock::now() - begun;
  if (report && !stop.stop_requested() && report->snapshot.cluster_id == answering_id_) {
    take_in(std::move(report->snapshot));
    publish();
  }
  watch_due_ = std::max(begun + config_.watch_interval, Clock::now() + kWatchShare * cost);
}

void ClusterWorker::take_in(model::ClusterSnapshot snapshot) {
  const auto step = apply_snapshot(*known_, std::move(snapshot), std::chrono::system_clock::now());
  history_.commit(*known_, step);
  log_events(config_.name, step.replication);
  log_events(config_.name, step.loss);
  if (step.has_questions) questions_.hurry();
}

bool ClusterWorker::take_controller_answer(Connection& connection, std::chrono::milliseconds wait) {
  const auto answer = connection.controller->take(wait);
  if (answer) take_in(*answer);
  return answer.has_value();
}

void ClusterWorker::take_in(const model::ControllerSnapshot& look) {
  const auto step = apply_controller(*known_, look);
  history_.commit(*known_, step);
  log_events(config_.name, step.quorum);
  poll_log_.controller_asked(look);
  collected("controller", look.took, look.answer != model::ControllerAnswer::kUnknown);
}

void ClusterWorker::hear_producers() {
  if (out_.acknowledged == nullptr || status_.cluster_id.empty() || status_.disabled) return;
  hear(*known_, out_.acknowledged->take(status_.cluster_id));
}

void ClusterWorker::take_in_answers() {
  auto report = questions_.take();
  if (!report) return;
  const bool all_answered = epoch_end_log_.take(*report, questions_.is_idle());
  collected("epoch_ends", report->took, all_answered);
  const auto step = apply_epoch_ends(*known_, std::move(report->answers.answers), Clock::now(),
                                     std::chrono::system_clock::now());
  history_.commit(*known_, step);
  log_events(config_.name, step.loss);
  publish();
}

void ClusterWorker::read_configs(kafka::Session& session, Clock::time_point now) {
  {
    const std::scoped_lock lock{known_->mutex};
    forget_deleted(known_->settings, known_->state, now, config_.config_interval);
  }
  const auto due = config_schedule_.due(known_->state, session.listed_ids(), now);
  if (!due) return;

  const auto begun = Clock::now();
  auto settings = known_->settings;
  const auto report = kafka::read_configs(session, settings, due->topics, due->brokers);
  collected("settings", Clock::now() - begun,
            poll_log_.settings_read(report, !due->brokers.empty()));
  std::set<BrokerId> failed;
  for (const auto& [broker, why] : report.brokers_failed) failed.insert(broker);
  config_schedule_.asked_brokers(*due, failed, now);

  if (!report.topics_error) config_schedule_.answered(*due, now, config_.config_interval);
  if (config_schedule_.is_stale(now, config_.config_interval)) settings = {};
  const std::scoped_lock lock{known_->mutex};
  known_->settings = std::move(settings);
}

void ClusterWorker::evaluate_risks(const kafka::Session& session) {
  std::optional<std::chrono::milliseconds> longest;
  {
    const std::scoped_lock lock{out_.producers.mutex};
    const auto& known = out_.producers.longest_delivery_timeout;
    if (const auto found = known.find(status_.cluster_id); found != known.end())
      longest = found->second;
  }
  auto risks = find_risks(*known_, session.listed_ids(), longest,
                          {Clock::now(), config_.staleness()}, config_.risk);
  const std::scoped_lock lock{known_->mutex};
  known_->risks = std::move(risks);
}

void ClusterWorker::publish() {
  status_.name = config_.name;
  status_.servers = config_.servers;
  status_.staleness = config_.staleness();
  status_.knowledge = known_;
  const auto freshness = freshness_of(*known_, Clock::now(), config_.staleness());
  const auto summary = replication::summarize(known_->state, known_->settings, freshness);
  exposition::render(
      {.config = config_,
       .up = status_.up,
       .state = known_->state,
       .summary = summary,
       .loss = known_->loss,
       .settings = known_->settings,
       .risks = known_->risks,
       .freshness = freshness,
       .takes_reports = out_.acknowledged != nullptr,
       .quorum = quorum::summarize(known_->quorum, freshness.now, freshness.staleness)},
      pieces_);
  out_.pages.publish(number_, pieces_.take());
  next_expiry_ = summary.next_expiry;
  unhealthy_ = topics_to_watch(known_->state, summary);
  status_.old_news = describe(known_->quorum, freshness.now).value_or("");
  status_.unconfirmed = describe(summary.confirmation).value_or("");
  auto words = describe(known_->state, summary, known_->loss, known_->quorum, freshness.now);
  status_.sentences = std::move(words.sentences);
  if (auto sentence = describe(known_->risks)) status_.sentences.push_back(std::move(*sentence));
  status_.needs_attention = words.needs_attention;
  out_.status.set(number_, status_);
}

void ClusterWorker::collected(const char* collector, Clock::duration took, bool success) {
  const auto of = labels(collector);
  out_.self.gauge(FamilyId::kCollectorSuccess, of).Set(success ? 1 : 0);
  out_.self.gauge(FamilyId::kCollectorDuration, of)
      .Set(std::chrono::duration<double>(took).count());
  if (success)
    out_.self.gauge(FamilyId::kCollectorLastSuccess, of)
        .Set(exposition::unix_seconds(std::chrono::system_clock::now()));
}

std::map<std::string, std::string> ClusterWorker::labels(const char* collector) const {
  std::map<std::string, std::string> result;
  if (!config_.name.empty()) result.emplace("kafka_cluster", config_.name);
  if (collector != nullptr) result.emplace("collector", collector);
  return result;
}

std::string ClusterWorker::servers() const {
  return fmt::format("{}", fmt::join(config_.servers, ","));
}

}  // namespace kie
