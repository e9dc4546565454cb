#pragma once

#include "exporter/history/sqlite.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// The file as the file system has it, and the ways to open it.
namespace kie::history {

/// Held by the exporter that uses the file. What is locked is a file beside it, NAME.lock, which is
/// never removed: two exporters could then hold one each.
class FileLock {
 public:
  struct Refusal {
    /// Another exporter has it. Otherwise the lock could not be made.
    bool is_taken = false;
    std::string text;
  };

  static tl::expected<std::unique_ptr<FileLock>, Refusal> take(const std::string& file);
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

/// What the file and its WAL take; nullopt if there is no such file.
std::optional<std::uint64_t> bytes_of(const std::string& file);

/// The absolute name without symbolic links, by which SQLite calls the files beside it.
std::string real_name(const std::string& file);

/// What makes a file none that can be used.
enum class Defect : std::uint8_t { kDamaged, kForeign };

/// Renames the file, and what SQLite has beside it, to NAME.damaged-TIME or NAME.foreign-TIME, for
/// somebody to look at, and says so in the log. Connections that only read may still be open. Its
/// failure is the system's.
tl::expected<void, SqliteFailure> set_aside(const std::string& file, Defect defect,
                                            const std::string& why);

struct Unusable {
  SqliteFailure failure;
  /// Not for want of room or permission, but because of what is in the file.
  std::optional<Defect> defect;
};

/// Opens or makes the file, checks it, and brings it to the current version. `wal_bytes`: to which
/// the WAL is cut. It is written into the file when a checkpoint is asked for, or at the end.
tl::expected<std::unique_ptr<Connection>, Unusable> open_to_write(const std::string& file,
                                                                  const std::string& vfs,
                                                                  std::int64_t wal_bytes);

struct ReadOnly {
  /// nullptr if there is no file, or none that is a history of the current version.
  std::unique_ptr<Connection> connection;
  /// Without its WAL, and it must not change meanwhile.
  bool is_immutable = false;
};

/// Opens the file as it is. `may_be_immutable`: nobody writes it, so that it can be read on a file
/// system where nothing can be written.
tl::expected<ReadOnly, SqliteFailure> open_to_read(const std::string& file, const std::string& vfs,
                                                   bool may_be_immutable);

}  // namespace kie::history
