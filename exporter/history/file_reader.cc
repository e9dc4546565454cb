#include "exporter/history/file_reader.h"

#include "exporter/history/file.h"

#include <utility>

namespace kie::history {

FileReader::FileReader(const Options& options, std::string file, FileState& state)
    : vfs_(options.vfs), query_time_(options.query_time), file_(std::move(file)), state_(state) {}

tl::expected<DatabaseReader*, SqliteFailure> FileReader::reader() {
  const auto generation = state_.generation.load();
  const bool is_written = state_.is_written;
  if (reader_ && generation_ == generation && !(is_immutable_ && is_written)) return reader_.get();
  reader_.reset();
  auto opened = open_to_read(file_, vfs_, !is_written);
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  if (opened->connection) reader_ = std::make_unique<DatabaseReader>(std::move(opened->connection));
  is_immutable_ = opened->is_immutable;
  generation_ = generation;
  return reader_.get();
}

void FileReader::cannot_read(const SqliteFailure& failure) {
  // A reader without the WAL, beside a writer that has just begun, sees damage where none is.
  if (failure.is_damage() && reader_ && !is_immutable_) state_.damaged_generation = generation_;
  if (failure.primary() != SQLITE_INTERRUPT) reader_.reset();
}

template <class Result, class Read>
tl::expected<Result, SqliteFailure> FileReader::read(Read from) {
  auto opened = reader();
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  if (*opened == nullptr) return Result{};
  tl::expected<Result, SqliteFailure> found = from(**opened);
  if (!found) cannot_read(found.error());
  return found;
}

tl::expected<Stored, SqliteFailure> FileReader::load(const std::string& cluster) {
  return read<Stored>([&](DatabaseReader& from) { return from.load(cluster); });
}

tl::expected<std::optional<std::string>, SqliteFailure> FileReader::find(
    const WatchedEntry& entry) {
  return read<std::optional<std::string>>(
      [&](DatabaseReader& from) { return from.find(entry.first, entry.second); });
}

tl::expected<std::vector<StoredEvent>, SqliteFailure> FileReader::events(const EventQuery& query,
                                                                         std::size_t most) {
  auto found = read<std::vector<StoredEvent>>(
      [&](DatabaseReader& from) { return from.events(query, most, query_time_); });
  if (!found && found.error().primary() == SQLITE_INTERRUPT)
    found.error().text = "the query takes too long";
  return found;
}

}  // namespace kie::history
