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
/// power cut may lose the last seconds, and leaves the file intact. If the file cannot be written
/// (a full disk, no permission, no folder), or writing takes longer than a commit waits (a disk
/// that hangs), changes are kept in memory and written as soon as possible; figures() and the log
/// report it. A file that is damaged or not a history is renamed, and a new one created.
///
/// One thread writes the file and another one reads it. Callers wait for them only for a limited
/// time, so that they do not hang with the disk. Only open() may, before it has the file's lock.
///
/// Thread: any. Queries do not wait for commits, nor commits for queries.
class History {
 public:
  /// Fails only if another exporter uses the file. Waits for it for the options' open_wait.
  static tl::expected<std::unique_ptr<History>, std::string> open(const Options& options);
  /// What waits is written, if that takes no longer than the options' end_wait.
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// The stored state of the cluster; empty, and logged, if the file is damaged. If the file does
  /// not answer within read_wait, it is unread.
  Stored load(const std::string& cluster);

  /// Stores that this entry of the configuration is that cluster, so that its history can be found
  /// before Kafka has answered. `servers` is a text of the caller's choice. Does not wait: it is
  /// written with the next commit at the latest.
  void remember(const std::string& cluster, const std::string& name, const std::string& servers);
  /// Also nullopt if the file does not answer within read_wait.
  std::optional<std::string> find(const std::string& name, const std::string& servers);

  /// Writes the change in one transaction, together with others that wait, or keeps it for later:
  /// waits for commit_wait at most, and not at all while an earlier change is kept.
  void commit(const std::string& cluster, Change change);

  /// Grows when the file is not the one of earlier commits, or may lack what load() could not read:
  /// the next commit of each cluster must then be a whole one.
  std::uint64_t generation() const;

  /// Includes events kept in memory. Aborted if the file does not answer within query_time and
  /// read_wait, and at once while an earlier query is not answered.
  tl::expected<EventPage, QueryError> events(const EventQuery& query);

  /// The process ends: queries that wait for the file, and later ones, fail at once.
  void stop_reading();

  struct Figures {
    /// All commits are in the file; nullopt without a file.
    std::optional<bool> writable;
    /// The size of the file and its WAL when last written; nullopt without a file.
    std::optional<std::uint64_t> bytes;
  };
  Figures figures() const;

 private:
  /// Owned by the threads too, as a disk that hangs may hold them longer than this exists.
  struct Shared;

  explicit History(const Options& options);
  template <class Result, class Read>
  tl::expected<Result, SqliteFailure> read(std::chrono::milliseconds most, Read from);

  const std::string file_;
  const std::chrono::milliseconds query_time_;
  const std::chrono::milliseconds read_wait_;
  const std::chrono::milliseconds end_wait_;
  std::shared_ptr<Shared> shared_;
  std::optional<LeavableThread> writing_, reading_;
};

}  // namespace kie::history
