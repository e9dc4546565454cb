#pragma once

#include "collectors/kafka/request_batch.h"
#include "collectors/model/controller.h"

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace kie::kafka {

/// Asks brokers for their active controller, without blocking the caller. Brokers forward the
/// request to the controller; without one they hold it for a minute, and block the connection. So
/// the probe has connections of its own, for these requests only.
/// Source: DescribeQuorum (API 55). Permission: Describe on the cluster; without it the refusal,
/// which is the controller's, proves that there is one.
/// Thread: the cluster's poll thread.
class ControllerProbe {
 public:
  using Clock = std::chrono::steady_clock;

  /// `client`: used by nothing else.
  explicit ControllerProbe(std::shared_ptr<const KafkaClient> client);

  const KafkaClient& client() const { return *client_; }

  /// Sends a request, unless one is in progress. `answering`: the brokers that answer other
  /// requests now; if they do not answer this one, their controller has not answered.
  void ask(const std::vector<BrokerId>& answering);

  /// Drops the request in progress.
  void drop();

  /// Returns the result, waits for at most `wait`; nullopt: not known yet, or returned before. Asks
  /// a second broker when the first takes long.
  std::optional<model::ControllerSnapshot> take(std::chrono::milliseconds wait);

  /// When take() should be called again; nullopt: no request is in progress.
  std::optional<Clock::time_point> due() const;

 private:
  enum class Outcome : std::uint8_t {
    kOpen,
    kDecided,
    kNoController,
    /// The broker does not have the request.
    kUnsupported,
    kNotReached,
  };

  struct Attempt {
    BrokerId broker;
    Clock::time_point sent;
    Outcome outcome = Outcome::kOpen;
  };

  void send(BrokerId broker);
  void receive(Attempt& attempt, const Error& error);
  /// A broker that did not tell its versions was not asked for the controller.
  Outcome outcome_of_silence(const Attempt& attempt) const;
  /// When an attempt that is not answered counts as no controller.
  Clock::time_point given_up(const Attempt& attempt) const;
  /// When to ask a second broker or give up.
  Clock::time_point next_step() const;
  bool can_ask_next() const;
  void ask_next();
  bool is_over() const;
  std::optional<model::ControllerSnapshot> conclude();

  std::shared_ptr<const KafkaClient> client_;
  BrokerTimeouts timeouts_;
  std::size_t turn_ = 0;

  bool is_asking_ = false;
  Clock::time_point asked_at_;
  /// The broker that last passed on an answer of the controller.
  std::optional<BrokerId> reaches_controller_;
  /// The result so far.
  model::ControllerSnapshot snapshot_;
  std::vector<BrokerId> left_to_ask_;
  /// A list, because receivers have the addresses of its elements.
  std::list<Attempt> attempts_;
  /// After the client, whose queue it reads.
  std::unique_ptr<RequestBatch> batch_;
};

}  // namespace kie::kafka
