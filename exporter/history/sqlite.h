#pragma once

#include "exporter/history/event.h"

#include <sqlite3.h>
#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// RAII over SQLite's C API, as far as the history needs it.
namespace kie::history {

/// An error of SQLite.
struct SqliteFailure {
  /// Extended result code.
  int code = SQLITE_ERROR;
  /// The reason, with the system's error if there is one.
  std::string text;

  int primary() const { return code & 0xff; }
  /// The contents of the file are not what SQLite or the schema needs.
  bool is_damage() const { return primary() == SQLITE_CORRUPT || primary() == SQLITE_NOTADB; }
};

/// A connection to one file. A failure sticks, as in an iostream: later calls do nothing until
/// take_failure(), so that a series of steps is checked once, at its end.
/// Thread: one at a time.
class Connection {
 public:
  /// `vfs`: a name registered with SQLite; empty: the default.
  static tl::expected<std::unique_ptr<Connection>, SqliteFailure> open(const std::string& name,
                                                                       int flags,
                                                                       const std::string& vfs);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs statements without parameters; ignores their rows.
  void run(const std::string& sql);
  /// The first column of the first row.
  std::optional<std::int64_t> integer(const char* sql);
  std::optional<std::string> text(const char* sql);

  /// Sets a failure as if a step had failed.
  void fail(SqliteFailure failure);
  bool failed() const { return failure_.has_value(); }
  std::optional<SqliteFailure> take_failure();
  /// Rolls back what was not committed, and clears the failure.
  void roll_back();

  /// How many rows the last statement has changed.
  std::int64_t changes() const { return sqlite3_changes64(handle_.get()); }
  /// After the deadline all statements fail with SQLITE_INTERRUPT.
  void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline);
  /// The pages of the WAL after the last transaction, since it was last restarted.
  std::int64_t wal_pages() const { return wal_pages_; }
  /// From now on the WAL is written into the file only by an explicit checkpoint.
  void no_checkpoints();
  /// Sets whether closing the connection may write the WAL into the file.
  void checkpoint_on_close(bool on);
  bool is_read_only() const;
  /// The name no longer refers to the file that is open.
  bool has_moved() const;

 private:
  friend class Statement;
  struct Closer {
    void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
  };

  explicit Connection(sqlite3* handle) : handle_(handle) {}
  static int on_progress(void* self) noexcept;

  std::unique_ptr<sqlite3, Closer> handle_;
  std::optional<SqliteFailure> failure_;
  std::int64_t wal_pages_ = 0;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

/// Bytes that need not be UTF-8.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement. Must not outlive its connection.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);

  /// Restarts the statement with these parameters, which must live until the last step.
  template <class... Values>
  Statement& bind(const Values&... values) {
    restart();
    if constexpr (sizeof...(values) > 0) {
      int index = 0;
      (put(++index, values), ...);
    }
    return *this;
  }
  /// Returns whether there is another row. After the last one the statement holds no lock on the
  /// file.
  bool step();
  template <class... Values>
  void run(const Values&... values) {
    bind(values...);
    while (step()) {
    }
    restart();
  }

  /// Columns of the row, from 0. A view lives until the next step.
  std::int64_t integer(int column) const;
  std::optional<std::int32_t> small_integer(int column) const;
  Time time(int column) const;
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
  };

  void restart();
  void put(int index, std::int64_t value);
  void put(int index, std::string_view value);
  void put(int index, Blob value);
  void put(int index, const std::optional<std::int32_t>& value);
  void put(int index, Time value);

  Connection& connection_;
  std::unique_ptr<sqlite3_stmt, Finalizer> handle_;
};

}  // namespace kie::history
