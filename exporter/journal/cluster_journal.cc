#include "exporter/journal/cluster_journal.h"

#include "exporter/history/packing.h"
#include "exporter/journal/commit.h"
#include "exporter/journal/events.h"
#include "exporter/log/log.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>
#include <utility>

namespace kie {
namespace {

using exposition::FamilyId;
using history::Change;
using history::Clocks;

/// How often reading the stored state is tried, once per poll.
constexpr int kLoads = 5;

Clocks clocks_now() { return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()}; }

history::KnownTopic view_of(const ClusterState& known, const std::string& topic) {
  history::KnownTopic view;
  view.topic = replication::find_topic(known.replication, topic);
  if (const auto found = known.replication.deleted.find(topic);
      found != known.replication.deleted.end())
    view.deleted = &found->second;
  if (const auto found = known.loss.topics.find(topic); found != known.loss.topics.end())
    view.loss = &found->second;
  return view;
}

}  // namespace

ClusterJournal::ClusterJournal(history::History& history, exposition::SelfMetrics& self)
    : history_(history), self_(self), clocks_(clocks_now()) {
  // A closed list: all kinds are there from the first page on.
  for (const auto kind : journal_kinds())
    self_.counter(FamilyId::kJournalEvents, {{"kind", std::string(kind)}});
  show_figures(history_, self_);
}

std::optional<std::string> ClusterJournal::recall(const std::string& name,
                                                  const std::string& servers, ClusterState& known) {
  auto cluster = history_.find(name, servers);
  if (cluster) {
    load(*cluster, known);
    remembered_ = {name, servers};
  }
  return cluster;
}

ClusterJournal::Begun ClusterJournal::begin(const std::string& cluster, const std::string& name,
                                            const std::string& servers, ClusterState& known) {
  const bool is_new = cluster_ != cluster;
  if (is_new && !load(cluster, known)) return Begun::kNotYet;
  const std::pair entry{name, servers};
  if (is_new || remembered_ != entry) history_.remember(cluster, name, servers);
  remembered_ = entry;
  return is_new ? Begun::kLoaded : Begun::kAlready;
}

void ClusterJournal::end() {
  cluster_.clear();
  written_.clear();
  generation_.reset();
  polled_before_.reset();
}

bool ClusterJournal::load(const std::string& cluster, ClusterState& known) {
  end();
  const auto generation = history_.generation();
  const auto stored = history_.load(cluster);
  if (stored.is_unread && ++failed_loads_ < kLoads) return false;
  failed_loads_ = 0;
  cluster_ = cluster;
  if (!stored.is_unread) generation_ = generation;
  replication::ReplicationState state;
  loss::LossState loss;
  auto quorum = known.quorum;
  std::size_t damaged = 0;
  std::string first;
  for (const auto& row : stored.rows) {
    if (history::unpack_topic(row.topic, row.state, clocks_, state, loss)) {
      written_.emplace(row.topic, std::hash<std::string>{}(row.state));
      continue;
    }
    if (damaged++ == 0) first = row.topic;
    // No row's hash: the corrupt row must be overwritten or removed.
    written_.emplace(row.topic, 0);
  }
  if (stored.cluster_state &&
      !history::unpack_cluster(*stored.cluster_state, state, loss, quorum, polled_before_))
    ++damaged;
  if (damaged > 0)
    log_warn("history rows are corrupt, state reset",
             {{"cluster", cluster}, {"rows", std::to_string(damaged)}, {"first", first}});
  const std::scoped_lock lock{known.mutex};
  known.replication = std::move(state);
  known.loss = std::move(loss);
  known.quorum = std::move(quorum);
  return true;
}

void ClusterJournal::commit(const ClusterState& known, const ClusterUpdate& step) {
  if (cluster_.empty()) return;
  clocks_.follow(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
  Change change;
  pack(known, step, change);
  const auto now = clocks_now();
  const JournalEvents events{now, std::chrono::system_clock::now(), polled_before_};
  for (const auto& event : step.replication) change.events.push_back(events.of(event));
  for (const auto& event : step.loss) change.events.push_back(events.of(event));
  for (const auto& event : step.quorum) change.events.push_back(events.of(event));
  kie::commit(history_, self_, cluster_, std::move(change));
}

void ClusterJournal::pack(const ClusterState& known, const ClusterUpdate& step, Change& change) {
  if (const auto generation = history_.generation(); generation_ != generation) {
    generation_ = generation;
    written_.clear();
    change.rows.whole = true;
    history_.remember(cluster_, remembered_.first, remembered_.second);
  }
  if (step.topics && !change.rows.whole) {
    for (const auto& topic : *step.topics) pack_one(topic, view_of(known, topic), change);
  } else {
    pack_all(known, change);
  }
  // A process that could not poll yet keeps what the one before wrote.
  auto polled = polled_before_;
  if (known.replication.polled) polled = clocks_.to_time(*known.replication.polled);
  change.rows.state = history::pack_cluster(known.replication, known.loss, known.quorum, polled);
}

void ClusterJournal::pack_all(const ClusterState& known, Change& change) {
  std::size_t rows = known.replication.topics.size();
  for (const auto& topic : known.replication.topics) {
    const auto loss = known.loss.topics.find(topic.name);
    pack_one(topic.name,
             {.topic = &topic, .loss = loss == known.loss.topics.end() ? nullptr : &loss->second},
             change);
  }
  const auto pack_other = [&](const std::string& name) {
    const auto view = view_of(known, name);
    if (view.topic != nullptr) return;
    ++rows;
    pack_one(name, view, change);
  };
  for (const auto& [name, deleted] : known.replication.deleted) pack_other(name);
  for (const auto& [name, topic] : known.loss.topics)
    if (!known.replication.deleted.contains(name)) pack_other(name);
  if (rows == written_.size()) return;
  std::erase_if(written_, [&](const auto& entry) {
    const auto view = view_of(known, entry.first);
    const bool is_gone = !view.topic && !view.deleted && !view.loss;
    if (is_gone) change.rows.topics.emplace(entry.first, std::nullopt);
    return is_gone;
  });
}

void ClusterJournal::pack_one(const std::string& topic, const history::KnownTopic& view,
                              Change& change) {
  if (!view.topic && !view.deleted && !view.loss) return;
  auto row = history::pack_topic(view, clocks_);
  const auto hash = std::hash<std::string>{}(row);
  const auto [found, is_new] = written_.try_emplace(topic, hash);
  if (!is_new && found->second == hash) return;
  found->second = hash;
  // Most come sorted.
  change.rows.topics.emplace_hint(change.rows.topics.end(), topic, std::move(row));
}

void ClusterJournal::retry(const ClusterState& known) {
  ClusterUpdate nothing;
  nothing.topics.emplace();
  commit(known, nothing);
  show_figures(history_, self_);
}

}  // namespace kie
