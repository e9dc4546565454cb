#pragma once

#include "collectors/kafka/broker_timeouts.h"
#include "collectors/kafka/client.h"
#include "collectors/kafka/codec/codec.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct rd_kafka_op_s;
struct rd_kafka_queue_s;

namespace kie::kafka {

/// Any connected broker, if the brokers are not known yet.
inline constexpr BrokerId kAnyBroker{-1};

/// Sends requests, each to one broker, and receives the answers as they come. A request that is not
/// answered in its broker's time is given up; a late answer only adjusts the timeouts.
/// Thread: one at a time. Must be destroyed before its client, whose queue it reads.
class RequestBatch {
 public:
  /// `timeout`: after this librdkafka gives up a request, and closes its connection.
  RequestBatch(const KafkaClient& client, BrokerTimeouts& timeouts,
               std::chrono::milliseconds timeout);

  /// Sends the request in the newest version that the broker knows too, which it is asked for
  /// first; to kAnyBroker in the oldest. `receive` is called in await(), if an answer or an error
  /// comes in time, with the broker that answered, or at once if the broker is known not to have
  /// the request. The answer points into bytes that are gone when it returns; what `request` points
  /// to must stay until await() has returned for the last time.
  template <class Response, class Request, class Receive>
  void send(Question question, BrokerId broker, Request request, Receive receive) {
    static_assert(&Request::kApi == &Response::kApi);
    add({.question = question,
         .broker = broker,
         .api = &Request::kApi,
         .encode = [request = std::move(request)](
                       std::int16_t version) { return codec::encode(request, version); },
         .receive =
             [receive = std::move(receive)](const Result<Raw>& raw, BrokerId by) {
               if (!raw) return receive(Result<Response>{tl::unexpected{raw.error()}}, by);
               receive(codec::decode<Response>(raw->bytes, raw->version), by);
             }});
  }

  /// Waits for the answers and gives each to its receiver, errors included. Returns the brokers
  /// that did not answer, sorted. Ends early when `enough` says so, which is asked after each
  /// answer and every 50 ms; no broker counts as unresponsive then. Can be called again, and then
  /// goes on with all that is open: requests that wait for their broker's versions are sent in it.
  std::vector<BrokerId> await(const std::function<bool()>& enough = nullptr);

  /// Whether the broker was sent such a request, which it is not until its versions are known.
  bool was_sent(const codec::ApiSpec& api, BrokerId broker) const;

  /// Gives up the requests that were not sent, and takes late answers without waiting. True when
  /// nothing is outstanding any more.
  bool drain_late();

 private:
  struct QueueDeleter {
    void operator()(rd_kafka_queue_s* queue) const noexcept;
  };
  using Clock = std::chrono::steady_clock;

  struct Raw {
    std::string_view bytes;
    std::int16_t version = 0;
  };

  struct Entry {
    Question question = Question::kApiVersions;
    BrokerId broker;
    const codec::ApiSpec* api = nullptr;
    std::function<std::string(std::int16_t version)> encode;
    std::function<void(const Result<Raw>& raw, BrokerId by)> receive;
    std::int16_t version = 0;
    Clock::time_point since{};
    bool is_sent = false;
    bool is_answered = false;
  };

  void add(Entry request);
  void send_or_wait(Entry& request);
  void send_now(Entry& request, std::int16_t version);
  void ask_versions(BrokerId broker);
  void take_versions(const Result<Raw>& raw, BrokerId broker);
  void finish(Entry& request, const Result<Raw>& raw, BrokerId by);
  /// Handles one event; nullptr: it belongs to no open request.
  static Entry* take(rd_kafka_op_s* event);
  Clock::time_point deadline() const;

  const KafkaClient* client_;
  BrokerTimeouts* timeouts_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<rd_kafka_queue_s, QueueDeleter> queue_;
  // A list, because librdkafka has the addresses of its elements until it has answered.
  std::list<Entry> requests_;
  /// When each broker last answered in this batch.
  std::map<BrokerId, Clock::time_point> answered_;
  std::size_t outstanding_ = 0;
  std::chrono::milliseconds waited_until_known_{0};
  bool ended_early_ = false;
};

}  // namespace kie::kafka
