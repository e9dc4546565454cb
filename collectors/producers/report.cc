#include "collectors/producers/report.h"

#include "collectors/producers/errors.h"
#include "collectors/producers/read_document.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>

namespace kie::producers {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMostOfInstance = 64;
/// The most bytes of a setting's value; a longer one, such as a transactional.id, is cut.
constexpr std::size_t kMostOfValue = 256;

/// The settings that are kept. None of them is a secret.
constexpr std::array<std::string_view, 22> kSettings{"acks",
                                                     "batch.num.messages",
                                                     "batch.size",
                                                     "compression.codec",
                                                     "compression.type",
                                                     "delivery.timeout.ms",
                                                     "enable.gapless.guarantee",
                                                     "enable.idempotence",
                                                     "linger.ms",
                                                     "max.in.flight",
                                                     "max.in.flight.requests.per.connection",
                                                     "message.send.max.retries",
                                                     "message.timeout.ms",
                                                     "queue.buffering.max.ms",
                                                     "request.required.acks",
                                                     "request.timeout.ms",
                                                     "retries",
                                                     "retry.backoff.max.ms",
                                                     "retry.backoff.ms",
                                                     "socket.timeout.ms",
                                                     "transaction.timeout.ms",
                                                     "transactional.id"};

[[noreturn]] void fail(const char* what) { throw std::runtime_error(what); }

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '_' || c == '.';
}

/// Cuts a text that is too long, between two characters.
void limit(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
}

template <class Number>
Number narrow(std::int64_t value) {
  if (!std::in_range<Number>(value)) fail("the number is out of range");
  return static_cast<Number>(value);
}

/// Parses a document in one pass, with the current key for errors.
class ReportParser {
 public:
  ProducerReport run(const dom::object& document) {
    std::optional<std::int64_t> version;
    std::optional<std::int64_t> sequence;
    std::optional<double> time;
    std::optional<std::uint64_t> acknowledged;
    bool has_client_id = false;
    for (const auto [key, value] : document) {
      key_ = key;
      // The same as missing.
      if (value.is_null()) continue;
      if (key_ == "version") {
        version = value.get_int64().value();
      } else if (key_ == "instance") {
        instance(value.get_string().value());
      } else if (key_ == "sequence") {
        sequence = value.get_int64().value();
      } else if (key_ == "time") {
        time = seconds(value);
      } else if (key_ == "client_id") {
        report_.client_id = text(value);
        has_client_id = true;
      } else if (key_ == "name") {
        report_.name = text(value);
      } else if (key_ == "started") {
        report_.started = value.get_int64().value();
      } else if (key_ == "host") {
        report_.host = text(value);
      } else if (key_ == "pid") {
        report_.pid = value.get_int64().value();
      } else if (key_ == "client") {
        report_.client = text(value);
      } else if (key_ == "cluster_id") {
        report_.cluster_id = text(value);
      } else if (key_ == "settings") {
        settings(value.get_object().value());
      } else if (key_ == "acknowledged") {
        acknowledged = value.get_uint64().value();
      } else if (key_ == "bytes") {
        report_.acknowledged_bytes = value.get_uint64().value();
      } else if (key_ == "failed") {
        for (const auto one : value.get_array()) failure(one.get_object().value());
      } else if (key_ == "fatal") {
        fatal(value);
      } else if (key_ == "offsets") {
        for (const auto one : value.get_array()) segment(one.get_object().value());
      } else if (key_ == "retried") {
        report_.retried = value.get_uint64().value();
      } else if (key_ == "queue") {
        queue(value);
      } else if (key_ == "round_trip") {
        round_trip(value);
      } else if (key_ == "ended") {
        report_.ended = value.get_bool().value();
      } else if (key_ == "dropped") {
        report_.dropped = value.get_uint64().value();
      }
    }
    key_ = {};
    if (version != 1)
      throw std::runtime_error(add_hint("this is not a report of version 1", document));
    if (report_.instance.empty() || !sequence || !time || !has_client_id || !acknowledged)
      fail("instance, sequence, time, client_id or acknowledged is missing");
    report_.sequence = *sequence;
    report_.time = *time;
    report_.acknowledged = *acknowledged;
    unite_failures();
    ages();
    return std::move(report_);
  }

  std::string_view key() const { return key_; }

 private:
  static std::string text(const dom::element& value) {
    return std::string{value.get_string().value()};
  }

  static double seconds(const dom::element& value) {
    const double number = value.get_double().value();
    if (!(number >= 0)) fail("the time is negative");
    return number;
  }

  void instance(std::string_view id) {
    if (id.empty() || id.size() > kMostOfInstance || !std::ranges::all_of(id, is_plain))
      fail("must be 1 to 64 letters, digits, '-', '_' or '.'");
    report_.instance = id;
  }

  void settings(const dom::object& all) {
    auto& settings = report_.settings.emplace();
    for (const auto [key, value] : all) {
      const auto* known = std::ranges::find(kSettings, key);
      if (known == kSettings.end()) continue;
      key_ = key;
      if (value.is_object() || value.is_array()) fail("must be a text, a number or a boolean");
      std::string shown = value.is_string() ? text(value) : simdjson::minify(value);
      limit(shown, kMostOfValue);
      settings.emplace_back(*known, std::move(shown));
    }
    std::ranges::sort(settings);
    const auto twice = std::ranges::unique(settings, {}, [](const auto& one) { return one.first; });
    settings.erase(twice.begin(), twice.end());
  }

  void failure(const dom::object& all) {
    ReportedFailure one;
    for (const auto [key, value] : all) {
      key_ = key;
      if (key_ == "error") {
        one.error = delivery_error_named(value.get_string().value());
      } else if (key_ == "persisted") {
        one.persisted = persisted(value.get_string().value());
      } else if (key_ == "records") {
        one.records = value.get_uint64().value();
      }
    }
    key_ = "failed";
    if (one.error.empty()) fail("an error is missing");
    report_.failed.push_back(one);
  }

  static Persisted persisted(std::string_view word) {
    for (const auto one : kPersisted)
      if (word == to_string(one)) return one;
    fail("must be no, possibly, yes or aborted");
  }

  /// Merges errors that are not in the list into one.
  void unite_failures() {
    auto& all = report_.failed;
    const auto kind = [](const ReportedFailure& one) {
      return std::tuple{one.error, one.persisted};
    };
    std::ranges::sort(all, {}, kind);
    std::vector<ReportedFailure> united;
    for (const auto& one : all) {
      if (united.empty() || kind(united.back()) != kind(one)) {
        united.push_back(one);
      } else if (united.back().records > std::numeric_limits<std::uint64_t>::max() - one.records) {
        fail("failed: the sum of records is too large");
      } else {
        united.back().records += one.records;
      }
    }
    all = std::move(united);
  }

  void fatal(const dom::element& all) {
    auto& one = report_.fatal.emplace();
    for (const auto [key, value] : all.get_object()) {
      key_ = key;
      if (key_ == "error") {
        one.error = fatal_error_named(value.get_string().value());
      } else if (key_ == "reason") {
        one.reason = text(value);
      }
    }
    key_ = "fatal";
    if (one.error.empty()) fail("the error is missing");
  }

  void queue(const dom::element& all) {
    auto& one = report_.queue.emplace();
    for (const auto [key, value] : all.get_object()) {
      key_ = key;
      if (key_ == "bytes") {
        one.bytes = value.get_uint64().value();
      } else if (key_ == "bytes_limit") {
        one.bytes_limit = value.get_uint64().value();
      }
    }
  }

  void segment(const dom::object& all) {
    ReportedSegment one;
    std::optional<std::int64_t> partition;
    std::optional<std::int64_t> next;
    std::optional<double> time;
    for (const auto [key, value] : all) {
      key_ = key;
      if (key_ == "topic") {
        one.topic = text(value);
      } else if (key_ == "partition") {
        partition = value.get_int64().value();
      } else if (key_ == "segment") {
        one.number = value.get_int64().value();
      } else if (key_ == "broker") {
        if (!value.is_null())
          one.broker = BrokerId{narrow<std::int32_t>(value.get_int64().value())};
      } else if (key_ == "acks") {
        one.acks_all = is_all(value.get_string().value());
      } else if (key_ == "next") {
        next = value.get_int64().value();
      } else if (key_ == "time") {
        time = seconds(value);
      }
    }
    key_ = "offsets";
    if (one.topic.empty() || !partition || !next || !time)
      fail("topic, partition, next or time is missing");
    if (*partition < 0 || *next < 0) fail("partition and next cannot be negative");
    one.partition = PartitionId{narrow<std::int32_t>(*partition)};
    one.next = Offset{*next};
    times_.push_back(*time);
    report_.offsets.push_back(std::move(one));
  }

  static bool is_all(std::string_view acks) {
    if (acks == "all" || acks == "-1") return true;
    if (acks == "1") return false;
    fail("must be all or 1");
  }

  /// Computed at the end, as the report's own time may follow the others.
  void ages() {
    constexpr double kMostSeconds = 1e9;
    for (std::size_t i = 0; i < times_.size(); ++i) {
      // The clock may have been set back in between.
      const double age = std::max(0.0, report_.time - times_[i]);
      report_.offsets[i].age =
          std::chrono::microseconds{std::llround(1e6 * std::min(age, kMostSeconds))};
    }
  }

  void round_trip(const dom::element& all) {
    auto& one = report_.round_trip.emplace();
    for (const auto [key, value] : all.get_object()) {
      key_ = key;
      if (key_ == "p50") {
        one.median = seconds(value);
      } else if (key_ == "p99") {
        one.p99 = seconds(value);
      } else if (key_ == "max") {
        one.longest = seconds(value);
      }
    }
  }

  ProducerReport report_;
  /// Of the report's offsets, in the same order.
  std::vector<double> times_;
  std::string_view key_;
};

}  // namespace

class ReportReader::Impl {
 public:
  tl::expected<ProducerReport, std::string> read(std::string_view document) {
    return read_document<ReportParser>(parser_, document);
  }

 private:
  dom::parser parser_;
};

ReportReader::ReportReader() : impl_(std::make_unique<Impl>()) {}
ReportReader::~ReportReader() = default;

tl::expected<ProducerReport, std::string> ReportReader::read(std::string_view document) {
  return impl_->read(document);
}

}  // namespace kie::producers
