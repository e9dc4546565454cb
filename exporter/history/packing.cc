#include "exporter/history/packing.h"

#include "exporter/history/bytes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <limits>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace kie::history {
namespace {

using model::Instant;
using model::Leadership;
using std::chrono::duration_cast;
using std::chrono::microseconds;

// A later version reads the rows of earlier ones. The rows of topics did not change with the third
// version, so they are written as the second, which an earlier exporter can read.
constexpr std::uint64_t kNewest = 3;
constexpr std::uint64_t kOfClusters = 3;
constexpr std::uint64_t kOfTopics = 2;
/// The last version without the controller.
constexpr std::uint64_t kBeforeControllers = 2;
/// The last version without producers' reports in the measurement of losses.
constexpr std::uint64_t kBeforeReports = 1;

/// In the row of a partition whose leader is not known.
constexpr BrokerId kNoLeader{-1};

template <class T, class Wanted>
concept Is = std::same_as<std::remove_const_t<T>, Wanted>;

// The members of each type in a row, in order: one list for both directions.

template <class Archive, Is<replication::Missing> T>
void fields(Archive& archive, T& value) {
  archive(value.id, value.has);
}

template <class Archive, Is<replication::UnresolvedElection> T>
void fields(Archive& archive, T& value) {
  archive(value.last_isr, value.leader_before, value.from_outside, value.from);
}

template <class Archive, Is<replication::PartitionState> T>
void fields(Archive& archive, T& value) {
  // A row has a number here whatever the leadership is.
  auto leader = value.leader.value_or(BrokerId{0});
  archive(value.id, value.leadership, leader, value.last_leader, value.replicas, value.isr,
          value.last_isr, value.adding, value.missing, value.leader_epoch, value.elected,
          value.committed, value.isr_replicated_up_to, value.earliest);
  if constexpr (!std::is_const_v<T>)
    value.leader = value.leadership == Leadership::kLeader ? std::optional{leader} : std::nullopt;
}

template <class Archive, Is<replication::Shrink> T>
void fields(Archive& archive, T& value) {
  archive(value.partition, value.at);
}

template <class Archive, Is<replication::TopicHistory> T>
void fields(Archive& archive, T& value) {
  archive(value.isr_shrinks, value.isr_expands, value.leader_changes, value.recent_shrinks);
}

template <class Archive, Is<replication::TopicState> T>
void fields(Archive& archive, T& value) {
  archive(value.id, value.partitions, value.history);
}

template <class Archive, Is<replication::DeletedTopic> T>
void fields(Archive& archive, T& value) {
  archive(value.id, value.history, value.at);
}

template <class Archive, Is<loss::Pending> T>
void fields(Archive& archive, T& value) {
  archive(value.epoch, value.committed_end, value.log_start, value.leader_before, value.last_isr,
          value.from_outside, value.from, value.to);
  if (archive.version() > kBeforeReports)
    archive(value.after, value.leader_after, value.acked, value.is_late, value.election_counted);
}

template <class Archive, Is<loss::Acked> T>
void fields(Archive& archive, T& value) {
  archive(value.next, value.at);
}

template <class Archive, Is<loss::Acknowledged> T>
void fields(Archive& archive, T& value) {
  archive(value.acks_all, value.acks_one);
}

template <class Archive, Is<loss::Assessed> T>
void fields(Archive& archive, T& value) {
  // A row has 0 where nothing was counted.
  auto counted = value.counted.value_or(Offset{0});
  archive(value.pending, counted, value.at);
  if constexpr (!std::is_const_v<T>)
    value.counted = counted == Offset{0} ? std::nullopt : std::optional{counted};
}

template <class Archive, Is<loss::KnownEnd> T>
void fields(Archive& archive, T& value) {
  archive(value.epoch, value.end);
  if (archive.version() > kBeforeReports) archive(value.in);
}

template <class Archive, Is<loss::PartitionLoss> T>
void fields(Archive& archive, T& value) {
  auto leader = value.leader.value_or(kNoLeader);
  archive(value.id, value.newest, leader, value.pending, value.ends, value.inherited_end);
  if constexpr (!std::is_const_v<T>)
    value.leader = leader == kNoLeader ? std::nullopt : std::optional{leader};
  if (archive.version() > kBeforeReports)
    archive(value.assessed, value.present.acked, value.present.epoch);
}

template <class Archive, Is<loss::TimedCount> T>
void fields(Archive& archive, T& value) {
  archive(value.at, value.count);
}

template <class Archive, Is<loss::TopicLoss> T>
void fields(Archive& archive, T& value) {
  auto is_gone = value.gone_since.has_value();
  archive(value.id, value.partitions, value.lost, value.unclean_elections, value.recent_lost,
          value.recent_unclean, value.recent_unknown, value.last_loss, is_gone);
  // Since when is in the row of the deleted topic, which is kept for the same hour.
  if constexpr (!std::is_const_v<T>)
    value.gone_since = is_gone ? std::optional{Instant{}} : std::nullopt;
  if (archive.version() > kBeforeReports) archive(value.lost_by_one, value.recent_lost_by_one);
}

class Pack {
 public:
  Pack(const Clocks& clocks, std::uint64_t version) : clocks_(clocks), version_(version) {
    put(version);
  }

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }

  std::uint64_t version() const { return version_; }

  std::string take() { return out_.take(); }

 private:
  void put(std::uint64_t value) { out_.number(value); }
  void put(bool value) { out_.number(value ? 1 : 0); }
  void put(Leadership value) { out_.number(static_cast<std::uint64_t>(value)); }
  void put(Instant at) { put(clocks_.to_time(at)); }
  void put(Clocks::Time at) {
    out_.integer(duration_cast<microseconds>(at.time_since_epoch()).count());
  }
  template <class Rep, class Tag>
  void put(const Id<Rep, Tag>& id) {
    out_.integer(id.value);
  }
  void put(const TopicId& id) {
    out_.integer(id.most_significant);
    out_.integer(id.least_significant);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(std::uint64_t{values.size()});
    for (const auto& value : values) put(value);
  }
  template <class T, std::size_t N>
  void put(const std::array<T, N>& values) {
    for (const auto& value : values) put(value);
  }
  template <class T>
  void put(const T* value) {
    put(value != nullptr);
    if (value != nullptr) put(*value);
  }
  template <class T>
  void put(const T& value) {
    fields(*this, value);
  }

  ByteWriter out_;
  const Clocks& clocks_;
  std::uint64_t version_;
};

class Unpack {
 public:
  Unpack(std::string_view row, const Clocks& clocks) : in_(row), clocks_(clocks) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }

  /// Reads the version of the row; false if it is not known.
  bool begin() {
    get(version_);
    return version_ >= kBeforeReports && version_ <= kNewest;
  }

  std::uint64_t version() const { return version_; }

  /// The row was complete, and nothing follows.
  bool is_whole() const { return is_sound_ && in_.at_end(); }

 private:
  void get(std::uint64_t& value) { value = in_.number(); }
  void get(bool& value) {
    const auto number = in_.number();
    is_sound_ = is_sound_ && number <= 1;
    value = is_sound_ && number == 1;
  }
  void get(Leadership& value) {
    const auto number = in_.number();
    is_sound_ = is_sound_ && number <= static_cast<std::uint64_t>(Leadership::kNoListener);
    value = is_sound_ ? static_cast<Leadership>(number) : Leadership::kUnknown;
  }
  void get(Instant& at) {
    Clocks::Time time;
    get(time);
    at = clocks_.to_instant(time);
  }
  void get(Clocks::Time& at) {
    auto number = in_.integer();
    // The clocks count nanoseconds.
    if (number > kMostMicroseconds || number < -kMostMicroseconds) {
      is_sound_ = false;
      number = 0;
    }
    at = Clocks::Time{microseconds{number}};
  }
  template <class Rep, class Tag>
  void get(Id<Rep, Tag>& id) {
    const auto number = in_.integer();
    is_sound_ = is_sound_ && std::in_range<Rep>(number);
    id = Id<Rep, Tag>{is_sound_ ? static_cast<Rep>(number) : Rep{}};
  }
  void get(TopicId& id) {
    id.most_significant = in_.integer();
    id.least_significant = in_.integer();
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool is_there = false;
    get(is_there);
    if (is_there) get(value.emplace());
  }
  template <class T>
  void get(std::vector<T>& values) {
    // One by one, so that a count that is too large because of damage does not take memory.
    const auto count = in_.count();
    for (std::size_t i = 0; i < count && is_sound_ && in_.ok(); ++i) get(values.emplace_back());
  }
  template <class T, std::size_t N>
  void get(std::array<T, N>& values) {
    for (auto& value : values) get(value);
  }
  template <class T>
  void get(T& value) {
    fields(*this, value);
  }

  static constexpr std::int64_t kMostMicroseconds = std::numeric_limits<std::int64_t>::max() / 4000;

  ByteReader in_;
  const Clocks& clocks_;
  std::uint64_t version_ = 0;
  bool is_sound_ = true;
};

template <class T>
bool is_sorted_by_id(const std::vector<T>& values) {
  return std::ranges::adjacent_find(values, std::ranges::greater_equal{}, &T::id) == values.end();
}

/// Sets what rows of the first version leave out: they had one epoch change after the other, and
/// the ends in the log of the leader that was asked last.
void complete(loss::TopicLoss& topic) {
  for (auto& partition : topic.partitions) {
    auto after = partition.newest;
    for (auto& pending : std::views::reverse(partition.pending))
      pending.after = std::exchange(after, pending.epoch);
    for (auto& end : partition.ends) end.in = after;
  }
}

}  // namespace

std::string pack_topic(const KnownTopic& view, const Clocks& clocks) {
  Pack pack{clocks, kOfTopics};
  pack(view.topic, view.deleted, view.loss);
  return pack.take();
}

bool unpack_topic(const std::string& name, std::string_view row, const Clocks& clocks,
                  replication::ReplicationState& replication, loss::LossState& loss) {
  Unpack unpack{row, clocks};
  std::optional<replication::TopicState> topic;
  std::optional<replication::DeletedTopic> deleted;
  std::optional<loss::TopicLoss> lost;
  if (!unpack.begin()) return false;
  unpack(topic, deleted, lost);
  if (!unpack.is_whole()) return false;
  if (lost && unpack.version() == kBeforeReports) complete(*lost);
  if (topic && !is_sorted_by_id(topic->partitions)) return false;
  if (lost && !is_sorted_by_id(lost->partitions)) return false;
  if (topic) {
    topic->name = name;
    // The high watermark read is old, but so are the offsets that were committed.
    for (auto& partition : topic->partitions) partition.latest = partition.committed;
    const auto place =
        std::ranges::lower_bound(replication.topics, name, {}, &replication::TopicState::name);
    replication.topics.insert(place, std::move(*topic));
  }
  if (lost && lost->gone_since && deleted) lost->gone_since = deleted->at;
  if (deleted) replication.deleted.insert_or_assign(name, std::move(*deleted));
  if (lost) loss.topics.insert_or_assign(name, std::move(*lost));
  return true;
}

std::string pack_cluster(const replication::ReplicationState& replication,
                         const loss::LossState& loss, const quorum::QuorumState& quorum,
                         std::optional<Clocks::Time> polled) {
  const Clocks unused{{}, {}};
  Pack pack{unused, kOfClusters};
  pack(replication.topic_recreations, replication.elections, loss.assessments, polled,
       quorum.is_lost, quorum.id, quorum.epoch);
  return pack.take();
}

bool unpack_cluster(std::string_view row, replication::ReplicationState& replication,
                    loss::LossState& loss, quorum::QuorumState& quorum,
                    std::optional<Clocks::Time>& polled) {
  const Clocks unused{{}, {}};
  Unpack unpack{row, unused};
  std::uint64_t recreations = 0;
  auto elections = replication.elections;
  auto assessments = loss.assessments;
  std::optional<Clocks::Time> last;
  quorum::QuorumState controller;
  if (!unpack.begin()) return false;
  unpack(recreations, elections, assessments, last);
  if (unpack.version() > kBeforeControllers)
    unpack(controller.is_lost, controller.id, controller.epoch);
  if (!unpack.is_whole()) return false;
  replication.topic_recreations = recreations;
  replication.elections = elections;
  loss.assessments = assessments;
  quorum.is_lost = controller.is_lost;
  quorum.id = controller.id;
  quorum.epoch = controller.epoch;
  polled = last;
  return true;
}

}  // namespace kie::history
