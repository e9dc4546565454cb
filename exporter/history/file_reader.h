#pragma once

#include "exporter/history/file_state.h"
#include "exporter/history/options.h"
#include "exporter/history/reader.h"
#include "exporter/history/unwritten.h"

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie::history {

/// Reads the file, and opens it again when it is another one. A missing file counts as empty.
/// Thread: the reading thread.
class FileReader {
 public:
  FileReader(const Options& options, std::string file, FileState& state);

  tl::expected<Stored, SqliteFailure> load(const std::string& cluster);
  tl::expected<std::optional<std::string>, SqliteFailure> find(const WatchedEntry& entry);
  /// SQLITE_INTERRUPT if it takes longer than the options' query_time.
  tl::expected<std::vector<StoredEvent>, SqliteFailure> events(const EventQuery& query,
                                                               std::size_t most);
  void close() { reader_.reset(); }

 private:
  /// nullptr if there is no file.
  tl::expected<DatabaseReader*, SqliteFailure> reader();
  void cannot_read(const SqliteFailure& failure);
  template <class Result, class Read>
  tl::expected<Result, SqliteFailure> read(Read from);

  const std::string vfs_;
  const std::chrono::milliseconds query_time_;
  const std::string file_;
  FileState& state_;
  std::unique_ptr<DatabaseReader> reader_;
  bool is_immutable_ = false;
  std::uint64_t generation_ = 0;
};

}  // namespace kie::history
