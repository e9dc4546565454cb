#pragma once

#include "exporter/history/change.h"
#include "exporter/history/file.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace kie::history {

/// The entry of a configuration: the name and servers of a [[cluster]].
using Entry = std::pair<std::string, std::string>;

/// What could not be written yet.
struct Unwritten {
  struct Cluster {
    bool whole = false;
    std::optional<std::string> state;
    /// nullopt: removed.
    std::map<std::string, std::optional<std::string>> topics;
  };

  std::map<std::string, Cluster> clusters;
  std::map<Entry, std::string> watched;
  /// The oldest first.
  std::deque<Event> events;

  bool empty() const { return clusters.empty() && watched.empty() && events.empty(); }
};

struct Limits {
  std::chrono::milliseconds max_age;
  std::int64_t max_bytes;
};

/// Writes the file. Thread: one at a time.
class Writer {
 public:
  /// Sets aside what it cannot use.
  static tl::expected<std::unique_ptr<Writer>, Failure> open(const std::string& file,
                                                             const std::string& vfs,
                                                             const Limits& limits);

  /// All of it in one transaction, or nothing: `before` first.
  std::optional<Failure> write(const Unwritten& before, const std::string& cluster,
                               const Change& change);
  std::optional<Failure> write(const Unwritten& before);
  /// Drops some of the events that are too old or do not fit into the file any more, in no more
  /// time than a commit may take, but as many as were just written.
  std::optional<Failure> prune(std::size_t just_written);

  /// The highest that the file has; 0 if it has none.
  std::int64_t last_id() const { return last_id_; }
  bool has_moved() const { return connection_->has_moved(); }
  /// The file is left as it is when the writer ends.
  void abandon() { connection_->checkpoint_on_close(false); }

 private:
  Writer(const Limits& limits, std::int64_t wal_bytes, std::unique_ptr<Connection> connection);

  void put(const Unwritten& before);
  void put(const std::string& cluster, const Change& change);
  void put(const Event& event);
  void make_whole(const std::string& cluster);
  std::optional<Failure> commit();
  struct Pages {
    std::int64_t all = 0, free = 0;
  };
  Pages pages();

  Limits limits_;
  /// What the file may have beside its WAL.
  std::int64_t max_file_bytes_;
  std::unique_ptr<Connection> connection_;
  Statement put_cluster_;
  Statement put_cluster_state_;
  Statement put_topic_;
  Statement remove_topic_;
  Statement remove_topics_;
  Statement put_watched_;
  Statement put_event_;
  Statement drop_oldest_;
  Statement drop_expired_;
  std::int64_t page_bytes_ = 0;
  std::int64_t last_id_ = 0;
};

}  // namespace kie::history
