#pragma once

#include "collectors/producers/monitor/acked_partitions.h"
#include "collectors/producers/monitor/client_library.h"
#include "collectors/producers/monitor/report.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace kie::monitor {

/// One producer (rd_kafka_t) of the host program.
class Producer {
 public:
  /// Thread: the application's, in rd_kafka_new(). `client` is not called: its locks do not exist
  /// yet.
  Producer(const ClientLibrary& library, rd_kafka_t* client, const rd_kafka_conf_t* conf);

  /// The outcome of a record. Thread: librdkafka's or the application's. It may not wait, and may
  /// not call the client. True: the monitor is to be woken.
  bool on_acknowledgement(const rd_kafka_message_t& message) noexcept;
  /// A request was answered: the client works, and may be called from now on.
  void on_response(std::int16_t api_key, std::int64_t round_trip_us) noexcept;
  /// `broker`: -1 of a server whose id is not known yet.
  void on_connection_lost(std::int32_t broker) noexcept;
  /// The last moment to ask the client. No call to it is under way when this returns, and none
  /// follows.
  void on_destroy() noexcept;
  /// All threads of the client have ended.
  void on_end() noexcept { ended_.store(true); }

  /// Thread for all that follows: the monitor's.

  /// Asks the client for its fatal error, name and cluster id. None of these waits for a broker.
  void ask_client();

  const std::string& client_id() const { return identity_.client_id; }
  /// Such as "librdkafka 2.8.0".
  const std::string& client() const { return identity_.client; }

  bool is_ended() const { return ended_.load(); }
  /// It never worked and has nothing to report: rd_kafka_new() failed.
  bool is_void() const;
  /// Of a fatal error, or of the producer.
  bool has_unreported_end() const;
  bool has_unreported_change() const { return reported_ != mark(); }
  std::size_t partitions() const { return acked_.size(); }

  /// Everything since the start of the producer; a report that is lost is made up for by the next.
  Report report(std::chrono::system_clock::time_point now);
  /// The exporter has taken the last report.
  void reported() { reported_ = sent_; }

 private:
  enum class Acks : std::uint8_t { kNone, kLeader, kAll };

  struct Failures {
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    Persistence persisted = Persistence::kNo;
    std::uint64_t records = 0;
  };

  /// What decides whether there is news.
  struct Mark {
    std::uint64_t acknowledged = 0, failed = 0, dropped = 0;
    bool fatal = false, ended = false;

    friend bool operator==(const Mark&, const Mark&) = default;
  };

  void ask_client_locked();
  Persistence persisted(const rd_kafka_message_t& message) const noexcept;
  void note_failure(const rd_kafka_message_t& message) noexcept;
  Mark mark() const;

  const ClientLibrary library_;
  Acks acks_ = Acks::kAll;
  bool is_transactional_ = false;

  AckedPartitions acked_;
  std::atomic<std::uint64_t> failed_ = 0, dropped_ = 0;
  /// How often connections to brokers were lost; brokers whose ids share a slot only get more
  /// segments.
  std::array<std::atomic<std::uint32_t>, 64> connections_{};
  RoundTrips round_trips_;

  std::mutex failures_mutex_;
  /// Bounded: each error once for each persistence; records of further ones count as dropped.
  std::vector<Failures> failures_;

  std::atomic<bool> works_ = false, ended_ = false;
  /// Held for each call to the client, by the monitor's thread, and in on_destroy().
  std::mutex client_mutex_;
  rd_kafka_t* client_;
  /// Its answers.
  struct {
    std::string name, cluster_id;
    std::optional<ClientFatalError> fatal;
  } asked_;

  /// Of the monitor's thread.
  Identity identity_;
  std::optional<ClientFatalError> fatal_;
  std::int64_t sequence_ = 0;
  /// As of the last report, and of the last that was taken.
  Mark sent_;
  std::optional<Mark> reported_;
};

}  // namespace kie::monitor
