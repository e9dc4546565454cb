#include "exporter/cluster_worker.h"

#include "collectors/kafka/acl.h"
#include "exporter/exposition/replication_text.h"
#include "exporter/words.h"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

namespace kie {
namespace {

using exposition::FamilyId;
using kafka::Presence;
using replication::Event;
using replication::EventKind;

}  // namespace

ClusterWorker::ClusterWorker(std::size_t number, config::Cluster cluster,
                             std::shared_ptr<RdkafkaLog> log, std::optional<Connection> connection,
                             const Outlets& outlets)
    : number_(number),
      config_(std::move(cluster)),
      log_(std::move(log)),
      connection_(std::move(connection)),
      out_(outlets),
      trouble_(config_.name) {
  // Closed lists are there from the first page.
  for (const auto id : {FamilyId::kPolls, FamilyId::kPollFailures, FamilyId::kPollsLate})
    out_.self.counter(id, labels());
  publish();
}

ClusterWorker::~ClusterWorker() {
  out_.ids.release(number_);
  out_.pages.remove(number_);
  out_.status.remove(number_);
  if (!config_.name.empty()) out_.self.remove("kafka_cluster", config_.name);
}

void ClusterWorker::take(config::Cluster cluster, Connection connection) {
  {
    const std::scoped_lock lock{change_mutex_};
    change_.emplace(Change{std::move(cluster), std::move(connection)});
  }
  wake_.notify_all();
}

void ClusterWorker::take_change() {
  std::optional<Change> change;
  {
    const std::scoped_lock lock{change_mutex_};
    if (!change_) return;
    change.emplace(std::move(*change_));
    change_.reset();
  }
  config_ = std::move(change->cluster);
  log_ = change->connection.log;
  connection_.emplace(std::move(change->connection));
  {
    // What is not watched any more is neither deleted nor unknown.
    const std::scoped_lock lock{known_->mutex};
    replication::forget_unless(known_->state,
                               [&](const auto& topic) { return config_.topics.matches(topic); });
  }
  ids_due_ = {};
  settings_due_ = {};
  was_well_ = false;
}

void ClusterWorker::run(const std::stop_token& stop) {
  auto next_poll = Clock::now();
  while (!stop.stop_requested()) {
    take_change();
    if (auto* observer = connected(); observer != nullptr && is_first_of_its_id(*observer))
      poll(*observer, stop);
    next_poll += config_.poll_interval;
    if (const auto now = Clock::now(); next_poll < now) {
      out_.self.counter(FamilyId::kPollsLate, labels()).Increment();
      next_poll = now;
    }
    while (!stop.stop_requested() && Clock::now() < next_poll) {
      std::unique_lock lock{change_mutex_};
      const auto until = next_expiry_ ? std::min(next_poll, *next_expiry_) : next_poll;
      if (wake_.wait_until(lock, stop, until, [&] { return change_.has_value(); })) {
        next_poll = Clock::now();
        break;
      }
      lock.unlock();
      if (Clock::now() < next_poll && !stop.stop_requested()) publish();
    }
  }
}

kafka::Observer* ClusterWorker::connected() {
  if (connection_) return &connection_->observer;
  auto made = connect(config_, log_);
  trouble_.report("connecting", made ? std::nullopt : std::optional{made.error().text});
  if (!made) {
    failed(made.error().text);
    return nullptr;
  }
  return &connection_.emplace(std::move(*made)).observer;
}

bool ClusterWorker::is_first_of_its_id(const kafka::Observer& observer) {
  const auto id = observer.cluster_id();
  if (!id) return true;
  const auto first = out_.ids.claim(number_, config_.place, *id);
  if (first && !status_.disabled) {
    log_error("a cluster is configured twice; the second entry is disabled",
              {{"cluster", config_.name},
               {"id", *id},
               {"first", first->text()},
               {"second", config_.place.text()}});
    forget();
    status_.disabled = true;
    status_.trouble = "this is the cluster of " + first->text() + ", which alone is watched";
    status_.up = false;
    out_.self.remove("kafka_cluster", config_.name);
    publish();
  } else if (!first && status_.disabled) {
    log_info("no other entry is this cluster any more", {{"cluster", config_.name}, {"id", *id}});
    status_.disabled = false;
  }
  return !first;
}

void ClusterWorker::forget() {
  const std::scoped_lock lock{known_->mutex};
  known_->state = {};
  known_->loss = {};
  known_->settings = {};
  ids_due_ = {};
  settings_due_ = {};
  settings_seen_.reset();
  settings_asked_.clear();
  unauthorized_.clear();
}

void ClusterWorker::failed(const std::string& error) {
  out_.self.counter(FamilyId::kPollFailures, labels()).Increment();
  status_.up = false;
  was_well_ = false;
  status_.trouble = error;
  publish();
}

void ClusterWorker::poll(kafka::Observer& observer, const std::stop_token& stop) {
  out_.self.counter(FamilyId::kPolls, labels()).Increment();
  const auto begun = Clock::now();
  std::vector<std::string> known;
  known.reserve(known_->state.topics.size());
  for (const auto& topic : known_->state.topics) known.push_back(topic.name);

  auto look = observer.begin(begun, known);
  if (stop.stop_requested()) return;
  collected("metadata", begun, look.has_value());
  std::optional<std::string> error;
  if (!look) {
    error = look.error().text;
    if (const auto reason = log_->last_reason(); !reason.empty()) *error += "; " + reason;
  }
  trouble_.report("poll", error);
  if (error) return failed(*error);
  // The id is known from the first answer on, and nothing of a second entry may be shown.
  if (!is_first_of_its_id(observer)) return;
  const auto id = observer.cluster_id();
  if (id && !status_.cluster_id.empty() && *id != status_.cluster_id) {
    log_warn("another cluster answers than before; what was known of that one is dropped",
             {{"cluster", config_.name}, {"before", status_.cluster_id}, {"now", *id}});
    forget();
  }
  if (id) status_.cluster_id = *id;
  status_.up = true;

  look_for_refusal(observer, *look);
  auto doubts = replication::find_doubts(known_->state, *look);
  if (begun >= ids_due_) {
    ids_due_ = begun + config_.topic_id_interval;
    doubts.topics.clear();
    for (const auto& topic : look->topics) doubts.topics.push_back(topic.name);
  }
  confirm(observer, *look, doubts);
  if (stop.stop_requested()) return;
  const bool offsets_came = read_offsets(observer, *look);
  if (stop.stop_requested()) return;

  // Offsets raise doubts of their own: an epoch or a log's end that went back may be another topic.
  auto after = replication::find_doubts(known_->state, *look);
  std::erase_if(after.topics, [&](const std::string& name) {
    return std::ranges::binary_search(doubts.topics, name);
  });
  confirm(observer, *look, {std::move(after.topics), {}});

  report_topics(*look);
  std::vector<Event> events;
  {
    const std::scoped_lock lock{known_->mutex};
    events = replication::advance(known_->state, std::move(*look)).events;
  }
  log_events(events);
  read_settings(observer, begun);

  log_->forget_reason();
  status_.trouble.clear();
  status_.last_success = std::chrono::system_clock::now();
  status_.fresh_until = begun + config_.staleness();
  if (offsets_came && !was_well_) log_->all_well();
  was_well_ = offsets_came;
  publish();
}

void ClusterWorker::look_for_refusal(kafka::Observer& observer, kafka::ClusterLook& look) {
  // Metadata of all topics leaves out those that may not be described, without a word. A broker
  // refuses what it is asked for by name, and also if that is not there.
  const std::string internal_topic = "__consumer_offsets";
  bool refused = false;
  if (look.topics.empty() && known_->state.topics.empty() &&
      config_.topics.matches(internal_topic)) {
    confirm(observer, look, {{}, {internal_topic}});
    refused = std::ranges::any_of(
        look.topics, [](const auto& topic) { return topic.presence == Presence::kUnauthorized; });
    look.topics.clear();
  }
  {
    const std::scoped_lock lock{known_->mutex};
    known_->state.topics_refused = refused;
  }
  std::optional<std::string> error;
  if (refused) error = "TOPIC_AUTHORIZATION_FAILED; no topic is shown";
  trouble_.report("listing topics", error, kafka::acl_command("--topic '*'", "Describe"));
}

void ClusterWorker::confirm(kafka::Observer& observer, kafka::ClusterLook& look,
                            const replication::Doubts& doubts) {
  if (doubts.topics.empty() && doubts.absent.empty()) return;
  const auto begun = Clock::now();
  observer.confirm(look, doubts.topics, doubts.absent,
                   [&](const std::string& name) -> std::optional<TopicId> {
                     const auto* topic = replication::find_topic(known_->state, name);
                     if (topic == nullptr) return std::nullopt;
                     return topic->id;
                   });
  const bool all_have_ids = std::ranges::all_of(look.topics, [&](const kafka::TopicLook& topic) {
    return topic.id || topic.presence != Presence::kPresent ||
           !std::ranges::binary_search(doubts.topics, topic.name);
  });
  collected("topic_ids", begun, all_have_ids);
}

bool ClusterWorker::read_offsets(kafka::Observer& observer, kafka::ClusterLook& look) {
  const auto begun = Clock::now();
  const auto report = observer.offsets(look);
  const bool complete = report.missing == 0;
  collected("offsets", begun, complete);
  std::optional<std::string> error;
  if (!complete) {
    error = fmt::format("{} partitions have no answer", report.missing);
    if (!report.silent.empty()) *error += "; silent brokers: " + join(report.silent);
    if (report.error) *error += "; " + report.error->text;
  }
  trouble_.report("reading offsets", error);
  return complete;
}

void ClusterWorker::read_settings(kafka::Observer& observer, Clock::time_point now) {
  const auto known = [&](const auto& name) {
    return replication::find_topic(known_->state, std::string(name)) != nullptr;
  };
  std::erase_if(settings_asked_, [&](const auto& name) { return !known(name); });
  {
    const std::scoped_lock lock{known_->mutex};
    const auto unknown = [&](const auto& entry) { return !known(entry.first); };
    std::erase_if(known_->settings.min_insync_replicas, unknown);
    std::erase_if(known_->settings.unclean_leader_election, unknown);
  }

  const bool all = now >= settings_due_;
  std::vector<std::string> names;
  for (const auto& topic : known_->state.topics)
    if (all || !settings_asked_.contains(topic.name)) names.push_back(topic.name);
  if (names.empty() && !all) return;

  const auto begun = Clock::now();
  auto settings = known_->settings;
  const auto report = observer.settings(settings, names, all);
  std::optional<std::string> error;
  std::string help;
  if (report.topics_error) error = report.topics_error->text;
  if (!report.refused.empty()) {
    const auto& [refusal, topics] = *report.refused.begin();
    error = fmt::format("{} for {} topics, {} first", refusal, topics.size(), topics.front());
    help = kafka::acl_command("--topic " + topics.front(), "DescribeConfigs");
  }
  trouble_.report("reading topic settings", error, help);
  std::optional<std::string> release_error;
  if (report.release_error) release_error = report.release_error->text;
  trouble_.report("reading the brokers' release", release_error,
                  kafka::acl_command("--cluster", "DescribeConfigs"));
  collected("settings", begun, !error && !release_error);

  if (!report.topics_error) {
    settings_asked_.insert(names.begin(), names.end());
    if (all) {
      settings_due_ = now + config_.config_interval;
      settings_seen_ = now;
    }
  }
  if (settings_seen_ && now - *settings_seen_ > 3 * config_.config_interval) {
    settings = {};
    settings_asked_.clear();
    settings_seen_.reset();
  }
  const std::scoped_lock lock{known_->mutex};
  known_->settings = std::move(settings);
}

void ClusterWorker::report_topics(const kafka::ClusterLook& look) {
  std::set<std::string> refused;
  for (const auto& topic : look.topics)
    if (topic.presence == Presence::kUnauthorized) refused.insert(topic.name);
  // One line for all that changed at once, which is what a change of an ACL does.
  std::vector<std::string> news;
  std::ranges::set_difference(refused, unauthorized_, std::back_inserter(news));
  if (!news.empty())
    log_warn("describing topics failed",
             {{"cluster", config_.name},
              {"error", fmt::format("TOPIC_AUTHORIZATION_FAILED for {} topics, {} first",
                                    news.size(), news.front())},
              {"help", kafka::acl_command("--topic " + news.front(), "Describe")}});
  std::vector<std::string> healed;
  std::ranges::set_difference(unauthorized_, refused, std::back_inserter(healed));
  if (!healed.empty())
    log_info("describing topics works again", {{"cluster", config_.name},
                                               {"topics", std::to_string(healed.size())},
                                               {"first", healed.front()}});
  unauthorized_ = std::move(refused);
}

void ClusterWorker::log_events(const std::vector<Event>& events) const {
  // One line for all partitions of a topic that the same happened to, with the first as an example.
  struct Group {
    const Event* first;
    std::size_t count = 0;
  };
  std::map<std::pair<std::string_view, EventKind>, Group> groups;
  for (const auto& event : events) {
    if (event.broker) {
      log_info(to_string(event.kind),
               {{"cluster", config_.name}, {"broker", std::to_string(event.broker->value)}});
    } else {
      ++groups.try_emplace({event.topic, event.kind}, Group{&event}).first->second.count;
    }
  }
  const auto leader = [](const std::optional<BrokerId>& id) {
    return id ? std::to_string(id->value) : std::string("none");
  };
  for (const auto& [key, group] : groups) {
    const Event& first = *group.first;
    if (!first.partition) {
      log_info(to_string(first.kind), {{"cluster", config_.name}, {"topic", first.topic}});
      continue;
    }
    log_info(to_string(first.kind),
             {{"cluster", config_.name},
              {"topic", first.topic},
              {"partitions", std::to_string(group.count)},
              {"first", std::to_string(first.partition->value)},
              {"leader", leader(first.leader_before) + "->" + leader(first.leader_after)},
              {"isr", join(first.isr_before) + "->" + join(first.isr_after)}});
  }
}

void ClusterWorker::publish() {
  status_.name = config_.name;
  status_.servers = config_.servers;
  status_.staleness = config_.staleness();
  status_.knowledge = known_;
  const replication::Freshness freshness{Clock::now(), config_.staleness()};
  const auto summary = replication::summarize(known_->state, known_->settings, freshness);
  exposition::render({.config = config_,
                      .up = status_.up,
                      .state = known_->state,
                      .summary = summary,
                      .loss = known_->loss,
                      .settings = known_->settings,
                      .freshness = freshness},
                     pieces_);
  out_.pages.publish(number_, pieces_.take());
  next_expiry_ = summary.next_expiry;
  auto words = describe(known_->state, summary);
  status_.sentences = std::move(words.sentences);
  status_.needs_attention = words.needs_attention;
  out_.status.set(number_, status_);
}

void ClusterWorker::collected(const char* collector, Clock::time_point begun, bool success) {
  const auto of = labels(collector);
  out_.self.gauge(FamilyId::kCollectorSuccess, of).Set(success ? 1 : 0);
  out_.self.gauge(FamilyId::kCollectorDuration, of)
      .Set(std::chrono::duration<double>(Clock::now() - begun).count());
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

}  // namespace kie
