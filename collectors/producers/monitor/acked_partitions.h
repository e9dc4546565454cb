#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace kie::monitor {

/// Offsets of a partition that one broker acknowledged over one connection, in growing order.
struct Segment {
  std::int64_t number = 0;
  std::int32_t broker = -1;
  /// The highest acknowledged offset + 1.
  std::int64_t next = 0;
  /// When that was acknowledged. Unit: milliseconds since 1970.
  std::int64_t at_ms = 0;
};

/// Unit of `bytes`: of keys and values.
struct AckedTotals {
  std::uint64_t records = 0, bytes = 0;
};

struct PartitionSegments {
  std::string topic;
  std::int32_t partition = 0;
  /// The newest ones, oldest first.
  std::vector<Segment> segments;
};

/// What brokers acknowledged to one producer: its totals, and the highest offsets by partition.
/// Thread: any. acknowledge() takes no lock that is held for longer than a few instructions.
class AckedPartitions {
 public:
  static constexpr std::size_t kMostPartitions = 4096;
  static constexpr std::size_t kMostSegments = 4;

  AckedPartitions() = default;
  ~AckedPartitions();
  AckedPartitions(const AckedPartitions&) = delete;
  AckedPartitions& operator=(const AckedPartitions&) = delete;

  /// One record. `offset`: negative if it is not known. `connection` changes when the connection to
  /// the broker was lost. False: there is no room for another partition, or no memory; the record
  /// counts in the totals alone.
  bool acknowledge(const char* topic, std::int32_t partition, std::int64_t offset,
                   std::size_t bytes, std::int32_t broker, std::uint32_t connection,
                   std::int64_t at_ms) noexcept;

  AckedTotals totals() const;
  std::vector<PartitionSegments> copy() const;
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }

 private:
  struct Partition;

  Partition* find(std::size_t slot, std::string_view topic, std::int32_t partition) const noexcept;
  Partition* insert(std::size_t slot, std::string_view topic, std::int32_t partition) noexcept;

  /// Lists whose heads are replaced and whose members stay until the end, so that one who reads
  /// needs no lock.
  std::array<std::atomic<Partition*>, 1024> slots_{};
  /// Of the last record: those of a batch are of one partition.
  std::atomic<Partition*> last_ = nullptr;
  std::mutex insert_mutex_;
  /// Of records whose partition has no room.
  std::atomic<std::uint64_t> other_records_ = 0, other_bytes_ = 0;
  std::atomic<std::size_t> size_ = 0;
};

}  // namespace kie::monitor
