#pragma once

#include "collectors/kafka/patience.h"
#include "collectors/kafka/rdkafka.h"

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <vector>

namespace kie::kafka {

/// Sends questions of the Admin API, each aimed at one broker, and takes their answers as they
/// come. A question that is not answered in its broker's time is left behind; its answer, when it
/// comes, teaches patience and nothing else.
/// Thread: the cluster's poll thread.
class Round {
 public:
  /// Sends the request; must use the options and the queue that it is given.
  using Send = std::function<void(rd_kafka_t*, const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;
  using Receive = std::function<void(rd_kafka_event_t*)>;

  Round(rd_kafka_t* handle, Patience& patience, std::chrono::milliseconds timeout)
      : handle_(handle),
        patience_(patience),
        timeout_(timeout),
        queue_(rd_kafka_queue_new(handle)) {}

  void ask(Question question, rd_kafka_admin_op_t operation, BrokerId broker, const Send& send,
           Receive receive);

  /// Waits for the answers and gives each to its receiver, errors included. Returns the brokers
  /// that kept silent. Ends early when `enough` says so, which is asked after each answer and every
  /// 50 ms; nobody is silent then.
  std::vector<BrokerId> collect(const std::function<bool()>& enough = nullptr);

  /// Takes late answers without waiting. True when nothing is outstanding any more.
  bool finish_late();

 private:
  using Clock = std::chrono::steady_clock;

  struct Asked {
    Question question;
    BrokerId broker;
    Receive receive;
    Clock::time_point sent;
    bool answered = false;
  };

  rd_kafka_t* handle_;
  Patience& patience_;
  std::chrono::milliseconds timeout_;
  QueuePtr queue_;
  // A list, because librdkafka holds the addresses of its elements until it has answered.
  std::list<Asked> asked_;
  /// When each broker last answered in this round.
  std::map<BrokerId, Clock::time_point> heard_;
  std::size_t outstanding_ = 0;
  bool ended_early_ = false;
};

}  // namespace kie::kafka
