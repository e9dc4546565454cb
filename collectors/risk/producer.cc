#include "collectors/risk/producer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <span>
#include <utility>

namespace kie::risk {
namespace {

using enum RuleId;

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int32_t>::max();
/// Longer than any setting in milliseconds can mean, and short enough that sums of them have room.
constexpr std::int64_t kMostNumber = 1'000'000'000'000'000;
/// What brokers remember of a producer's batches.
constexpr std::int64_t kMostInFlight = 5;

/// Of librdkafka's aliases the last in its own order would win; whoever gives two means one thing.
using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 2> kAcks{"acks", "request.required.acks"};
constexpr std::array<std::string_view, 2> kInFlight{"max.in.flight.requests.per.connection",
                                                    "max.in.flight"};
constexpr std::array<std::string_view, 2> kRetries{"retries", "message.send.max.retries"};
constexpr std::array<std::string_view, 2> kDeliveryTimeout{"delivery.timeout.ms",
                                                           "message.timeout.ms"};
constexpr std::array<std::string_view, 2> kLinger{"linger.ms", "queue.buffering.max.ms"};
constexpr std::array<std::string_view, 1> kIdempotence{"enable.idempotence"};
constexpr std::array<std::string_view, 1> kTransactionalId{"transactional.id"};
constexpr std::array<std::string_view, 1> kTransactionTimeout{"transaction.timeout.ms"};
constexpr std::array<std::string_view, 1> kRequestTimeout{"request.timeout.ms"};
constexpr std::array<std::string_view, 1> kSocketTimeout{"socket.timeout.ms"};
constexpr std::array<std::string_view, 1> kBackoff{"retry.backoff.ms"};
constexpr std::array<std::string_view, 1> kMostBackoff{"retry.backoff.max.ms"};
constexpr std::array<std::string_view, 1> kGapless{"enable.gapless.guarantee"};

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string lower(std::string_view text) {
  std::string result{text};
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

/// The settings of one producer, read as its client reads them.
class Reader {
 public:
  Reader(const Given& given, const Client& client, std::vector<std::string>& unreadable)
      : given_(given), client_(client), unreadable_(unreadable) {}

  /// Under the first of its names; Java has but one.
  const std::string* find(Names names) const {
    for (const auto name : names) {
      const auto found = given_.find(name);
      if (found != given_.end()) return &found->second;
      if (client_.is(ClientKind::kJava)) break;
    }
    return nullptr;
  }

  bool has(Names names) const { return find(names) != nullptr; }

  /// The name under which it is given, or that the client prefers.
  std::string_view name(Names names) const {
    for (const auto name : names)
      if (given_.contains(name)) return name;
    return names.front();
  }

  std::int64_t number(Names names, std::int64_t otherwise) {
    const auto* text = find(names);
    if (text == nullptr) return otherwise;
    const auto plain = trimmed(*text);
    std::int64_t number = 0;
    const auto* const begin = plain.data();
    const auto* const end = begin + plain.size();
    auto [stop, error] = std::from_chars(begin, end, number);
    // librdkafka takes fractions of a millisecond for linger.ms.
    if (error == std::errc{} && stop != end && *stop == '.' && client_.is(ClientKind::kLibrdkafka))
      stop = std::find_if_not(stop + 1, end, [](char c) { return c >= '0' && c <= '9'; });
    if (error == std::errc{} && stop == end && number >= -kMostNumber && number <= kMostNumber)
      return number;
    unreadable(names);
    return otherwise;
  }

  std::optional<bool> flag(Names names) {
    const auto* text = find(names);
    if (text == nullptr) return std::nullopt;
    const auto word = lower(trimmed(*text));
    const bool is_librdkafka = client_.is(ClientKind::kLibrdkafka);
    if (word == "true" || (is_librdkafka && (word == "t" || word == "1"))) return true;
    if (word == "false" || (is_librdkafka && (word == "f" || word == "0"))) return false;
    unreadable(names);
    return std::nullopt;
  }

  std::string acks(const std::string& otherwise) {
    const auto* text = find(kAcks);
    if (text == nullptr) return otherwise;
    auto word = lower(trimmed(*text));
    if (word == "all" || word == "-1") return "all";
    if (word == "0" || word == "1") return word;
    // librdkafka's brokers take more of them for all, as the oldest did.
    unreadable(kAcks);
    return otherwise;
  }

 private:
  void unreadable(Names names) { unreadable_.emplace_back(name(names)); }

  const Given& given_;
  const Client& client_;
  std::vector<std::string>& unreadable_;
};

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

void refuse(Effective& out, std::string_view key, std::string text) {
  out.refusals.push_back({std::string(key), std::move(text)});
}

Effective java(Reader& reader, const Client& client) {
  Effective out;
  // Idempotence by default: 3.0.0 and 3.1.0 had it in their text only (KAFKA-13598).
  using Version = Client::Version;
  const bool by_default =
      client.since({3, 2, 0}) || (client.version && *client.version >= Version{3, 0, 1} &&
                                  *client.version != Version{3, 1, 0});
  out.acks = reader.acks(client.since({3, 0, 0}) ? "all" : "1");
  out.in_flight = reader.number(kInFlight, 5);
  out.retries = reader.number(kRetries, client.since({2, 1, 0}) ? kUnlimited : 0);
  const auto backoff = reader.number(kBackoff, 100);
  // KIP-580.
  out.retry_time =
      sum_of_backoffs(out.retries, backoff, std::max(backoff, reader.number(kMostBackoff, 1000)),
                      client.since({3, 7, 0}));

  const auto given = reader.flag(kIdempotence);
  const bool is_wanted = given.value_or(by_default);
  out.idempotence = given ? (*given ? Idempotence::kOn : Idempotence::kOff)
                          : (by_default ? Idempotence::kOnByDefault : Idempotence::kOffByDefault);
  const auto conflict = [&](Names names, const std::string& needs, bool is_refused) {
    const auto key = reader.name(names);
    if (is_refused) {
      refuse(out, key, std::string(key) + " must be " + needs + " when idempotence is on.");
    } else if (out.idempotence == Idempotence::kOnByDefault) {
      out.idempotence = Idempotence::kSwitchedOff;
      out.switched_off_by = key;
    }
  };
  if (is_wanted) {
    if (out.retries == 0) conflict(kRetries, "above 0", given.has_value());
    if (out.acks != "all") conflict(kAcks, "all", given.has_value());
    if (out.in_flight > kMostInFlight)
      conflict(kInFlight, "5 at most", given.has_value() || client.since({4, 0, 0}));
  }
  if (reader.has(kTransactionalId) && !out.is_idempotent())
    refuse(out, "transactional.id", "transactional.id needs idempotence, which is off.");

  // KIP-91.
  const auto linger = reader.number(kLinger, client.since({4, 0, 0}) ? 5 : 0);
  const auto least = linger + reader.number(kRequestTimeout, 30'000);
  auto timeout = reader.number(kDeliveryTimeout, 120'000);
  if (timeout < least) {
    if (reader.has(kDeliveryTimeout))
      refuse(out, "delivery.timeout.ms",
             "delivery.timeout.ms must be at least linger.ms + request.timeout.ms, which is " +
                 std::to_string(least) + ".");
    timeout = least;
  }
  out.delivery_timeout = milliseconds{timeout};
  return out;
}

Effective librdkafka(Reader& reader, const Client& client) {
  Effective out;
  const auto given = reader.flag(kIdempotence);
  const bool is_transactional = reader.has(kTransactionalId);
  const auto transaction_timeout = reader.number(kTransactionTimeout, 60'000);
  bool is_on = given.value_or(false);
  if (is_transactional && !is_on) {
    if (given) refuse(out, "transactional.id", "transactional.id needs enable.idempotence=true.");
    is_on = !given;
  }
  out.idempotence = given ? (*given ? Idempotence::kOn : Idempotence::kOff)
                          : (is_on ? Idempotence::kOnByDefault : Idempotence::kOffByDefault);
  out.acks = reader.acks("all");
  out.in_flight = reader.number(kInFlight, is_on ? kMostInFlight : 1'000'000);
  out.retries = reader.number(kRetries, kUnlimited);
  const auto backoff = reader.number(kBackoff, 100);
  // KIP-580, in 2.3.
  out.retry_time =
      sum_of_backoffs(out.retries, backoff, std::max(backoff, reader.number(kMostBackoff, 1000)),
                      client.since({2, 3, 0}));
  const auto must = [&](Names names, const std::string& what) {
    const auto key = reader.name(names);
    refuse(out, key, std::string(key) + " must be " + what + ".");
  };
  if (is_on) {
    if (out.in_flight > kMostInFlight) must(kInFlight, "5 at most when idempotence is on");
    if (out.retries < 1) must(kRetries, "above 0 when idempotence is on");
    if (out.acks != "all") must(kAcks, "all when idempotence is on");
  } else if (reader.flag(kGapless).value_or(false)) {
    must(kIdempotence, "true for enable.gapless.guarantee");
  }
  if (is_transactional && reader.has(kSocketTimeout) &&
      reader.number(kSocketTimeout, 60'000) > transaction_timeout + 100)
    must(kSocketTimeout, "transaction.timeout.ms + 100 at most");

  auto timeout = reader.number(kDeliveryTimeout, is_transactional ? transaction_timeout : 300'000);
  if (is_transactional && timeout > transaction_timeout)
    must(kDeliveryTimeout,
         "transaction.timeout.ms at most, which is " + std::to_string(transaction_timeout));
  if (reader.has(kLinger) && timeout != 0 && timeout <= reader.number(kLinger, 5))
    must(kDeliveryTimeout, "above " + std::string(reader.name(kLinger)));
  if (timeout != 0) out.delivery_timeout = milliseconds{timeout};
  return out;
}

class Evaluation {
 public:
  Evaluation(const Given& given, const Client& client, const Thresholds& thresholds)
      : client_(client),
        thresholds_(thresholds),
        reader_(given, client, ignored_),
        out_(effective(given, client)) {}

  std::vector<Finding> run() {
    if (out_.acks != "all") acks();
    idempotence();
    if (out_.in_flight > kMostInFlight && out_.wants_idempotence()) in_flight();
    if (out_.delivery_timeout && *out_.delivery_timeout < thresholds_.min_delivery_timeout)
      add(kDeliveryTimeoutShort, kDeliveryTimeout, std::to_string(out_.delivery_timeout->count()),
          client_.is(ClientKind::kJava) ? "120000" : "300000");
    if (out_.retry_time < thresholds_.min_retry_time)
      add(kRetriesLow, kRetries, std::to_string(out_.retries), std::to_string(kUnlimited)).note =
          "All backoffs together are " + std::to_string(out_.retry_time.count()) + " ms.";
    for (const auto& refusal : out_.refusals) {
      auto& finding = findings_.emplace_back();
      finding.rule = kClientRefuses;
      finding.severity = rule(kClientRefuses).severity;
      finding.setting = refusal.key;
      finding.note = to_string(client_) + " does not start: " + refusal.text;
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
    if (out_.acks == "0") finding.note = "With 0 nobody even says whether the record came.";
  }

  void idempotence() {
    if (out_.is_idempotent()) return;
    auto& finding = add(kIdempotenceOff, kIdempotence, "false", "true");
    if (out_.idempotence == Idempotence::kSwitchedOff) {
      finding.setting = out_.switched_off_by;
      finding.value = value_of(out_.switched_off_by);
      finding.origin = "given";
      finding.note = to_string(client_) + " has it on by default, and " + out_.switched_off_by +
                     " switches it off without a word but in its log.";
    }
    if (out_.in_flight > 1 && out_.retries > 0) {
      if (!finding.note.empty()) finding.note += ' ';
      finding.note += "With more than one request in flight a retry may change the order, too.";
    }
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

  const Client& client_;
  const Thresholds& thresholds_;
  std::vector<std::string> ignored_;
  Reader reader_;
  Effective out_;
  std::vector<Finding> findings_;
};

}  // namespace

Effective effective(const Given& given, const Client& client) {
  std::vector<std::string> unreadable;
  Reader reader{given, client, unreadable};
  auto out = client.is(ClientKind::kJava) ? java(reader, client) : librdkafka(reader, client);
  out.unreadable = std::move(unreadable);
  return out;
}

std::vector<Finding> evaluate(const Given& given, const Client& client,
                              const Thresholds& thresholds) {
  return Evaluation{given, client, thresholds}.run();
}

}  // namespace kie::risk
