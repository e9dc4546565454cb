#pragma once

#include "exporter/history/sqlite.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

/// The history file in the file system, and how it is opened.
namespace kie::history {

/// Held by the exporter that uses the file. The lock is on a file beside it, NAME.lock, which is
/// never removed: otherwise two exporters could hold one each.
class FileLock {
 public:
  struct Refusal {
    /// True: another exporter has it. False: the lock could not be made.
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

/// The size of the file and its WAL; nullopt if there is no such file.
std::optional<std::uint64_t> bytes_of(const std::string& file);

/// The absolute name without symbolic links, which SQLite uses for its other files.
std::string real_name(const std::string& file);

/// Why the contents of a file cannot be used.
enum class Defect : std::uint8_t { kDamaged, kForeign };

/// Renames the file and SQLite's other files to NAME.damaged-TIME or NAME.foreign-TIME, to be
/// examined, and logs it. Connections that only read may still be open. Returns errors of the
/// operating system.
tl::expected<void, SqliteFailure> set_aside(const std::string& file, Defect defect,
                                            const std::string& why);

struct Unusable {
  SqliteFailure failure;
  /// Set if the contents are the reason, and not space or permissions.
  std::optional<Defect> defect;
};

/// Opens or creates the file, checks it, and migrates it to the current version. `wal_bytes`: the
/// WAL is truncated to this size. It is written into the file by an explicit checkpoint, or when
/// the connection is closed.
tl::expected<std::unique_ptr<Connection>, Unusable> open_to_write(const std::string& file,
                                                                  const std::string& vfs,
                                                                  std::int64_t wal_bytes);

struct ReadOnly {
  /// nullptr if there is no file, or it is not a history of the current version.
  std::unique_ptr<Connection> connection;
  /// Read without its WAL; the file must not change meanwhile.
  bool is_immutable = false;
};

/// Opens the file as it is. `may_be_immutable`: no process writes it, so that it can be read on a
/// read-only file system.
tl::expected<ReadOnly, SqliteFailure> open_to_read(const std::string& file, const std::string& vfs,
                                                   bool may_be_immutable);

}  // namespace kie::history
