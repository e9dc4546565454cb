#pragma once

#include "exporter/history/change.h"
#include "exporter/history/event.h"
#include "exporter/history/leavable_thread.h"
#include "exporter/history/options.h"
#include "exporter/history/sqlite.h"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kie::history {

/// The state of all clusters and the journal of their events, in one SQLite file.
///
/// A commit that returned is in the file: a process that is killed at any moment loses nothing. A
/// power cut may lose the last seconds, and leaves the file whole. Where the file cannot be written
/// (a full disk, no permission, no folder), or writing takes longer than a commit waits (a disk
/// that hangs), everything goes on in memory and is written as soon as it can be; figures() and the
/// log say so. What is damaged or not a history is renamed and another one begun.
///
/// One thread writes the file and another one reads it, and whoever calls waits for them only so
/// long: nobody hangs for ever with a disk that does. Only open() may, before it has the file's
/// lock.
///
/// Thread: any, for all of it. A query waits for no commit and no commit for a query.
class History {
 public:
  /// Fails only if another exporter uses the file. Waits for it for the options' open_wait.
  static tl::expected<std::unique_ptr<History>, std::string> open(Options options);
  /// What waits is written, if that takes no longer than the options' end_wait.
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// What is stored of the cluster; nothing if the file is damaged, with a line in the log. A file
  /// that does not answer within read_wait is unread.
  Stored load(const std::string& cluster);

  /// This entry of the configuration is that cluster, so that its history can be found before Kafka
  /// has answered. `servers` is a text of the caller's choice. Waits for nothing: it is written
  /// with the next commit at the latest.
  void remember(const std::string& cluster, const std::string& name, const std::string& servers);
  /// nullopt, too, if the file does not answer within read_wait.
  std::optional<std::string> find(const std::string& name, const std::string& servers);

  /// Writes it in one transaction, with others that wait, or keeps it for later: it waits for
  /// commit_wait at most, and not at all while an earlier change is kept.
  void commit(const std::string& cluster, Change change);

  /// Grows when the file is not the one that earlier commits went to, or may lack what load() could
  /// not read: the next commit of each cluster must then be a whole one.
  std::uint64_t generation() const;

  /// Of those that are kept in memory, too. Given up if the file does not answer within query_time
  /// and read_wait, and at once as long as it has not answered to an earlier one.
  tl::expected<EventPage, QueryError> events(const EventQuery& query);

  struct Figures {
    /// Everything that was committed is in the file; nullopt in memory only.
    std::optional<bool> writable;
    /// Of the file and its WAL as last written; nullopt if there is none.
    std::optional<std::uint64_t> bytes;
  };
  Figures figures() const;

 private:
  /// What the threads own, because a disk that hangs holds them longer than this lives.
  struct Shared;

  explicit History(Options options);
  template <class Result, class Read>
  tl::expected<Result, SqliteFailure> read(std::chrono::milliseconds most, Read from);

  const Options options_;
  const std::string file_;
  std::shared_ptr<Shared> shared_;
  std::optional<LeavableThread> writing_, reading_;
};

}  // namespace kie::history
