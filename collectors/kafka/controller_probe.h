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

/// Asks brokers for their active controller, without holding up whoever asks. Brokers forward the
/// request to the controller, and without one they hold it for a minute, with all that waits behind
/// it on the connection: so the probe has connections of its own, which carry nothing else.
/// Source: DescribeQuorum (API 55). Permission: Describe on the cluster; without it the refusal,
/// which is the controller's, proves that there is one.
/// Thread: the cluster's poll thread.
class ControllerProbe {
 public:
  using Clock = std::chrono::steady_clock;

  /// `client`: of its own.
  explicit ControllerProbe(std::shared_ptr<const KafkaClient> client);

  const KafkaClient& client() const { return *client_; }

  /// Asks, unless it is still being asked. `answering`: the brokers that answer other requests now;
  /// what they leave unanswered, their controller has not answered.
  void ask(const std::vector<BrokerId>& answering);

  /// Forgets what is being asked.
  void drop();

  /// What came of it, waiting for at most `wait`; nullopt: it is not known yet, or was told before.
  /// A second broker is asked when the first takes long.
  std::optional<model::ControllerSnapshot> take(std::chrono::milliseconds wait);

  /// When take() should be called again; nullopt: nothing is being asked.
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
  /// The broker that had the controller's answer last.
  BrokerId reaches_controller_{-1};
  /// What has come of it so far.
  model::ControllerSnapshot snapshot_;
  std::vector<BrokerId> left_to_ask_;
  /// A list, because receivers have the addresses of its elements.
  std::list<Attempt> attempts_;
  /// After the client, whose queue it reads.
  std::unique_ptr<RequestBatch> batch_;
};

}  // namespace kie::kafka
