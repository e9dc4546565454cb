#include "collectors/kafka/round.h"

#include <algorithm>
#include <array>

namespace kie::kafka {
namespace {

/// How late it may be noticed that enough has come.
constexpr std::chrono::milliseconds kLookAround{50};

}  // namespace

void Round::ask(Question question, rd_kafka_admin_op_t operation, BrokerId broker, const Send& send,
                Receive receive) {
  auto& asked = asked_.emplace_back(Asked{question, broker, std::move(receive), Clock::now()});
  ++outstanding_;
  const AdminOptionsPtr options{rd_kafka_AdminOptions_new(handle_, operation)};
  std::array<char, 256> text{};
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(timeout_.count()),
                                            text.data(), text.size());
  rd_kafka_AdminOptions_set_opaque(options.get(), &asked);
  // ListOffsets finds the leaders by itself and takes no broker.
  if (question != Question::kListOffsets)
    rd_kafka_AdminOptions_set_broker(options.get(), broker.value, text.data(), text.size());
  send(handle_, options.get(), queue_.get());
}

std::vector<BrokerId> Round::collect(const std::function<bool()>& enough) {
  while (outstanding_ > 0) {
    // A broker that works through many questions is not silent: each answer buys the next one time.
    auto last = Clock::time_point::min();
    for (const auto& asked : asked_) {
      if (asked.answered) continue;
      const auto heard = heard_.find(asked.broker);
      const auto since = heard == heard_.end() ? asked.sent : std::max(asked.sent, heard->second);
      last = std::max(last, since + patience_.wait(asked.question, asked.broker));
    }
    auto left = std::chrono::ceil<std::chrono::milliseconds>(last - Clock::now());
    if (enough) left = std::min(left, kLookAround);
    const EventPtr event{rd_kafka_queue_poll(
        queue_.get(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)))};
    if (!event) {
      if (enough && enough()) {
        ended_early_ = true;
        return {};
      }
      if (Clock::now() >= last) break;
      continue;
    }
    auto* asked = static_cast<Asked*>(rd_kafka_event_opaque(event.get()));
    if (asked == nullptr || asked->answered) continue;
    asked->answered = true;
    --outstanding_;
    // A timeout of librdkafka's own is silence too: it must not teach a long wait.
    if (rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      const auto now = Clock::now();
      patience_.answered(asked->question, asked->broker,
                         std::chrono::duration_cast<std::chrono::milliseconds>(now - asked->sent));
      heard_[asked->broker] = now;
    } else {
      patience_.silent(asked->question, asked->broker);
    }
    asked->receive(event.get());
    if (enough && enough()) {
      ended_early_ = true;
      return {};
    }
  }
  std::vector<BrokerId> silent;
  for (const auto& asked : asked_) {
    if (asked.answered) continue;
    patience_.silent(asked.question, asked.broker);
    silent.push_back(asked.broker);
  }
  return silent;
}

bool Round::finish_late() {
  while (outstanding_ > 0) {
    const EventPtr event{rd_kafka_queue_poll(queue_.get(), 0)};
    if (!event) break;
    auto* asked = static_cast<Asked*>(rd_kafka_event_opaque(event.get()));
    if (asked == nullptr || asked->answered) continue;
    asked->answered = true;
    --outstanding_;
    // Where nobody waited any longer, nobody was late.
    if (!ended_early_ && rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR)
      patience_.answered_late(asked->question, asked->broker);
  }
  return outstanding_ == 0;
}

}  // namespace kie::kafka
