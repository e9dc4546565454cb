#include "exporter/history/history.h"

#include "exporter/history/backlog.h"
#include "exporter/history/errands.h"
#include "exporter/history/file_reader.h"
#include "exporter/history/file_writer.h"
#include "exporter/log/log.h"
#include "exporter/log/survive.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace kie::history {
namespace {

/// The name of both threads, for counted exceptions.
constexpr const char* kThread = "history";

Stored merge(Stored stored, ClusterRows newer) {
  if (newer.state) stored.cluster_state = std::move(newer.state);
  if (newer.whole) stored.rows.clear();
  std::map<std::string, std::string> rows;
  for (auto& row : stored.rows) rows[std::move(row.topic)] = std::move(row.state);
  for (auto& [topic, state] : newer.topics) {
    if (state) {
      rows[topic] = std::move(*state);
    } else {
      rows.erase(topic);
    }
  }
  stored.rows.clear();
  for (auto& [topic, state] : rows) stored.rows.push_back({topic, std::move(state)});
  return stored;
}

/// SQLITE_INTERRUPT: it may be asked again.
SqliteFailure unread(ErrandResult result, std::chrono::milliseconds most) {
  switch (result) {
    case ErrandResult::kDone:
      break;
    case ErrandResult::kFailed:
      return {SQLITE_ERROR, "internal error; see the log"};
    case ErrandResult::kTooLate:
      return {SQLITE_INTERRUPT, fmt::format("the file did not respond within {} ms", most.count())};
    case ErrandResult::kStuck:
      return {SQLITE_INTERRUPT, "an earlier read of the file has not ended yet"};
    case ErrandResult::kRefused:
      return {SQLITE_INTERRUPT, "the exporter ends"};
  }
  return {};
}

}  // namespace

struct History::Shared {
  Shared(const Options& options, const std::string& file, std::unique_ptr<FileLock> lock)
      : backlog(options, file),
        writer(options, file, std::move(lock), backlog, state),
        reader(options, file, state) {}

  FileState state;
  Backlog backlog;
  FileWriter writer;
  FileReader reader;
  Errands reads;
};

History::History(const Options& options)
    : file_(options.path.empty() ? std::string{} : real_name(options.path)),
      query_time_(options.query_time),
      read_wait_(options.read_wait),
      end_wait_(options.end_wait) {}

tl::expected<std::unique_ptr<History>, std::string> History::open(const Options& options) {
  std::unique_ptr<History> history{new History{options}};
  std::unique_ptr<FileLock> lock;
  if (!history->file_.empty()) {
    auto taken = FileLock::take(history->file_);
    if (!taken && taken.error().is_taken) return tl::make_unexpected(std::move(taken.error().text));
    if (taken) lock = std::move(*taken);
  }
  history->shared_ = std::make_shared<Shared>(options, history->file_, std::move(lock));
  if (history->file_.empty()) return history;
  const auto run = [shared = history->shared_](const std::stop_token& stop,
                                               const std::function<void()>& work) {
    run_until_stopped(kThread, stop, work,
                      [&](const std::string& error) { shared->backlog.count_exception(error); });
  };
  history->writing_.emplace("kie:history",
                            [run, shared = history->shared_](const std::stop_token& stop) {
                              run(stop, [&] { shared->writer.run(stop); });
                              shared->writer.close();
                            });
  history->reading_.emplace("kie:reader",
                            [run, shared = history->shared_](const std::stop_token& stop) {
                              run(stop, [&] {
                                // An exception may have left a transaction open.
                                shared->reader.close();
                                shared->reads.run(stop);
                              });
                              shared->reader.close();
                            });
  history->shared_->backlog.await_first_try(options.open_wait);
  return history;
}

History::~History() {
  if (!shared_) return;
  const auto begin = std::chrono::steady_clock::now();
  // The last to close the file writes the WAL into it. But unwritten changes are more important.
  if (reading_) reading_->end(begin + end_wait_ / 4);
  const bool has_ended = !writing_ || writing_->end(begin + end_wait_);
  const auto lost = shared_->backlog.leave();
  if (file_.empty() || (has_ended && lost == 0)) return;
  log_warn(has_ended ? "the history file cannot be written, exiting without it"
                     : "the history file hangs, exiting without it",
           {{"file", file_}, {"events_lost", std::to_string(lost)}});
}

void History::remember(const std::string& cluster, const std::string& name,
                       const std::string& servers) {
  shared_->backlog.remember(cluster, {name, servers});
}

void History::commit(const std::string& cluster, Change change) {
  shared_->backlog.commit(cluster, std::move(change));
}

std::uint64_t History::generation() const { return shared_->state.generation; }

template <class Result, class Read>
tl::expected<Result, SqliteFailure> History::read(std::chrono::milliseconds most, Read from) {
  if (file_.empty()) return Result{};
  using Answer = tl::expected<Result, SqliteFailure>;
  const auto answer = std::make_shared<Answer>();
  auto work = [answer, from = std::move(from), &reader = shared_->reader] {
    *answer = from(reader);
  };
  const auto result = shared_->reads.run_within(most, std::move(work));
  if (result == ErrandResult::kDone) return std::move(*answer);
  return tl::make_unexpected(unread(result, most));
}

Stored History::load(const std::string& cluster) {
  // Read before the file: what is written meanwhile is then in both, not in neither.
  auto newer = shared_->backlog.rows(cluster);
  auto stored =
      read<Stored>(read_wait_, [cluster](FileReader& from) { return from.load(cluster); });
  if (!stored) {
    log_warn("the history cannot be read",
             {{"file", file_}, {"id", cluster}, {"error", stored.error().text}});
    if (!stored.error().is_damage()) return {.is_unread = true};
    ++shared_->state.generation;
    stored.emplace();
  }
  return merge(std::move(*stored), std::move(newer));
}

std::optional<std::string> History::find(const std::string& name, const std::string& servers) {
  const WatchedEntry entry{name, servers};
  if (auto found = shared_->backlog.find(entry)) return found;
  return read<std::optional<std::string>>(read_wait_,
                                          [entry](FileReader& from) { return from.find(entry); })
      .value_or(std::nullopt);
}

tl::expected<EventPage, QueryError> History::events(const EventQuery& query) {
  const auto most = query.limit + 1;
  // Before the file, as in load().
  auto events = shared_->backlog.events(query, most);
  auto written = read<std::vector<StoredEvent>>(
      query_time_ + read_wait_,
      [query, most](FileReader& from) { return from.events(query, most); });
  if (!written) {
    const bool too_slow = written.error().primary() == SQLITE_INTERRUPT;
    return tl::make_unexpected(QueryError{too_slow, std::move(written.error().text)});
  }
  std::ranges::move(*written, std::back_inserter(events));
  std::ranges::sort(events, std::ranges::greater{}, &StoredEvent::id);
  const auto twice = std::ranges::unique(events, {}, &StoredEvent::id);
  events.erase(twice.begin(), twice.end());
  EventPage page;
  if (events.size() > query.limit) {
    events.resize(query.limit);
    page.next = events.empty() ? query.before : std::optional{events.back().id};
  }
  page.events = std::move(events);
  return page;
}

void History::stop_reading() { shared_->reads.refuse(); }

History::Figures History::figures() const {
  if (file_.empty()) return {};
  return {.writable = !shared_->backlog.is_behind(), .bytes = shared_->writer.bytes()};
}

}  // namespace kie::history
