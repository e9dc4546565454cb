#include "collectors/risk/producer.h"

#include "collectors/risk/settings_reader.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace kie::risk {
namespace {

using enum RuleId;

/// The number of a producer's batches that brokers remember.
constexpr std::int64_t kMostInFlight = 5;

milliseconds sum_of_backoffs(std::int64_t retries, std::int64_t first, std::int64_t most,
                             bool is_exponential) {
  if (retries <= 0 || first <= 0) return {};
  std::int64_t sum = 0;
  auto next = first;
  for (std::int64_t i = 0; i < retries; ++i) {
    if (!is_exponential || next >= most) {
      const auto each = is_exponential ? most : first;
      const auto rest = retries - i;
      if (rest > (kUnlimited - sum) / each) return milliseconds{kUnlimited};
      return milliseconds{sum + rest * each};
    }
    sum += next;
    next *= 2;
  }
  return milliseconds{sum};
}

/// KIP-580: a first backoff above the maximum is reduced to it.
void backoffs(Effective& out, std::int64_t first, std::int64_t most, bool is_exponential) {
  if (is_exponential) first = std::min(first, most);
  out.retry_time = sum_of_backoffs(out.retries, first, most, is_exponential);
}

/// The other settings that idempotence needs.
std::vector<Wanted> in_the_way(const Effective& out, const SettingsReader& reader) {
  std::vector<Wanted> wanted;
  const auto want = [&](Names names, std::string value) {
    wanted.push_back({std::string(reader.name(names)), std::move(value)});
  };
  if (out.acks != "all") want(kAcks, "all");
  if (out.retries < 1) want(kRetries, std::to_string(kUnlimited));
  if (out.in_flight > kMostInFlight && reader.has(kInFlight))
    want(kInFlight, std::to_string(kMostInFlight));
  return wanted;
}

std::vector<Wanted> for_idempotence(const Effective& out, const SettingsReader& reader) {
  auto wanted = in_the_way(out, reader);
  if (out.idempotence != Idempotence::kSwitchedOff)
    wanted.insert(wanted.begin(), {std::string(kIdempotence.front()), "true"});
  return wanted;
}

void java(SettingsReader& reader, const ClientRelease& client, Effective& out) {
  // Idempotence by default: in 3.0.0 and 3.1.0 only the documentation had it (KAFKA-13598).
  using Version = ClientRelease::Version;
  const bool by_default =
      client.since({3, 2, 0}) || (client.version && *client.version >= Version{3, 0, 1} &&
                                  *client.version != Version{3, 1, 0});
  // Before it was the default, transactions switched it on, and it set acks=all.
  const bool is_old = !client.since({3, 0, 0});
  const bool is_brought = is_old && reader.is_transactional();
  const auto given = reader.flag(kIdempotence);
  const bool is_wanted = given.value_or(by_default || is_brought);
  out.acks = reader.acks(!is_old || is_wanted ? "all" : "1");
  out.in_flight = reader.number(kInFlight, 5, {1, kUnlimited});
  // Idempotence has always brought its own default.
  out.retries = reader.number(kRetries, client.since({2, 1, 0}) || is_wanted ? kUnlimited : 0,
                              {0, kUnlimited});
  const auto backoff = reader.number(kBackoff, 100, {0, kMostLong});
  backoffs(out, backoff, reader.number(kMostBackoff, 1000, {0, kMostLong}),
           client.since({3, 7, 0}));

  if (given) {
    out.idempotence = *given ? Idempotence::kOn : Idempotence::kOff;
  } else {
    out.idempotence = is_wanted ? Idempotence::kOnByDefault : Idempotence::kOffByDefault;
  }
  const auto conflict = [&](Names names, std::string_view needs, std::string wanted,
                            bool is_refused) {
    if (is_refused) {
      reader.refuse(names, std::string(needs) + " when idempotence is on", std::move(wanted));
    } else if (out.idempotence == Idempotence::kOnByDefault) {
      out.idempotence = Idempotence::kSwitchedOff;
      out.switched_off_by = reader.name(names);
    }
  };
  if (is_wanted) {
    const bool is_explicit = given || is_brought;
    if (out.retries == 0) conflict(kRetries, "above 0", std::to_string(kUnlimited), is_explicit);
    if (out.acks != "all") conflict(kAcks, "all", "all", is_explicit);
    if (out.in_flight > kMostInFlight)
      conflict(kInFlight, "5 at most", "5", is_explicit || client.since({4, 0, 0}));
  }
  if (reader.has(kTransactionalId) && !reader.is_transactional()) {
    out.refusals.push_back({"transactional.id", "transactional.id must not be empty.", {}});
  } else if (reader.is_transactional() && !out.is_idempotent()) {
    out.refusals.push_back({"transactional.id", "transactional.id needs idempotence, which is off.",
                            for_idempotence(out, reader)});
  }

  // KIP-91.
  const auto linger = reader.number(kLinger, client.since({4, 0, 0}) ? 5 : 0, {0, kMostLong});
  const auto least =
      std::min(linger + reader.number(kRequestTimeout, 30'000, {0, kUnlimited}), kUnlimited);
  constexpr std::int64_t kDefault = 120'000;
  auto timeout = reader.number(kDeliveryTimeout, kDefault, {0, kUnlimited});
  if (timeout < least) {
    if (reader.has(kDeliveryTimeout))
      reader.refuse(kDeliveryTimeout,
                    "at least linger.ms + request.timeout.ms, which is " + std::to_string(least),
                    std::to_string(std::max(least, kDefault)));
    timeout = least;
  }
  out.delivery_timeout = milliseconds{timeout};
  out.safe_delivery_timeout = {
      {std::string(reader.name(kDeliveryTimeout)), std::to_string(std::max(least, kDefault))}};
}

void librdkafka(SettingsReader& reader, const ClientRelease& client, Effective& out) {
  const auto given = reader.flag(kIdempotence);
  const bool is_transactional = reader.is_transactional();
  const auto transaction_timeout = reader.number(kTransactionTimeout, 60'000, {1000, kUnlimited});
  const bool is_on = given.value_or(is_transactional);
  out.idempotence = given ? (*given ? Idempotence::kOn : Idempotence::kOff)
                          : (is_on ? Idempotence::kOnByDefault : Idempotence::kOffByDefault);
  out.acks = reader.acks("all");
  out.in_flight = reader.number(kInFlight, is_on ? kMostInFlight : 1'000'000, {1, 1'000'000});
  out.retries =
      reader.number(kRetries, client.since({1, 5, 2}) || is_on ? kUnlimited : 2, {0, kUnlimited});
  constexpr Range kBackoffs{1, 300'000};
  const auto backoff = reader.number(kBackoff, 100, kBackoffs);
  backoffs(out, backoff, reader.number(kMostBackoff, 1000, kBackoffs), client.since({2, 3, 0}));
  if (is_on) {
    if (out.in_flight > kMostInFlight)
      reader.refuse(kInFlight, "5 at most when idempotence is on", "5");
    if (out.retries < 1)
      reader.refuse(kRetries, "above 0 when idempotence is on", std::to_string(kUnlimited));
    if (out.acks != "all") reader.refuse(kAcks, "all when idempotence is on", "all");
  } else if (is_transactional) {
    out.refusals.push_back({"transactional.id", "transactional.id needs enable.idempotence=true.",
                            for_idempotence(out, reader)});
  } else if (reader.flag(kGapless).value_or(false)) {
    out.refusals.push_back({std::string(kIdempotence.front()),
                            "enable.idempotence must be true for enable.gapless.guarantee.",
                            for_idempotence(out, reader)});
  }
  const auto socket_timeout = reader.number(kSocketTimeout, 60'000, {10, 300'000});
  if (is_transactional && reader.has(kSocketTimeout) && socket_timeout > transaction_timeout + 100)
    reader.refuse(kSocketTimeout, "transaction.timeout.ms + 100 at most",
                  std::to_string(transaction_timeout));

  constexpr std::int64_t kDefault = 300'000;
  const auto linger = reader.number(kLinger, 5, {0, 900'000});
  auto safe = is_transactional ? std::min(transaction_timeout, kDefault) : kDefault;
  if (reader.has(kLinger)) safe = std::max(safe, 2 * linger);
  // The time of an election, if it has to be raised.
  if (is_transactional) safe = std::max<std::int64_t>(safe, 60'000);
  if (is_transactional && safe > transaction_timeout)
    out.safe_delivery_timeout.push_back({"transaction.timeout.ms", std::to_string(safe)});
  out.safe_delivery_timeout.push_back(
      {std::string(reader.name(kDeliveryTimeout)), std::to_string(safe)});
  const auto timeout = reader.number(
      kDeliveryTimeout, is_transactional ? transaction_timeout : kDefault, {0, kUnlimited});
  if (is_transactional && timeout > transaction_timeout)
    reader.refuse(kDeliveryTimeout,
                  "transaction.timeout.ms at most, which is " + std::to_string(transaction_timeout),
                  out.safe_delivery_timeout);
  if (reader.has(kLinger) && timeout != 0 && timeout <= linger)
    reader.refuse(kDeliveryTimeout, "above " + std::string(reader.name(kLinger)),
                  out.safe_delivery_timeout);
  if (timeout != 0) out.delivery_timeout = milliseconds{timeout};
}

class ProducerEvaluation {
 public:
  ProducerEvaluation(const Given& given, const ClientRelease& client, const Thresholds& thresholds)
      : client_(client),
        thresholds_(thresholds),
        out_(effective(given, client)),
        reader_(given, client, out_) {}

  std::vector<Finding> run() {
    if (out_.acks != "all") acks();
    idempotence();
    if (out_.in_flight > kMostInFlight && out_.wants_idempotence()) in_flight();
    if (out_.delivery_timeout && *out_.delivery_timeout < thresholds_.min_delivery_timeout)
      delivery_timeout(*out_.delivery_timeout);
    // Without a limit only the delivery timeout ends them.
    if (out_.retries != kUnlimited && out_.retry_time < thresholds_.min_retry_time) retries();
    for (const auto& refusal : out_.refusals) {
      auto& finding = findings_.emplace_back();
      finding.rule = kClientRefuses;
      finding.severity = rule(kClientRefuses).severity;
      finding.setting = refusal.key;
      finding.note = to_string(client_) + " does not start: " + refusal.text;
      finding.wanted = refusal.wanted;
    }
    return std::move(findings_);
  }

 private:
  Finding& add(RuleId id, Names names, std::string value, std::string wanted) {
    const auto key = std::string(reader_.name(names));
    return findings_.emplace_back(
        Finding{.rule = id,
                .severity = rule(id).severity,
                .name = {},
                .setting = key,
                .value = std::move(value),
                .origin = std::string(reader_.has(names) ? "given" : "the client's default"),
                .note = {},
                .wanted = {{key, std::move(wanted)}},
                .wanted_replicas = {},
                .exemption = {}});
  }

  void acks() {
    auto& finding = add(kAcksNotAll, kAcks, out_.acks, "all");
    if (out_.acks == "0")
      finding.note = "With 0 the broker does not even confirm that the record arrived.";
  }

  void idempotence() {
    if (out_.is_idempotent()) return;
    auto& finding = add(kIdempotenceOff, kIdempotence, "false", "true");
    finding.wanted = for_idempotence(out_, reader_);
    if (out_.idempotence == Idempotence::kSwitchedOff) {
      finding.setting = out_.switched_off_by;
      finding.value = value_of(out_.switched_off_by);
      finding.origin = "given";
      finding.note = to_string(client_) + " has it on by default, and " + out_.switched_off_by +
                     " switches it off and says so only in its log.";
    }
    if (out_.in_flight > 1 && out_.retries > 0) {
      if (!finding.note.empty()) finding.note += ' ';
      finding.note += "With more than one request in flight a retry may change the order, too.";
    }
  }

  void delivery_timeout(milliseconds timeout) {
    add(kDeliveryTimeoutShort, kDeliveryTimeout, std::to_string(timeout.count()), "").wanted =
        out_.safe_delivery_timeout;
  }

  void retries() {
    auto& finding =
        add(kRetriesLow, kRetries, std::to_string(out_.retries), std::to_string(kUnlimited));
    finding.note = "All backoffs together are " + std::to_string(out_.retry_time.count()) + " ms.";
  }

  void in_flight() {
    auto& finding = add(kInFlightAbove5, kInFlight, std::to_string(out_.in_flight), "5");
    const bool is_refused = std::ranges::any_of(
        out_.refusals, [&](const auto& refusal) { return refusal.key == finding.setting; });
    finding.note = is_refused ? to_string(client_) + " does not start with it."
                              : to_string(client_) +
                                    " switches idempotence off instead; from 4.0 on it does not "
                                    "start.";
  }

  std::string value_of(std::string_view key) const {
    if (key == kAcks.front()) return out_.acks;
    if (key == kRetries.front()) return std::to_string(out_.retries);
    return std::to_string(out_.in_flight);
  }

  const ClientRelease& client_;
  const Thresholds& thresholds_;
  Effective out_;
  SettingsReader reader_;
  std::vector<Finding> findings_;
};

}  // namespace

Effective effective(const Given& given, const ClientRelease& client) {
  Effective out;
  SettingsReader reader{given, client, out};
  if (client.is(ClientKind::kJava)) {
    java(reader, client, out);
  } else {
    librdkafka(reader, client, out);
  }
  return out;
}

bool is_value_judged(std::string_view key) {
  return std::ranges::any_of(
      std::initializer_list<Names>{kAcks, kInFlight, kRetries, kDeliveryTimeout, kLinger,
                                   kIdempotence, kTransactionTimeout, kRequestTimeout,
                                   kSocketTimeout, kBackoff, kMostBackoff, kGapless},
      [&](Names names) { return std::ranges::find(names, key) != names.end(); });
}

std::vector<Finding> evaluate(const Given& given, const ClientRelease& client,
                              const Thresholds& thresholds) {
  return ProducerEvaluation{given, client, thresholds}.run();
}

}  // namespace kie::risk
