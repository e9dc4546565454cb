#include "exporter/history/file.h"

#include "exporter/history/schema.h"
#include "exporter/log/log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>

namespace kie::history {
namespace {

namespace fs = std::filesystem;

/// A file of 256 MiB takes a fraction of it, if the disk is not slow. Damage in the part that was
/// not checked is found when it is read.
constexpr std::chrono::seconds kLongestCheck{3};

std::string new_name(const std::string& file, const char* word) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto name = fmt::format("{}.{}-{:%Y%m%dT%H%M%S}Z", file, word, now);
  std::error_code ignored;
  auto free_name = name;
  for (int i = 2; fs::exists(free_name, ignored); ++i) free_name = fmt::format("{}-{}", name, i);
  return free_name;
}

/// A URI for SQLite, with options after a '?'.
std::string as_uri(const std::string& file, const char* options) {
  std::string uri = "file:";
  for (const char c : file) {
    if (c == '%' || c == '?' || c == '#') {
      fmt::format_to(std::back_inserter(uri), "%{:02x}", c);
    } else {
      uri += c;
    }
  }
  return uri + options;
}

/// The first error in the file's structure.
std::optional<std::string> find_damage(Connection& connection) {
  connection.set_deadline(std::chrono::steady_clock::now() + kLongestCheck);
  auto found = connection.text("PRAGMA quick_check(1)");
  connection.set_deadline(std::nullopt);
  if (found && *found != "ok") return found;
  return std::nullopt;
}

void configure(Connection& connection, std::int64_t wal_bytes) {
  if (connection.text("PRAGMA journal_mode = WAL").value_or("wal") != "wal")
    connection.fail({SQLITE_CANTOPEN, "the file system cannot hold a WAL"});
  // A transaction survives the end of the process at once, and a power cut when the WAL is written
  // into the file.
  connection.run("PRAGMA synchronous = NORMAL");
  connection.no_checkpoints();
  connection.run(fmt::format("PRAGMA journal_size_limit = {}", wal_bytes));
}

Unusable judge(SqliteFailure failure) {
  std::optional<Defect> defect;
  if (failure.primary() == SQLITE_NOTADB) defect = Defect::kForeign;
  if (failure.primary() == SQLITE_CORRUPT) defect = Defect::kDamaged;
  return {std::move(failure), defect};
}

std::optional<Unusable> judge(Origin origin) {
  if (origin == Origin::kForeign)
    return Unusable{{SQLITE_NOTADB, "it is a database of another program"}, Defect::kForeign};
  if (origin == Origin::kNewer)
    return Unusable{{SQLITE_NOTADB, "it is of a newer version of this exporter"}, Defect::kForeign};
  return std::nullopt;
}

/// To open another program's database would roll back its journal and remove its WAL, so it is read
/// as if these files did not exist.
std::optional<Unusable> inspect_immutable(const std::string& file, const std::string& vfs) {
  auto opened =
      Connection::open(as_uri(file, "?immutable=1"), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, vfs);
  if (!opened) return std::nullopt;
  const auto origin = origin_of(**opened);
  auto failure = (*opened)->take_failure();
  if (!failure) return judge(origin);
  if (failure->primary() == SQLITE_NOTADB) return judge(std::move(*failure));
  return std::nullopt;
}

}  // namespace

tl::expected<std::unique_ptr<FileLock>, FileLock::Refusal> FileLock::take(const std::string& file) {
  const auto name = file + ".lock";
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg)
  const int descriptor = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0)
    return tl::make_unexpected(
        Refusal{false, "cannot make " + name + ": " + std::generic_category().message(errno)});
  std::unique_ptr<FileLock> lock{new FileLock{descriptor}};
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    return tl::make_unexpected(
        Refusal{true, file + " is used by another exporter: " + name + " is locked"});
  return tl::make_unexpected(
      Refusal{false, "cannot lock " + name + ": " + std::generic_category().message(errno)});
}

FileLock::~FileLock() { close(descriptor_); }

std::optional<std::uint64_t> bytes_of(const std::string& file) {
  std::error_code error;
  const auto bytes = fs::file_size(file, error);
  if (error) return std::nullopt;
  const auto wal = fs::file_size(file + "-wal", error);
  return bytes + (error ? 0 : wal);
}

std::string real_name(const std::string& file) {
  std::error_code error;
  const auto absolute = fs::absolute(file, error);
  if (error) return file;
  const auto real = fs::weakly_canonical(absolute, error);
  return error ? absolute.string() : real.string();
}

tl::expected<void, SqliteFailure> set_aside(const std::string& file, Defect defect,
                                            const std::string& why) {
  const auto name = new_name(file, defect == Defect::kDamaged ? "damaged" : "foreign");
  // SQLite's other files first, the database last: after a kill in between this is done again. A
  // rollback journal is another program's, but would be applied to the next file.
  std::error_code error;
  for (const auto* beside : {"-wal", "-shm", "-journal", ""}) {
    fs::rename(file + beside, name + beside, error);
    if (error && error != std::errc::no_such_file_or_directory)
      return tl::make_unexpected(
          SqliteFailure{SQLITE_IOERR, why + "; it cannot be set aside: " + error.message()});
  }
  log_error(defect == Defect::kDamaged
                ? "the history is damaged; it is set aside and a new one is created"
                : "the history file is not one of this exporter; it is set aside and a new one "
                  "is created",
            {{"file", file}, {"now", name}, {"error", why}});
  return {};
}

tl::expected<std::unique_ptr<Connection>, Unusable> open_to_write(const std::string& file,
                                                                  const std::string& vfs,
                                                                  std::int64_t wal_bytes) {
  if (auto unusable = inspect_immutable(file, vfs))
    return tl::make_unexpected(std::move(*unusable));
  auto opened = Connection::open(file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
  if (!opened) return tl::make_unexpected(judge(std::move(opened.error())));
  auto& connection = **opened;
  // A file that may not be ours is not changed.
  connection.checkpoint_on_close(false);
  if (connection.is_read_only())
    return tl::make_unexpected(Unusable{{SQLITE_READONLY, "the file is read-only"}, {}});
  const auto origin = origin_of(connection);
  if (auto failure = connection.take_failure())
    return tl::make_unexpected(judge(std::move(*failure)));
  if (auto unusable = judge(origin)) return tl::make_unexpected(std::move(*unusable));
  if (origin == Origin::kEmpty) {
    connection.run("PRAGMA auto_vacuum = INCREMENTAL");
  } else if (auto damage = find_damage(connection)) {
    return tl::make_unexpected(Unusable{{SQLITE_CORRUPT, std::move(*damage)}, Defect::kDamaged});
  } else if (auto failure = connection.take_failure();
             failure && failure->primary() != SQLITE_INTERRUPT) {
    return tl::make_unexpected(judge(std::move(*failure)));
  }
  configure(connection, wal_bytes);
  if (origin != Origin::kCurrent) migrate(connection);
  if (auto failure = connection.take_failure())
    return tl::make_unexpected(judge(std::move(*failure)));
  connection.checkpoint_on_close(true);
  return std::move(*opened);
}

tl::expected<ReadOnly, SqliteFailure> open_to_read(const std::string& file, const std::string& vfs,
                                                   bool may_be_immutable) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return ReadOnly{};
  for (const bool immutable : {false, true}) {
    auto opened = Connection::open(as_uri(file, immutable ? "?immutable=1" : ""),
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, vfs);
    std::optional<SqliteFailure> failure;
    Origin origin = Origin::kForeign;
    if (opened) {
      origin = origin_of(**opened);
      failure = (*opened)->take_failure();
    } else {
      failure = std::move(opened.error());
    }
    if (!failure) {
      if (origin != Origin::kCurrent) return ReadOnly{};
      return ReadOnly{std::move(*opened), immutable};
    }
    // SQLite cannot read it if it cannot create the file for the index of the WAL.
    if (failure->primary() != SQLITE_CANTOPEN || immutable || !may_be_immutable)
      return tl::make_unexpected(std::move(*failure));
  }
  return ReadOnly{};
}

}  // namespace kie::history
