#include "exporter/producers/rows.h"

#include "collectors/producers/errors.h"
#include "exporter/history/bytes.h"

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace kie {
namespace {

using history::ByteReader;
using history::ByteWriter;
using history::Clocks;
using producers::Failures;
using producers::Instance;
using producers::InstanceKey;
using producers::Persisted;
using producers::ProducerClient;
using std::chrono::microseconds;

/// 2: with retried records.
constexpr std::uint64_t kVersion = 2;
constexpr std::string_view kClient = "client/";
constexpr std::string_view kInstance = "instance/";

template <class T, class Wanted>
concept Is = std::same_as<std::remove_const_t<T>, Wanted>;

using FatalCounts = std::map<std::string_view, std::uint64_t>;

// The members of each type in a row, in order: one list for both directions.

template <class Archive, Is<InstanceKey> T>
void fields(Archive& archive, T& value) {
  archive(value.name, value.started, value.id);
}

template <class Archive, Is<producers::Counters> T>
void fields(Archive& archive, T& value) {
  archive(value.acknowledged_records, value.transmitted_bytes, value.socket_send_errors,
          value.request_timeouts);
}

template <class Archive, Is<producers::ProducerId> T>
void fields(Archive& archive, T& value) {
  archive(value.id, value.epoch);
}

template <class Archive, Is<producers::FatalError> T>
void fields(Archive& archive, T& value) {
  archive.fatal(value.error);
  archive(value.reason, value.at, value.wall);
}

template <class Archive, Is<Instance> T>
void fields(Archive& archive, T& value) {
  archive(value.client_id, value.key, value.counted, value.failed, value.ts, value.is_without_age,
          value.report_id, value.sequence, value.producer_id, value.first_seen, value.seen,
          value.seen_wall, value.interval, value.report_interval, value.fatal, value.is_gone,
          value.has_ended);
  archive.since(2, value.counted.retried_records);
}

/// Without the number of live instances, which their rows have.
template <class Archive, Is<ProducerClient> T>
void fields(Archive& archive, T& value) {
  archive(value.counters, value.id_changes, value.epoch_bumps, value.fatal_errors, value.failed,
          value.last_fatal, value.vanished, value.seen, value.seen_wall, value.kept_until);
  archive.since(2, value.counters.retried_records);
}

class RowWriter {
 public:
  explicit RowWriter(const Clocks& clocks) : clocks_(clocks) { out_.number(kVersion); }

  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  template <class T>
  void since(std::uint64_t /*version*/, const T& value) {
    put(value);
  }
  void fatal(std::string_view error) { out_.text(error); }

  std::string take() { return out_.take(); }

 private:
  void put(std::uint64_t value) { out_.number(value); }
  void put(std::int64_t value) { out_.integer(value); }
  void put(bool value) { out_.number(value ? 1 : 0); }
  void put(const std::string& value) { out_.text(value); }
  void put(microseconds value) { out_.integer(value.count()); }
  void put(producers::Instant at) { put(clocks_.to_time(at)); }
  void put(producers::WallTime at) {
    put(std::chrono::duration_cast<microseconds>(at.time_since_epoch()));
  }
  void put(const Failures& values) {
    out_.number(values.size());
    for (const auto& [kind, records] : values) {
      out_.text(kind.first);
      out_.number(static_cast<std::uint64_t>(kind.second));
      out_.number(records);
    }
  }
  void put(const FatalCounts& values) {
    out_.number(values.size());
    for (const auto& [error, count] : values) {
      out_.text(error);
      out_.number(count);
    }
  }
  void put(const std::vector<producers::Instant>& values) {
    out_.number(values.size());
    for (const auto& value : values) put(value);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const T& value) {
    fields(*this, value);
  }

  ByteWriter out_;
  const Clocks& clocks_;
};

class RowReader {
 public:
  RowReader(std::string_view row, const Clocks& clocks) : in_(row), clocks_(clocks) {
    version_ = in_.number();
    is_sound_ = version_ >= 1 && version_ <= kVersion;
  }

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  /// Rows of an older version do not have it.
  template <class T>
  void since(std::uint64_t version, T& value) {
    if (version_ >= version) get(value);
  }
  void fatal(std::string_view& error) { error = producers::fatal_error_named(in_.text()); }

  /// The row was complete, and nothing follows.
  bool is_whole() const { return is_sound_ && in_.at_end(); }

 private:
  void get(std::uint64_t& value) { value = in_.number(); }
  void get(std::int64_t& value) { value = in_.integer(); }
  void get(bool& value) {
    const auto number = in_.number();
    is_sound_ = is_sound_ && number <= 1;
    value = number == 1;
  }
  void get(std::string& value) { value = in_.text(); }
  void get(microseconds& value) { value = microseconds{bounded()}; }
  void get(producers::Instant& at) {
    producers::WallTime time;
    get(time);
    at = clocks_.to_instant(time);
  }
  void get(producers::WallTime& at) { at = producers::WallTime{microseconds{bounded()}}; }
  void get(Failures& values) {
    const auto count = in_.count();
    for (std::size_t i = 0; i < count && in_.ok(); ++i) {
      const auto error = producers::delivery_error_named(in_.text());
      const auto persisted = in_.number();
      is_sound_ = is_sound_ && persisted < producers::kPersisted.size();
      const auto records = in_.number();
      if (is_sound_) values[{error, static_cast<Persisted>(persisted)}] += records;
    }
  }
  void get(FatalCounts& values) {
    const auto count = in_.count();
    for (std::size_t i = 0; i < count && in_.ok(); ++i) {
      const auto error = producers::fatal_error_named(in_.text());
      values[error] += in_.number();
    }
  }
  void get(std::vector<producers::Instant>& values) {
    const auto count = in_.count();
    for (std::size_t i = 0; i < count && in_.ok(); ++i) get(values.emplace_back());
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool is_there = false;
    get(is_there);
    if (is_there) get(value.emplace());
  }
  template <class T>
  void get(T& value) {
    fields(*this, value);
  }

  /// The clocks count nanoseconds.
  std::int64_t bounded() {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 4000;
    const auto number = in_.integer();
    if (number <= kMost && number >= -kMost) return number;
    is_sound_ = false;
    return 0;
  }

  ByteReader in_;
  const Clocks& clocks_;
  std::uint64_t version_ = 0;
  bool is_sound_ = true;
};

template <class T>
std::string pack_row(const T& value, const Clocks& clocks) {
  RowWriter writer{clocks};
  writer(value);
  return writer.take();
}

}  // namespace

std::string row_name(const InstanceKey& key) {
  return std::string{kInstance} + key.name + "@" + std::to_string(key.started) + "@" + key.id;
}

std::string row_name(std::string_view client_id) {
  return std::string{kClient} + std::string{client_id};
}

std::string pack(const Instance& instance, const Clocks& clocks) {
  return pack_row(instance, clocks);
}

std::string pack(const ProducerClient& client, const Clocks& clocks) {
  return pack_row(client, clocks);
}

bool unpack(std::string_view name, std::string_view row, const Clocks& clocks,
            producers::ProducersState& state) {
  RowReader reader{row, clocks};
  if (name.starts_with(kClient)) {
    ProducerClient client;
    reader(client);
    if (!reader.is_whole()) return false;
    // Its instances may have been read before.
    auto& known = state.clients[std::string{name.substr(kClient.size())}];
    client.instances = known.instances;
    known = std::move(client);
    return true;
  }
  if (!name.starts_with(kInstance)) return false;
  Instance instance;
  reader(instance);
  if (!reader.is_whole()) return false;
  if (!instance.is_gone) ++state.clients[instance.client_id].instances;
  if (!instance.report_id.empty())
    state.by_report_id.insert_or_assign(instance.report_id, instance.key);
  auto key = instance.key;
  state.instances.insert_or_assign(std::move(key), std::move(instance));
  return true;
}

}  // namespace kie
