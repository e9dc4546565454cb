#include "exporter/history/backlog.h"

#include "exporter/log/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace kie::history {
namespace {

using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::system_clock;

constexpr const char* kWriting = "writing the history";
/// A key of its own: a write that fails is logged even if it was logged as slow before.
constexpr const char* kWritingInTime = "writing the history in time";
constexpr const char* kHelp =
    "until it works again, history is kept in memory and lost with the process";

}  // namespace

Backlog::Backlog(const Options& options, std::string file)
    : file_(std::move(file)),
      max_age_(options.max_age),
      commit_wait_(options.commit_wait),
      max_unwritten_(options.max_unwritten),
      dropped_(options.dropped),
      count_(options.failed),
      is_behind_(file_.empty()) {}

void Backlog::number(const std::string& cluster, std::vector<StoredEvent>& events) {
  const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  for (auto& event : events) {
    // Ids are times, so that they keep growing from one file to the next.
    last_id_ = std::max<std::int64_t>(last_id_ + 1, now);
    event.id = last_id_;
    event.cluster = cluster;
    event.from = floor<microseconds>(event.from);
    event.to = floor<microseconds>(event.to);
  }
}

void Backlog::commit(const std::string& cluster, Change change) {
  std::unique_lock lock{mutex_};
  number(cluster, change.events);
  // Without a file the rows are never read.
  if (!file_.empty()) unwritten_.clusters[cluster].add(std::move(change.rows));
  std::ranges::move(change.events, std::back_inserter(unwritten_.events));
  const auto mine = ++committed_;
  work_.notify_all();
  const auto is_settled = [&] { return written_to_ >= mine || is_behind_; };
  if (!settled_.wait_for(lock, commit_wait_, is_settled))
    fall_behind(fmt::format("a write takes longer than {} ms", commit_wait_.count()));
  if (is_behind_) drop_oldest();
}

void Backlog::remember(const std::string& cluster, const WatchedEntry& entry) {
  const std::scoped_lock lock{mutex_};
  unwritten_.watched.insert_or_assign(entry, cluster);
  work_.notify_all();
}

void Backlog::fall_behind(const std::string& why) {
  is_behind_ = true;
  failure_log_.report(kWritingInTime, file_ + ": " + why, kHelp);
  settled_.notify_all();
}

void Backlog::drop_oldest() {
  auto& events = unwritten_.events;
  const auto expired = system_clock::now() - max_age_;
  while (!events.empty() && events.front().to < expired) events.pop_front();
  std::size_t dropped = 0;
  for (; events.size() > max_unwritten_; ++dropped) events.pop_front();
  // Without a file nothing waits to be written, and there is only so much room.
  if (dropped > 0 && !file_.empty() && dropped_) dropped_(dropped);
}

std::vector<StoredEvent> Backlog::events(const EventQuery& query, std::size_t most) const {
  std::vector<StoredEvent> found;
  const std::scoped_lock lock{mutex_};
  // Their commits still wait.
  if (!is_behind_) return found;
  for (const auto* all : {&unwritten_.events, &taken_.events})
    for (const auto& event : *all | std::views::reverse) {
      if (found.size() == most) return found;
      if (matches(query, event)) found.push_back(event);
    }
  return found;
}

std::optional<std::string> Backlog::find(const WatchedEntry& entry) const {
  const std::scoped_lock lock{mutex_};
  for (const auto* all : {&unwritten_.watched, &taken_.watched})
    if (const auto found = all->find(entry); found != all->end()) return found->second;
  return std::nullopt;
}

ClusterRows Backlog::rows(const std::string& cluster) const {
  ClusterRows rows;
  const std::scoped_lock lock{mutex_};
  for (const auto* all : {&taken_.clusters, &unwritten_.clusters})
    if (const auto found = all->find(cluster); found != all->end()) rows.add(found->second);
  return rows;
}

bool Backlog::is_behind() const {
  const std::scoped_lock lock{mutex_};
  return is_behind_;
}

void Backlog::await_first_try(std::chrono::milliseconds most) {
  std::unique_lock lock{mutex_};
  if (!settled_.wait_for(lock, most, [this] { return was_tried_ || is_behind_; }))
    fall_behind(fmt::format("opening it takes longer than {} ms", most.count()));
}

std::size_t Backlog::leave() {
  const std::scoped_lock lock{mutex_};
  dropped_ = {};
  count_ = {};
  return unwritten_.events.size() + taken_.events.size();
}

void Backlog::count_exception(const std::string& error) {
  const std::scoped_lock lock{mutex_};
  if (count_) count_(error);
}

bool Backlog::take(const std::stop_token& stop, Clock::time_point not_before) {
  std::unique_lock lock{mutex_};
  // An exception was thrown in between.
  give_back();
  const auto is_due = [&] { return !was_tried_ || has_failed_ || !unwritten_.empty(); };
  work_.wait(lock, stop, is_due);
  work_.wait_until(lock, stop, not_before, [] { return false; });
  taken_ = std::exchange(unwritten_, {});
  taken_to_ = committed_;
  return !stop.stop_requested();
}

void Backlog::number_after(std::int64_t last_id) {
  const std::scoped_lock lock{mutex_};
  last_id_ = std::max(last_id_, last_id);
  bool is_late = false;
  for (auto* all : {&taken_.events, &unwritten_.events}) {
    // The clock was set back, and the file, which could not be read until now, has higher ids.
    is_late = is_late || (!all->empty() && all->front().id <= last_id);
    if (!is_late) continue;
    for (auto& event : *all) event.id = ++last_id_;
  }
}

void Backlog::written() {
  Unwritten done;  // Freed without the mutex.
  const std::scoped_lock lock{mutex_};
  std::swap(done, taken_);
  written_to_ = taken_to_;
  was_tried_ = true;
  has_failed_ = false;
  if (unwritten_.empty()) {
    is_behind_ = false;
    failure_log_.report(kWritingInTime, std::nullopt);
    failure_log_.report(kWriting, std::nullopt);
  }
  settled_.notify_all();
}

void Backlog::failed(const std::string& why) {
  const std::scoped_lock lock{mutex_};
  was_tried_ = true;
  has_failed_ = true;
  is_behind_ = true;
  failure_log_.report(kWriting, file_ + ": " + why, kHelp);
  give_back();
  drop_oldest();
  settled_.notify_all();
}

void Backlog::give_back() {
  if (taken_.empty()) return;
  taken_.add(std::move(unwritten_));
  unwritten_ = std::exchange(taken_, {});
}

}  // namespace kie::history
