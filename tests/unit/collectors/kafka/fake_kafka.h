#pragma once

#include "collectors/kafka/client.h"
#include "config/config.h"
#include "tests/unit/collectors/kafka/fake_cluster.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace kie::kafka::test {

/// Longer than any answer takes, also on a loaded machine.
inline constexpr std::chrono::seconds kLong{30};
/// For tests in which a broker does not answer: each request to it takes so long.
inline constexpr std::chrono::seconds kShort{2};

/// Brokers on ports of 127.0.0.1 that answer as Kafka's do, as far as the exporter and librdkafka
/// ask. Thread: any.
class FakeKafka {
 public:
  /// With ids from 1 on.
  explicit FakeKafka(int brokers);
  ~FakeKafka();
  FakeKafka(const FakeKafka&) = delete;
  FakeKafka& operator=(const FakeKafka&) = delete;

  /// All brokers as servers, and so much time that no answer is late on a busy machine.
  config::ClusterConfig config() const;
  std::string server(int broker) const;

  void change(const std::function<void(FakeCluster&)>& change);
  /// Led by each broker in turn, in epoch 0, with all replicas in sync and an empty log.
  void create(const std::string& topic, int partitions, int replicas);

  void behave(int broker, const std::function<void(FakeBroker&)>& change);
  /// From now on the broker knows what is known now, with a change of its own, and no more.
  void keep_view(int broker, const std::function<void(FakeCluster&)>& change = nullptr);
  void share_view(int broker) {
    behave(broker, [](auto& one) { one.view.reset(); });
  }
  /// As a process that is stopped: the kernel still takes connections for it.
  void silence(int broker) {
    behave(broker, [](auto& one) { one.is_silent = true; });
  }
  void resume(int broker) {
    behave(broker, [](auto& one) { one.is_silent = false; });
  }
  /// Of each answer, and of those that are being waited for.
  void set_delay(int broker, const codec::ApiSpec& api, std::chrono::milliseconds delay) {
    behave(broker, [&](auto& one) { one.delays[api.key] = delay; });
  }
  /// 0: none any more. It stands where Kafka would put it: at each topic, partition or resource, or
  /// for the whole answer.
  void set_error(int broker, const codec::ApiSpec& api, int error) {
    behave(broker, [&](auto& one) {
      set(one.errors, api, error == 0 ? std::nullopt : std::optional{error});
    });
  }
  void set_error_once(int broker, const codec::ApiSpec& api, int error) {
    behave(broker, [&](auto& one) { one.errors_once[api.key] = error; });
  }
  /// nullopt: it does not have the request.
  void set_versions(int broker, const codec::ApiSpec& api,
                    std::optional<std::pair<int, int>> range) {
    behave(broker, [&](auto& one) { set(one.versions, api, range); });
  }
  /// Answers with these bytes, which follow the correlation id; nullopt: as Kafka does.
  void answer_with(int broker, const codec::ApiSpec& api, const std::optional<std::string>& bytes) {
    behave(broker, [&](auto& one) { set(one.answers, api, bytes); });
  }

  /// Its port is closed.
  void refuse(int broker);
  void accept(int broker);
  void drop_connections(int broker);
  /// Goes on at another port.
  void move(int broker);

  /// How many it has got.
  int requests(int broker, const codec::ApiSpec& api) const;
  /// False: it did not get so many in half a minute.
  bool await_requests(int broker, const codec::ApiSpec& api, int count) const;

 private:
  using Clock = std::chrono::steady_clock;
  class Port;
  struct Node;
  struct Connection;

  template <class Value>
  static void set(std::map<int, Value>& values, const codec::ApiSpec& api,
                  const std::optional<Value>& value) {
    values.erase(api.key);
    if (value) values.emplace(api.key, *value);
  }

  void locked(const std::function<void()>& change);
  void run();
  bool receive(Connection& connection);
  /// Answers what is due. Returns when the next answer is.
  std::optional<Clock::time_point> serve(Connection& connection);
  void hang_up(int broker);
  Node& node(int broker) const { return *nodes_.at(broker); }

  mutable std::mutex mutex_;
  mutable std::condition_variable received_;
  FakeCluster cluster_;
  std::int64_t topics_made_ = 0;
  std::map<int, std::unique_ptr<Node>> nodes_;
  std::list<Connection> connections_;
  int wake_;
  bool is_over_ = false;
  std::thread thread_;
};

/// A client whose log nobody reads.
std::shared_ptr<const KafkaClient> client_of(const config::ClusterConfig& cluster);

/// Tries until `wanted` returns true; false: it did not in half a minute.
bool eventually(const std::function<bool()>& wanted);

}  // namespace kie::kafka::test
