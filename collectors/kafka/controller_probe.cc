#include "collectors/kafka/controller_probe.h"

#include "collectors/kafka/codec/describe_quorum.h"
#include "collectors/kafka/rdkafka.h"

#include <algorithm>
#include <utility>

namespace kie::kafka {
namespace {

using codec::DescribeQuorumRequest;
using codec::DescribeQuorumResponse;
using model::ControllerAnswer;
using std::chrono::milliseconds;

constexpr std::string_view kMetadataTopic = "__cluster_metadata";

/// A controller election takes a second or two: a request during one is answered late.
constexpr milliseconds kDeadline{4000};
/// When a second broker is asked.
constexpr milliseconds kSecondAfter{2000};
constexpr int kMostAsked = 2;
/// How often late answers are checked for.
constexpr milliseconds kLookAgain{250};

std::optional<milliseconds> time_of(std::int64_t since_1970) {
  if (since_1970 < 0) return std::nullopt;
  return milliseconds{since_1970};
}

std::vector<model::QuorumReplica> to_model(
    const std::vector<DescribeQuorumResponse::Replica>& replicas) {
  std::vector<model::QuorumReplica> all;
  all.reserve(replicas.size());
  for (const auto& replica : replicas) {
    auto& one = all.emplace_back();
    one.id = replica.id;
    if (replica.log_end.value >= 0) one.log_end = replica.log_end;
    one.last_caught_up = time_of(replica.last_caught_up);
  }
  return all;
}

/// The partition of the metadata log, or the error in the answer.
Result<model::Quorum> read(const DescribeQuorumResponse& answer) {
  if (answer.error != 0) return tl::unexpected{error_of(answer.error)};
  for (const auto& topic : answer.topics)
    for (const auto& partition : topic.partitions) {
      if (topic.name != kMetadataTopic || partition.id.value != 0) continue;
      if (partition.error != 0) return tl::unexpected{error_of(partition.error)};
      // A quorum that has no leader is no controller.
      if (partition.leader.value < 0) return tl::unexpected{error_of(kNotController)};
      return model::Quorum{.leader = partition.leader,
                           .epoch = partition.leader_epoch,
                           .voters = to_model(partition.voters),
                           .observers = to_model(partition.observers)};
    }
  return tl::unexpected{Error{kBadMessage, "DescribeQuorum: the answer lacks the metadata log"}};
}

}  // namespace

ControllerProbe::ControllerProbe(std::shared_ptr<const KafkaClient> client)
    : client_(std::move(client)), timeouts_(kDeadline, kDeadline) {}

void ControllerProbe::ask(const std::vector<BrokerId>& answering) {
  if (std::exchange(is_asking_, true)) return;
  asked_at_ = Clock::now();
  snapshot_ = {};
  attempts_.clear();
  batch_ = std::make_unique<RequestBatch>(*client_, timeouts_, kDeadline);
  left_to_ask_ = answering;
  if (answering.empty()) {
    snapshot_.why = "no broker answers at its advertised address";
    return;
  }
  // Each broker in its turn.
  const auto first = static_cast<std::ptrdiff_t>(turn_++ % answering.size());
  std::ranges::rotate(left_to_ask_, left_to_ask_.begin() + first);
  ask_next();
}

ControllerProbe::Clock::time_point ControllerProbe::given_up(const Attempt& attempt) const {
  return std::max(attempts_.front().sent + kDeadline, attempt.sent + kDeadline - kSecondAfter);
}

ControllerProbe::Clock::time_point ControllerProbe::next_step() const {
  if (attempts_.empty()) return Clock::now();
  return can_ask_next() ? attempts_.front().sent + kSecondAfter : given_up(attempts_.back());
}

bool ControllerProbe::can_ask_next() const {
  return !left_to_ask_.empty() && attempts_.size() < kMostAsked;
}

void ControllerProbe::ask_next() {
  if (!can_ask_next()) return;
  // Two brokers that are cut off from the controllers must not decide for all: if another one got
  // the last answer, it is the second.
  auto next = std::ranges::find(left_to_ask_, reaches_controller_);
  if (attempts_.empty() || next == left_to_ask_.end()) next = left_to_ask_.begin();
  const auto broker = *next;
  left_to_ask_.erase(next);
  send(broker);
}

void ControllerProbe::send(BrokerId broker) {
  auto& attempt = attempts_.emplace_back(Attempt{.broker = broker, .sent = Clock::now()});
  DescribeQuorumRequest request;
  request.topics.push_back({.name = kMetadataTopic, .partitions = {{.id = PartitionId{0}}}});
  batch_->send<DescribeQuorumResponse>(
      Question::kQuorum, broker, std::move(request),
      [this, &attempt](const Result<DescribeQuorumResponse>& answer, BrokerId) {
        if (!answer) return receive(attempt, answer.error());
        auto quorum = read(*answer);
        if (!quorum) return receive(attempt, quorum.error());
        attempt.outcome = Outcome::kDecided;
        reaches_controller_ = attempt.broker;
        snapshot_.answer = ControllerAnswer::kAnswered;
        snapshot_.quorum = std::move(*quorum);
        snapshot_.why.clear();
      });
}

void ControllerProbe::receive(Attempt& attempt, const Error& error) {
  snapshot_.why = "broker " + std::to_string(attempt.broker.value) + ": " + error.text;
  if (error.code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE || error.code == kUnsupportedVersion) {
    attempt.outcome = Outcome::kUnsupported;
    // A cluster that leaves ZooKeeper has the request one day: brokers restart, and this client's
    // connection is the only one that would notice.
    client_->versions().forget(attempt.broker);
  } else if (error.code == kClusterAuthorizationFailed) {
    attempt.outcome = Outcome::kDecided;
    reaches_controller_ = attempt.broker;
    snapshot_.answer = ControllerAnswer::kRefused;
  } else if (error.code == RD_KAFKA_RESP_ERR__TIMED_OUT) {
    attempt.outcome = outcome_of_silence(attempt);
  } else if (error.code == kRequestTimedOut || error.code == kNotController ||
             error.code == kNotLeaderOrFollower) {
    attempt.outcome = Outcome::kNoController;
  } else {
    // librdkafka's own errors, and Kafka's that show nothing about a controller.
    attempt.outcome = Outcome::kNotReached;
  }
}

ControllerProbe::Outcome ControllerProbe::outcome_of_silence(const Attempt& attempt) const {
  return batch_->was_sent(codec::kDescribeQuorum, attempt.broker) ? Outcome::kNoController
                                                                  : Outcome::kNotReached;
}

void ControllerProbe::drop() {
  is_asking_ = false;
  attempts_.clear();
  batch_.reset();
}

bool ControllerProbe::is_over() const {
  return std::ranges::any_of(attempts_,
                             [](const Attempt& one) { return one.outcome == Outcome::kDecided; }) ||
         std::ranges::none_of(attempts_,
                              [](const Attempt& one) { return one.outcome == Outcome::kOpen; });
}

std::optional<model::ControllerSnapshot> ControllerProbe::take(milliseconds wait) {
  if (!is_asking_) return std::nullopt;
  const auto until = Clock::now() + wait;
  do {
    const auto enough = std::min(until, next_step());
    batch_->await([&] { return is_over() || Clock::now() >= enough; });
    const auto now = Clock::now();
    for (auto& attempt : attempts_)
      if (attempt.outcome == Outcome::kOpen && now >= given_up(attempt))
        attempt.outcome = outcome_of_silence(attempt);
    const bool all_failed = is_over();
    const bool is_late = !attempts_.empty() && now >= attempts_.front().sent + kSecondAfter;
    if ((all_failed && snapshot_.answer == ControllerAnswer::kUnknown) || is_late) ask_next();
    if (is_over()) return conclude();
  } while (Clock::now() < until);
  return std::nullopt;
}

std::optional<model::ControllerSnapshot> ControllerProbe::conclude() {
  const auto none = std::ranges::count(attempts_, Outcome::kNoController, &Attempt::outcome);
  const auto unsupported = std::ranges::count(attempts_, Outcome::kUnsupported, &Attempt::outcome);
  is_asking_ = false;
  auto snapshot = std::exchange(snapshot_, {});
  snapshot.at = Clock::now();
  snapshot.took = snapshot.at - asked_at_;
  // Brokers whose connection broke show nothing about their controller.
  if (snapshot.answer == ControllerAnswer::kUnknown && none > 0 && none == std::ssize(attempts_) &&
      (none == kMostAsked || left_to_ask_.empty())) {
    snapshot.answer = ControllerAnswer::kNone;
    snapshot.why =
        "no controller answers the brokers within " + std::to_string(kDeadline.count()) + " ms";
  }
  // Both: in a migration from ZooKeeper only some brokers have the request.
  if (unsupported > 0 && unsupported == std::ssize(attempts_))
    snapshot.answer = ControllerAnswer::kUnsupported;
  batch_.reset();
  return snapshot;
}

std::optional<ControllerProbe::Clock::time_point> ControllerProbe::due() const {
  if (!is_asking_) return std::nullopt;
  return Clock::now() + kLookAgain;
}

}  // namespace kie::kafka
