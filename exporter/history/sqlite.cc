#include "exporter/history/sqlite.h"

#include <cstddef>
#include <system_error>
#include <utility>

namespace kie::history {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

/// SQLite's steps, each below a microsecond, between two checks of the clock.
constexpr int kStepsBetweenDeadlineChecks = 2'000;

SqliteFailure failure_of(sqlite3* handle, int code) {
  SqliteFailure failure{code, handle == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(handle)};
  const bool is_systems = failure.primary() == SQLITE_IOERR || failure.primary() == SQLITE_CANTOPEN;
  const int reason = handle == nullptr || !is_systems ? 0 : sqlite3_system_errno(handle);
  if (reason != 0) failure.text += ": " + std::generic_category().message(reason);
  return failure;
}

}  // namespace

tl::expected<std::unique_ptr<Connection>, SqliteFailure> Connection::open(const std::string& name,
                                                                          int flags,
                                                                          const std::string& vfs) {
  sqlite3* handle = nullptr;
  // Only one thread at a time uses it, so SQLite need not lock it.
  const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX,
                                   vfs.empty() ? nullptr : vfs.c_str());
  std::unique_ptr<Connection> connection{new Connection{handle}};
  if (code != SQLITE_OK) return tl::make_unexpected(failure_of(handle, code));
  sqlite3_extended_result_codes(handle, 1);
  // An operator may read the file with another tool.
  sqlite3_busy_timeout(handle, 100);
  return connection;
}

void Connection::fail(SqliteFailure failure) {
  if (!failure_) failure_ = std::move(failure);
}

std::optional<SqliteFailure> Connection::take_failure() {
  return std::exchange(failure_, std::nullopt);
}

void Connection::run(const std::string& sql) {
  if (failed()) return;
  const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(failure_of(handle_.get(), code));
}

std::optional<std::int64_t> Connection::integer(const char* sql) {
  Statement statement{*this, sql};
  if (!statement.step() || statement.is_null(0)) return std::nullopt;
  return statement.integer(0);
}

std::optional<std::string> Connection::text(const char* sql) {
  Statement statement{*this, sql};
  if (!statement.step() || statement.is_null(0)) return std::nullopt;
  return std::string(statement.text(0));
}

void Connection::roll_back() {
  // After some failures SQLite has rolled back already.
  if (sqlite3_get_autocommit(handle_.get()) == 0)
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  failure_.reset();
}

int Connection::on_progress(void* self) noexcept {
  return steady_clock::now() >= static_cast<const Connection*>(self)->deadline_ ? 1 : 0;
}

void Connection::set_deadline(std::optional<steady_clock::time_point> deadline) {
  deadline_ = deadline;
  sqlite3_progress_handler(handle_.get(), kStepsBetweenDeadlineChecks,
                           deadline ? on_progress : nullptr, this);
}

void Connection::no_checkpoints() {
  // Replaces the hook that would checkpoint.
  sqlite3_wal_hook(
      handle_.get(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->wal_pages_ = pages;
        return SQLITE_OK;
      },
      this);
}

void Connection::checkpoint_on_close(bool on) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): SQLite's way to set options
  sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on ? 0 : 1, nullptr);
}

bool Connection::is_read_only() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }

bool Connection::has_moved() const {
  int moved = 0;
  sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return moved != 0;
}

Statement::Statement(Connection& connection, std::string_view sql) : connection_(connection) {
  if (connection_.failed()) return;
  sqlite3_stmt* handle = nullptr;
  const int code =
      sqlite3_prepare_v3(connection_.handle_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) connection_.fail(failure_of(connection_.handle_.get(), code));
}

bool Statement::step() {
  if (connection_.failed()) return false;
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) connection_.fail(failure_of(connection_.handle_.get(), code));
  sqlite3_reset(handle_.get());
  return false;
}

void Statement::restart() { sqlite3_reset(handle_.get()); }

// Binding fails only if memory runs out; the parameter that is left null then fails the step.

void Statement::put(int index, std::int64_t value) {
  sqlite3_bind_int64(handle_.get(), index, value);
}

void Statement::put(int index, std::string_view value) {
  // An empty view may have no address, which would bind null.
  sqlite3_bind_text64(handle_.get(), index, value.empty() ? "" : value.data(), value.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::put(int index, Blob value) {
  sqlite3_bind_blob64(handle_.get(), index, value.bytes.empty() ? "" : value.bytes.data(),
                      value.bytes.size(), SQLITE_STATIC);
}

void Statement::put(int index, const std::optional<std::int32_t>& value) {
  if (value) {
    sqlite3_bind_int(handle_.get(), index, *value);
  } else {
    sqlite3_bind_null(handle_.get(), index);
  }
}

void Statement::put(int index, Time value) {
  put(index, std::int64_t{duration_cast<microseconds>(value.time_since_epoch()).count()});
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_.get(), column);
}

std::optional<std::int32_t> Statement::small_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return sqlite3_column_int(handle_.get(), column);
}

Time Statement::time(int column) const { return Time{microseconds{integer(column)}}; }

std::string_view Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(handle_.get(), column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

}  // namespace kie::history
