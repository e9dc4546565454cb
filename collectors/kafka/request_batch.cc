#include "collectors/kafka/request_batch.h"

#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/event.h"

#include <algorithm>
#include <utility>

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;

/// How often `enough` is checked.
constexpr milliseconds kLookAround{50};

/// For all brokers of a batch that librdkafka does not know yet: it then reads the broker list.
constexpr milliseconds kUntilKnown{500};

/// For a connection to any broker.
constexpr milliseconds kUntilConnected{3000};

bool lost_connection(int error) {
  return error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
         error == RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE ||
         error == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE;
}

}  // namespace

RequestBatch::RequestBatch(const KafkaClient& client, BrokerTimeouts& timeouts,
                           milliseconds timeout)
    : client_(&client),
      timeouts_(&timeouts),
      timeout_(timeout),
      queue_(rd_kafka_queue_new(client.handle())) {}

void RequestBatch::add(Entry request) {
  auto& added = requests_.emplace_back(std::move(request));
  added.since = Clock::now();
  ++outstanding_;
  send_or_wait(added);
}

void RequestBatch::send_or_wait(Entry& request) {
  // All supported brokers know the oldest version.
  if (request.broker == kAnyBroker) return send_now(request, request.api->oldest);
  const auto known = client_->versions().find(request.broker);
  if (!known) return ask_versions(request.broker);
  if (const auto version = codec::choose_version(*request.api, *known))
    return send_now(request, *version);
  auto error = make_error(RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE);
  error.text += "; the broker has no version of " + std::string{request.api->name} +
                " that this exporter knows";
  finish(request, tl::unexpected{std::move(error)}, request.broker);
}

void RequestBatch::send_now(Entry& request, std::int16_t version) {
  request.is_sent = true;
  request.version = version;
  const auto body = request.encode(version);
  auto wait = milliseconds{0};
  if (request.broker == kAnyBroker) {
    wait = std::min(kUntilConnected, timeout_);
  } else if (!timeouts_->last_answer(request.broker) &&
             !timeouts_->is_unresponsive(request.broker)) {
    wait = std::max(kUntilKnown - waited_until_known_, milliseconds{0});
  }
  const auto begun = Clock::now();
  rd_kafka_raw_request(client_->handle(), request.broker.value, static_cast<int>(wait.count()),
                       request.api->key, version, codec::is_flexible(*request.api, version) ? 1 : 0,
                       body.data(), body.size(), static_cast<int>(timeout_.count()), queue_.get(),
                       &request);
  // The time to answer begins when the request is sent.
  request.since = Clock::now();
  if (request.broker != kAnyBroker)
    waited_until_known_ += std::chrono::duration_cast<milliseconds>(request.since - begun);
}

void RequestBatch::ask_versions(BrokerId broker) {
  const auto is_asked = [&](const Entry& one) {
    return one.api == &codec::kApiVersions && one.broker == broker && !one.is_answered;
  };
  if (std::ranges::any_of(requests_, is_asked)) return;
  auto& request = requests_.emplace_back();
  request.question = Question::kApiVersions;
  request.broker = broker;
  request.api = &codec::kApiVersions;
  request.encode = [](std::int16_t version) {
    return codec::encode(codec::ApiVersionsRequest{}, version);
  };
  request.receive = [this](const Result<Raw>& raw, BrokerId by) { take_versions(raw, by); };
  request.since = Clock::now();
  ++outstanding_;
  send_now(request, codec::kApiVersions.oldest);
}

void RequestBatch::take_versions(const Result<Raw>& raw, BrokerId broker) {
  std::optional<Error> error;
  if (!raw) {
    error = raw.error();
  } else if (auto answer = codec::decode<codec::ApiVersionsResponse>(raw->bytes, raw->version);
             !answer) {
    error = answer.error();
  } else if (answer->error != 0) {
    error = error_of(answer->error);
  } else {
    client_->versions().set(broker,
                            std::make_shared<const codec::ApiVersionsResponse>(std::move(*answer)));
  }
  for (auto& request : requests_) {
    if (request.broker != broker || request.is_sent || request.is_answered) continue;
    if (error) {
      finish(request, tl::unexpected{*error}, broker);
    } else {
      send_or_wait(request);
    }
  }
}

void RequestBatch::finish(Entry& request, const Result<Raw>& raw, BrokerId by) {
  request.is_answered = true;
  --outstanding_;
  request.receive(raw, by);
}

void RequestBatch::QueueDeleter::operator()(rd_kafka_queue_s* queue) const noexcept {
  rd_kafka_queue_destroy(queue);
}

RequestBatch::Entry* RequestBatch::take(rd_kafka_op_s* event) {
  auto* request = static_cast<Entry*>(rd_kafka_event_opaque(event));
  return request == nullptr || request->is_answered ? nullptr : request;
}

RequestBatch::Clock::time_point RequestBatch::deadline() const {
  // A broker with many requests is not unresponsive: the time for each request begins after the
  // last answer.
  auto last = Clock::time_point::min();
  for (const auto& request : requests_) {
    if (request.is_answered) continue;
    const auto answered = answered_.find(request.broker);
    const auto since =
        answered == answered_.end() ? request.since : std::max(request.since, answered->second);
    last = std::max(last, since + timeouts_->wait(request.question, request.broker));
  }
  return last;
}

std::vector<BrokerId> RequestBatch::await(const std::function<bool()>& enough) {
  ended_early_ = false;
  while (outstanding_ > 0) {
    const auto last = deadline();
    auto left = std::chrono::ceil<milliseconds>(last - Clock::now());
    if (enough) left = std::min(left, kLookAround);
    const EventPtr event{rd_kafka_queue_poll(
        queue_.get(), static_cast<int>(std::max<std::int64_t>(left.count(), 0)))};
    if (event) {
      auto* request = take(event.get());
      if (request == nullptr) continue;
      const auto now = Clock::now();
      if (auto ok = check_event(event.get()); !ok) {
        // librdkafka's own timeout counts as no answer: it must not cause a longer wait.
        timeouts_->unanswered(request->question, request->broker);
        if (lost_connection(ok.error().code)) client_->versions().forget(request->broker);
        finish(*request, tl::unexpected{ok.error()}, request->broker);
      } else {
        timeouts_->answered(request->question, request->broker,
                            std::chrono::duration_cast<milliseconds>(now - request->since), now);
        answered_[request->broker] = now;
        std::size_t size = 0;
        const auto* bytes =
            static_cast<const char*>(rd_kafka_event_raw_response(event.get(), &size));
        finish(*request, Raw{{bytes, size}, request->version},
               BrokerId{rd_kafka_event_raw_response_broker_id(event.get())});
      }
    }
    if (enough && enough()) {
      ended_early_ = true;
      break;
    }
    if (!event && Clock::now() >= last) break;
  }
  std::vector<BrokerId> silent;
  for (const auto& request : requests_) {
    if (request.is_answered || ended_early_) continue;
    timeouts_->unanswered(request.question, request.broker);
    silent.push_back(request.broker);
  }
  std::ranges::sort(silent);
  const auto rest = std::ranges::unique(silent);
  silent.erase(rest.begin(), rest.end());
  return silent;
}

bool RequestBatch::was_sent(const codec::ApiSpec& api, BrokerId broker) const {
  return std::ranges::any_of(requests_, [&](const Entry& one) {
    return one.api == &api && one.broker == broker && one.is_sent;
  });
}

bool RequestBatch::drain_late() {
  // A request that waits for its broker's versions is never sent: only await() takes these.
  for (auto& request : requests_)
    if (!request.is_sent && !std::exchange(request.is_answered, true)) --outstanding_;
  while (outstanding_ > 0) {
    const EventPtr event{rd_kafka_queue_poll(queue_.get(), 0)};
    if (!event) break;
    auto* request = take(event.get());
    if (request == nullptr) continue;
    request->is_answered = true;
    --outstanding_;
    // If the wait ended early, the answer is not late.
    if (!ended_early_ && rd_kafka_event_error(event.get()) == RD_KAFKA_RESP_ERR_NO_ERROR)
      timeouts_->answered_late(request->question, request->broker, Clock::now());
  }
  return outstanding_ == 0;
}

}  // namespace kie::kafka
