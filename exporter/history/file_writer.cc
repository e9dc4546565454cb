#include "exporter/history/file_writer.h"

#include "exporter/log/log.h"

#include <algorithm>
#include <utility>

namespace kie::history {

FileWriter::FileWriter(const Options& options, std::string file, std::unique_ptr<FileLock> lock,
                       Backlog& backlog, FileState& state)
    : vfs_(options.vfs),
      limits_{.max_age = options.max_age, .max_bytes = options.max_bytes},
      retry_interval_(options.retry_interval),
      file_(std::move(file)),
      backlog_(backlog),
      state_(state),
      lock_(std::move(lock)) {}

void FileWriter::run(const std::stop_token& stop) {
  while (backlog_.take(stop, retry_at_)) write();
  if (!backlog_.taken().empty()) write();
}

void FileWriter::close() {
  writer_.reset();
  lock_.reset();
}

std::optional<std::uint64_t> FileWriter::bytes() const {
  const auto bytes = bytes_.load();
  return bytes < 0 ? std::nullopt : std::optional{static_cast<std::uint64_t>(bytes)};
}

void FileWriter::measure() {
  const auto bytes = bytes_of(file_);
  bytes_ = bytes ? static_cast<std::int64_t>(*bytes) : -1;
}

void FileWriter::write() {
  const auto begin = Clock::now();
  const auto events = backlog_.taken().events.size();
  const bool is_empty = backlog_.taken().empty();
  const auto failure = try_to_write();
  state_.is_written = !failure;
  measure();
  if (failure) {
    // A full disk only needs waiting; after other failures the file is opened again.
    if (failure->primary() != SQLITE_FULL && failure->primary() != SQLITE_BUSY) writer_.reset();
    const auto end = Clock::now();
    // Much that waits takes long to fail.
    retry_at_ = end + std::clamp<Clock::duration>(10 * (end - begin), retry_interval_,
                                                  10 * retry_interval_);
    backlog_.failed(failure->text);
    return;
  }
  retry_at_ = {};
  backlog_.written();
  if (is_empty) return;
  // What it could not do the next one will, and damage is found again.
  if (const auto untidy = writer_->tidy(events); untidy && untidy->is_damage()) is_damaged_ = true;
  measure();
}

std::optional<SqliteFailure> FileWriter::try_to_write() {
  if (writer_ && writer_->has_moved()) {
    log_warn("history file was moved or removed, creating a new one", {{"file", file_}});
    close();
  }
  std::optional<SqliteFailure> failure;
  const bool is_damaged = is_damaged_ || state_.damaged_generation >= opened_generation_;
  if (writer_ && is_damaged) failure = SqliteFailure{SQLITE_CORRUPT, "damage was found before"};
  for (bool is_second = false;; is_second = true) {
    if (!failure && !writer_) failure = open();
    if (!failure && !backlog_.taken().empty()) failure = writer_->write(backlog_.taken());
    if (!failure || !failure->is_damage() || !writer_ || is_second) return failure;
    writer_->abandon();
    writer_.reset();
    auto done = set_aside(file_, Defect::kDamaged, failure->text);
    failure.reset();
    if (!done) failure = std::move(done.error());
  }
}

std::optional<SqliteFailure> FileWriter::open() {
  if (!lock_) {
    auto taken = FileLock::take(file_);
    if (!taken) return SqliteFailure{SQLITE_CANTOPEN, std::move(taken.error().text)};
    lock_ = std::move(*taken);
  }
  auto opened = DatabaseWriter::open(file_, vfs_, limits_);
  if (!opened) return std::move(opened.error());
  writer_ = std::move(*opened);
  backlog_.number_after(writer_->last_id());
  opened_generation_ = ++state_.generation;
  is_damaged_ = false;
  return std::nullopt;
}

}  // namespace kie::history
