#include "exporter/history/history.h"

#include "exporter/log/log.h"

#include <algorithm>
#include <iterator>
#include <ranges>
#include <utility>

namespace kie::history {

using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::microseconds;
using std::chrono::system_clock;

History::History(Options options)
    : options_(std::move(options)),
      file_(options_.path.empty() ? std::string{} : real_name(options_.path)) {}

History::~History() = default;

tl::expected<std::unique_ptr<History>, std::string> History::open(Options options) {
  std::unique_ptr<History> history{new History{std::move(options)}};
  if (history->file_.empty()) return history;
  const std::scoped_lock lock{history->write_mutex_};
  auto taken = FileLock::take(history->file_);
  if (!taken && taken.error().is_taken) return tl::make_unexpected(std::move(taken.error().text));
  if (taken) history->lock_ = std::move(*taken);
  history->failed(history->open_writer());
  return history;
}

std::optional<Failure> History::open_writer() {
  if (!lock_) {
    auto taken = FileLock::take(file_);
    if (!taken) return Failure{SQLITE_CANTOPEN, std::move(taken.error().text)};
    lock_ = std::move(*taken);
  }
  auto opened = Writer::open(file_, options_.vfs,
                             {.max_age = options_.max_age, .max_bytes = options_.max_bytes});
  if (!opened) return std::move(opened.error());
  writer_ = std::move(*opened);
  last_id_ = std::max(last_id_, writer_->last_id());
  renumber_unwritten();
  ++generation_;
  return std::nullopt;
}

void History::renumber_unwritten() {
  if (unwritten_.events.empty() || unwritten_.events.front().id > writer_->last_id()) return;
  // The clock was set back and the file, not readable until now, has them already.
  const std::scoped_lock lock{memory_mutex_};
  for (auto& event : unwritten_.events) event.id = ++last_id_;
}

void History::failed(const std::optional<Failure>& failure) {
  writable_ = !failure;
  failure_log_.report("writing the history",
                      failure ? std::optional{file_ + ": " + failure->text} : std::nullopt,
                      "until it works again, history is kept in memory and lost with the process");
}

void History::number(const std::string& cluster, Change& change) {
  const auto now = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  for (auto& event : change.events) {
    // Times serve as ids, so that they go on growing from one file to the next.
    last_id_ = std::max<std::int64_t>(last_id_ + 1, now);
    event.id = last_id_;
    event.cluster = cluster;
    event.from = floor<microseconds>(event.from);
    event.to = floor<microseconds>(event.to);
  }
}

void History::commit(const std::string& cluster, Change change) {
  const std::scoped_lock lock{write_mutex_};
  bool is_numbered = false;
  const auto number_once = [&] {
    if (!std::exchange(is_numbered, true)) number(cluster, change);
  };
  const bool written = try_to_write(change.events.size(), [&] {
    // Only now: the file may have just been opened, and has ids of its own.
    number_once();
    return writer_->write(unwritten_, cluster, change);
  });
  if (written) return;
  number_once();
  keep(cluster, std::move(change));
}

void History::remember(const std::string& cluster, const std::string& name,
                       const std::string& servers) {
  const std::scoped_lock lock{write_mutex_};
  {
    const std::scoped_lock memory_lock{memory_mutex_};
    unwritten_.watched[{name, servers}] = cluster;
  }
  try_to_write(0, [&] { return writer_->write(unwritten_); });
}

template <class Write>
bool History::try_to_write(std::size_t events, Write write) {
  if (file_.empty()) return false;
  const auto now = Clock::now();
  if (!writable_ && now < retry_at_) return false;
  if (writer_ && writer_->has_moved()) {
    log_warn("history file was moved or removed, creating a new one", {{"file", file_}});
    writer_.reset();
    lock_.reset();
  }
  std::optional<Failure> failure;
  if (writer_ && found_damage_.exchange(false))
    failure = Failure{SQLITE_CORRUPT, "damage was found before"};
  for (bool is_second = false;; is_second = true) {
    if (!failure && !writer_) failure = open_writer();
    if (!failure) failure = write();
    if (!failure || !failure->is_damage() || !writer_ || is_second) break;
    writer_->abandon();
    writer_.reset();
    auto done = set_aside(file_, Defect::kDamaged, failure->text);
    failure.reset();
    if (!done) failure = std::move(done.error());
  }
  failed(failure);
  if (failure) {
    // Of a full disk it is enough to wait; for the rest the file is opened anew.
    if (failure->primary() != SQLITE_FULL && failure->primary() != SQLITE_BUSY) writer_.reset();
    const auto end = Clock::now();
    // Much that waits takes long to fail.
    retry_at_ = end + std::clamp<Clock::duration>(10 * (end - now), options_.retry_interval,
                                                  10 * options_.retry_interval);
    return false;
  }
  if (!unwritten_.empty()) {
    events += unwritten_.events.size();
    const std::scoped_lock lock{memory_mutex_};
    unwritten_ = {};
  }
  // What it could not do the next one will, and damage is found again.
  if (const auto pruned = writer_->prune(events); pruned && pruned->is_damage())
    found_damage_ = true;
  return true;
}

void History::keep(const std::string& cluster, Change change) {
  const std::scoped_lock lock{memory_mutex_};
  // Without a file nobody could ever ask for the rows.
  if (!file_.empty()) {
    auto& rows = unwritten_.clusters[cluster];
    if (change.whole) {
      rows.whole = true;
      rows.topics.clear();
    }
    if (change.cluster_state) rows.state = std::move(change.cluster_state);
    for (auto& topic : change.removed) rows.topics[std::move(topic)] = std::nullopt;
    for (auto& row : change.rows) rows.topics[std::move(row.topic)] = std::move(row.state);
  }
  auto& events = unwritten_.events;
  std::ranges::move(change.events, std::back_inserter(events));
  const auto expired = system_clock::now() - options_.max_age;
  while (!events.empty() && events.front().to < expired) events.pop_front();
  std::size_t dropped = 0;
  for (; events.size() > options_.max_unwritten; ++dropped) events.pop_front();
  // Without a file this is all there is room for, and nothing waits.
  if (dropped > 0 && !file_.empty() && options_.dropped) options_.dropped(dropped);
}

tl::expected<Reader*, Failure> History::reader() {
  const auto generation = generation_.load();
  const bool is_stale = reader_generation_ != generation || (reader_is_immutable_ && writable_);
  if (reader_ && !is_stale) return reader_.get();
  reader_.reset();
  if (file_.empty()) return nullptr;
  auto opened = open_to_read(file_, options_.vfs, !writable_);
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  if (opened->connection) reader_ = std::make_unique<Reader>(std::move(opened->connection));
  reader_is_immutable_ = opened->is_immutable;
  reader_generation_ = generation;
  return reader_.get();
}

void History::cannot_read(const Failure& failure) {
  // Whoever reads without the WAL, beside a writer that has just begun, sees damage where none is.
  if (failure.is_damage() && reader_ && !reader_is_immutable_) found_damage_ = true;
  if (failure.primary() != SQLITE_INTERRUPT) reader_.reset();
}

Stored History::load(const std::string& cluster) {
  Stored stored;
  Unwritten::Cluster newer;
  {
    const std::scoped_lock lock{memory_mutex_};
    if (const auto found = unwritten_.clusters.find(cluster); found != unwritten_.clusters.end())
      newer = found->second;
  }
  {
    const std::scoped_lock lock{read_mutex_};
    auto from = reader();
    auto read = from.and_then([&](Reader* opened) {
      return opened == nullptr ? tl::expected<Stored, Failure>{} : opened->load(cluster);
    });
    if (read) {
      stored = std::move(*read);
    } else {
      log_warn("the history cannot be read",
               {{"file", file_}, {"id", cluster}, {"error", read.error().text}});
      cannot_read(read.error());
      if (read.error().is_damage()) {
        ++generation_;
      } else {
        stored.is_unread = true;
        return stored;
      }
    }
  }
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

std::optional<std::string> History::find(const std::string& name, const std::string& servers) {
  {
    const std::scoped_lock lock{memory_mutex_};
    if (const auto found = unwritten_.watched.find({name, servers});
        found != unwritten_.watched.end())
      return found->second;
  }
  const std::scoped_lock lock{read_mutex_};
  auto from = reader();
  if (!from || *from == nullptr) return std::nullopt;
  auto found = (*from)->find(name, servers);
  if (found) return *found;
  cannot_read(found.error());
  return std::nullopt;
}

tl::expected<EventPage, QueryError> History::events(const EventQuery& query) {
  const auto most = query.limit + 1;
  std::vector<Event> events;
  {
    // Before the file: what is written meanwhile is then in both, not in neither.
    const std::scoped_lock lock{memory_mutex_};
    for (const auto& event : unwritten_.events | std::views::reverse) {
      if (events.size() == most) break;
      if (matches(query, event)) events.push_back(event);
    }
  }
  {
    const std::scoped_lock lock{read_mutex_};
    auto from = reader();
    if (!from) return tl::make_unexpected(QueryError{false, std::move(from.error().text)});
    if (*from != nullptr) {
      auto read = (*from)->events(query, most, options_.query_time);
      if (!read) {
        cannot_read(read.error());
        const bool too_slow = read.error().primary() == SQLITE_INTERRUPT;
        return tl::make_unexpected(QueryError{
            too_slow, too_slow ? "the query takes too long" : std::move(read.error().text)});
      }
      std::ranges::move(*read, std::back_inserter(events));
    }
  }
  std::ranges::sort(events, std::ranges::greater{}, &Event::id);
  const auto twice = std::ranges::unique(events, {}, &Event::id);
  events.erase(twice.begin(), twice.end());
  EventPage page;
  if (events.size() > query.limit) {
    events.resize(query.limit);
    page.next = events.empty() ? query.before : std::optional{events.back().id};
  }
  page.events = std::move(events);
  return page;
}

History::Figures History::figures() const {
  Figures figures;
  if (!file_.empty()) {
    figures.writable = writable_;
    figures.bytes = bytes_of(file_);
  }
  return figures;
}

}  // namespace kie::history
