#include "collectors/producers/statistics.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace kie::producers {
namespace {

namespace dom = simdjson::dom;

constexpr double kMicro = 1e-6;

/// Parses a document in one pass, with the current key for errors.
class StatisticsParser {
 public:
  Statistics run(const dom::object& document) {
    std::string_view type;
    for (const auto [key, value] : document) {
      key_ = key;
      if (key_ == "name") {
        statistics_.name = text(value);
      } else if (key_ == "client_id") {
        statistics_.client_id = text(value);
      } else if (key_ == "type") {
        type = value.get_string().value();
      } else if (key_ == "ts") {
        ts_ = value.get_int64().value();
      } else if (key_ == "age") {
        age_ = value.get_int64().value();
      } else if (key_ == "msg_cnt") {
        statistics_.messages = value.get_uint64().value();
      } else if (key_ == "msg_max") {
        statistics_.messages_limit = value.get_uint64().value();
      } else if (key_ == "msg_size") {
        statistics_.bytes = value.get_uint64().value();
      } else if (key_ == "msg_size_max") {
        statistics_.bytes_limit = value.get_uint64().value();
      } else if (key_ == "tx_bytes") {
        statistics_.transmitted_bytes = value.get_uint64().value();
      } else if (key_ == "brokers") {
        brokers(value);
      } else if (key_ == "topics") {
        topics(value);
      } else if (key_ == "eos") {
        eos(value);
      } else if (key_ == "fatal") {
        fatal(value);
      }
    }
    key_ = {};
    if (statistics_.name.empty() || !ts_ || !age_ || type.empty())
      throw std::runtime_error(
          "these are not statistics of librdkafka: name, type, ts or age is missing");
    if (type != "producer") throw std::runtime_error("the client is not a producer");
    if (*age_ < 0 || *ts_ < *age_) throw std::runtime_error("age is not between 0 and ts");
    statistics_.started = *ts_ - *age_;
    statistics_.age = *age_;
    if (!statistics_.idempotence) statistics_.acknowledged.reset();
    return std::move(statistics_);
  }

  std::string_view key() const { return key_; }

 private:
  static std::string text(const dom::element& value) {
    return std::string{value.get_string().value()};
  }

  void brokers(const dom::element& all) {
    for (const auto [name, broker] : all.get_object())
      for (const auto [key, value] : broker.get_object()) {
        key_ = key;
        if (key_ == "txerrs") {
          statistics_.socket_send_errors += value.get_uint64().value();
        } else if (key_ == "req_timeouts") {
          statistics_.request_timeouts += value.get_uint64().value();
        } else if (key_ == "rtt") {
          round_trip(value);
        }
      }
  }

  void round_trip(const dom::element& window) {
    std::uint64_t count = 0;
    std::uint64_t beyond = 0;
    RoundTrip of_broker;
    for (const auto [key, value] : window.get_object()) {
      key_ = key;
      if (key_ == "cnt") {
        count = value.get_uint64().value();
      } else if (key_ == "p50") {
        of_broker.median = kMicro * value.get_double().value();
      } else if (key_ == "p99") {
        of_broker.p99 = kMicro * value.get_double().value();
      } else if (key_ == "max") {
        of_broker.longest = kMicro * value.get_double().value();
      } else if (key_ == "outofrange") {
        beyond = value.get_uint64().value();
      }
    }
    if (count == 0) return;
    // Its histogram ends at half a second, and longer times are not in p50 and p99: it returned
    // 120 ms where one of four had taken 1.6 s.
    if (beyond > 0) {
      if (2 * beyond >= count) of_broker.median = of_broker.longest;
      if (100 * beyond >= count) of_broker.p99 = of_broker.longest;
    }
    take_slower(statistics_.round_trip, of_broker);
  }

  void topics(const dom::element& all) {
    statistics_.acknowledged = 0;
    for (const auto [name, topic] : all.get_object())
      for (const auto [of_topic, value] : topic.get_object()) {
        if (of_topic != "partitions") continue;
        for (const auto [number, partition] : value.get_object())
          for (const auto [key, figure] : partition.get_object()) {
            key_ = key;
            if (key == "acked_msgid") *statistics_.acknowledged += figure.get_uint64().value();
          }
      }
  }

  void eos(const dom::element& all) {
    auto& eos = statistics_.idempotence.emplace();
    for (const auto [key, value] : all.get_object()) {
      key_ = key;
      if (key_ == "idemp_state") {
        eos.state = text(value);
      } else if (key_ == "txn_state") {
        eos.transaction_state = text(value);
      } else if (key_ == "producer_id") {
        eos.producer_id = value.get_int64().value();
      } else if (key_ == "producer_epoch") {
        eos.producer_epoch = value.get_int64().value();
      }
    }
  }

  void fatal(const dom::element& all) {
    auto& fatal = statistics_.fatal.emplace();
    for (const auto [key, value] : all.get_object()) {
      key_ = key;
      if (key_ == "error") {
        fatal.description = text(value);
      } else if (key_ == "reason") {
        fatal.reason = text(value);
      }
    }
  }

  Statistics statistics_;
  std::optional<std::int64_t> ts_;
  std::optional<std::int64_t> age_;
  std::string_view key_;
};

}  // namespace

class StatisticsReader::Impl {
 public:
  tl::expected<Statistics, std::string> read(std::string_view text) {
    StatisticsParser walk;
    try {
      return walk.run(parser_.parse(text.data(), text.size(), false).get_object().value());
    } catch (const std::exception& error) {
      const auto key = walk.key().substr(0, kMostOfKeyInError);
      std::string what = error.what();
      return tl::make_unexpected(key.empty() ? what : fmt::format("at {}: {}", key, what));
    }
  }

 private:
  dom::parser parser_;
};

void take_slower(std::optional<RoundTrip>& slowest, const RoundTrip& other) {
  if (!slowest) slowest.emplace();
  slowest->median = std::max(slowest->median, other.median);
  slowest->p99 = std::max(slowest->p99, other.p99);
  slowest->longest = std::max(slowest->longest, other.longest);
}

StatisticsReader::StatisticsReader() : impl_(std::make_unique<Impl>()) {}
StatisticsReader::~StatisticsReader() = default;

std::size_t StatisticsReader::padding() { return simdjson::SIMDJSON_PADDING; }

tl::expected<Statistics, std::string> StatisticsReader::read(std::string_view document) {
  return impl_->read(document);
}

}  // namespace kie::producers
