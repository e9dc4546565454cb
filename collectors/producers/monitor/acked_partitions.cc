#include "collectors/producers/monitor/acked_partitions.h"

#include <cstring>
#include <new>
#include <thread>
#include <utility>

namespace kie::monitor {

struct AckedPartitions::Partition {
  std::string topic;
  std::int32_t partition = 0;
  Partition* next = nullptr;

  /// Held for some instructions by librdkafka's threads, and by the monitor's while it copies.
  mutable std::atomic_flag is_locked;
  AckedTotals totals;
  /// The first `count` are in use.
  std::array<Segment, kMostSegments> segments{};
  std::size_t count = 0;
  std::uint32_t connection = 0;

  void acknowledge(std::int64_t offset, std::int32_t broker, std::uint32_t on_connection,
                   std::int64_t at_ms) noexcept {
    if (count == 0 || offset < segments[count - 1].next || broker != segments[count - 1].broker ||
        on_connection != connection) {
      const auto number = count == 0 ? 0 : segments[count - 1].number + 1;
      if (count == kMostSegments) {
        std::move(segments.begin() + 1, segments.end(), segments.begin());
        --count;
      }
      segments[count++] = {.number = number, .broker = broker};
      connection = on_connection;
    }
    segments[count - 1].next = offset + 1;
    segments[count - 1].at_ms = at_ms;
  }
};

namespace {

class SpinLock {
 public:
  explicit SpinLock(std::atomic_flag& flag) noexcept : flag_(flag) {
    while (flag_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  ~SpinLock() { flag_.clear(std::memory_order_release); }
  SpinLock(const SpinLock&) = delete;
  SpinLock& operator=(const SpinLock&) = delete;

 private:
  std::atomic_flag& flag_;
};

/// Of the ends of the name alone: topics that differ only between them share a list.
std::size_t hash(std::string_view topic, std::int32_t partition) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  const auto most = std::min(topic.size(), sizeof first);
  std::memcpy(&first, topic.data(), most);
  std::memcpy(&last, topic.data() + topic.size() - most, most);
  auto mixed = first * 0x9E3779B97F4A7C15U ^ last * 0xC2B2AE3D27D4EB4FU ^ topic.size() ^
               static_cast<std::uint64_t>(static_cast<std::uint32_t>(partition)) << 32U;
  mixed *= 0xFF51AFD7ED558CCDU;
  return mixed ^ mixed >> 33U;
}

}  // namespace

AckedPartitions::~AckedPartitions() {
  for (auto& slot : slots_)
    for (auto* one = slot.load(); one != nullptr;) delete std::exchange(one, one->next);
}

AckedPartitions::Partition* AckedPartitions::find(std::size_t slot, std::string_view topic,
                                                  std::int32_t partition) const noexcept {
  auto* one = slots_[slot].load(std::memory_order_acquire);
  while (one != nullptr && (one->partition != partition || one->topic != topic)) one = one->next;
  return one;
}

AckedPartitions::Partition* AckedPartitions::insert(std::size_t slot, std::string_view topic,
                                                    std::int32_t partition) noexcept {
  const std::scoped_lock lock{insert_mutex_};
  if (auto* one = find(slot, topic, partition)) return one;
  if (size() == kMostPartitions) return nullptr;
  try {
    auto one = std::make_unique<Partition>();
    one->topic = topic;
    one->partition = partition;
    one->next = slots_[slot].load(std::memory_order_relaxed);
    slots_[slot].store(one.get(), std::memory_order_release);
    size_.fetch_add(1, std::memory_order_relaxed);
    return one.release();
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

bool AckedPartitions::acknowledge(const char* topic, std::int32_t partition, std::int64_t offset,
                                  std::size_t bytes, std::int32_t broker, std::uint32_t connection,
                                  std::int64_t at_ms) noexcept {
  auto* one = last_.load(std::memory_order_acquire);
  if (one == nullptr || one->partition != partition ||
      std::strcmp(one->topic.c_str(), topic) != 0) {
    const std::string_view name{topic};
    const auto slot = hash(name, partition) % slots_.size();
    one = find(slot, name, partition);
    if (one == nullptr) one = insert(slot, name, partition);
    if (one == nullptr) {
      other_records_.fetch_add(1, std::memory_order_relaxed);
      other_bytes_.fetch_add(bytes, std::memory_order_relaxed);
      return false;
    }
    last_.store(one, std::memory_order_release);
  }
  const SpinLock lock{one->is_locked};
  ++one->totals.records;
  one->totals.bytes += bytes;
  if (offset >= 0) one->acknowledge(offset, broker, connection, at_ms);
  return true;
}

AckedTotals AckedPartitions::totals() const {
  AckedTotals all{other_records_.load(), other_bytes_.load()};
  for (const auto& slot : slots_)
    for (const auto* one = slot.load(std::memory_order_acquire); one != nullptr; one = one->next) {
      const SpinLock lock{one->is_locked};
      all.records += one->totals.records;
      all.bytes += one->totals.bytes;
    }
  return all;
}

std::vector<PartitionSegments> AckedPartitions::copy() const {
  std::vector<PartitionSegments> all;
  all.reserve(size());
  for (const auto& slot : slots_)
    for (const auto* one = slot.load(std::memory_order_acquire); one != nullptr; one = one->next) {
      auto& copied = all.emplace_back(one->topic, one->partition);
      copied.segments.reserve(kMostSegments);
      const SpinLock lock{one->is_locked};
      copied.segments.assign(one->segments.begin(),
                             one->segments.begin() + static_cast<std::ptrdiff_t>(one->count));
    }
  return all;
}

}  // namespace kie::monitor
