#include "collectors/producers/statistics.h"

#include "collectors/producers/read_document.h"

#include <simdjson.h>

#include <algorithm>

namespace kie::producers {
namespace {

namespace dom = simdjson::dom;

constexpr double kMicro = 1e-6;

/// The beginning of a document as librdkafka writes it, which escapes neither name nor client.id.
struct RawHead {
  std::string_view name;
  std::string_view client_id;
  /// Up to the next key.
  std::size_t length = 0;
};

bool needs_escapes(char c) {
  return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || (c & 0x80) != 0;
}

/// nullopt: the names can be read as JSON, or librdkafka did not write the document.
std::optional<RawHead> find_raw_head(std::string_view document) {
  constexpr std::string_view kName = R"({ "name": ")";
  constexpr std::string_view kClientId = R"(", "client_id": ")";
  constexpr std::string_view kEnd = R"(", )";
  constexpr std::string_view kType = R"("type": ")";
  if (!document.starts_with(kName)) return std::nullopt;
  const auto client_id = document.find(kClientId);
  const auto type = document.find(std::string{kEnd} + std::string{kType});
  if (client_id == std::string_view::npos || type == std::string_view::npos || type < client_id)
    return std::nullopt;
  RawHead head;
  head.name = document.substr(kName.size(), client_id - kName.size());
  const auto begin = client_id + kClientId.size();
  if (type < begin) return std::nullopt;
  head.client_id = document.substr(begin, type - begin);
  head.length = type + kEnd.size();
  const bool is_raw =
      head.name.starts_with(head.client_id) && std::ranges::any_of(head.name, needs_escapes);
  return is_raw ? std::optional{head} : std::nullopt;
}

/// What is not UTF-8 is replaced, byte by byte.
std::string readable(std::string_view raw) {
  std::string text{raw};
  if (simdjson::validate_utf8(text)) return text;
  for (char& c : text)
    if ((c & 0x80) != 0) c = '?';
  return text;
}

/// Parses a document in one pass, with the current key for errors.
class StatisticsParser {
 public:
  Statistics run(const dom::object& document) {
    std::string_view type;
    std::optional<std::int64_t> ts;
    for (const auto [key, value] : document) {
      key_ = key;
      if (key_ == "name") {
        statistics_.name = text(value);
      } else if (key_ == "client_id") {
        statistics_.client_id = text(value);
      } else if (key_ == "type") {
        type = value.get_string().value();
      } else if (key_ == "ts") {
        ts = value.get_int64().value();
      } else if (key_ == "age") {
        statistics_.age = value.get_int64().value();
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
      } else if (key_ == "eos") {
        eos(value);
      } else if (key_ == "fatal") {
        fatal(value);
      }
    }
    key_ = {};
    if (statistics_.name.empty() || !ts || type.empty())
      throw std::runtime_error(add_hint(
          "these are not statistics of librdkafka: name, type or ts is missing", document));
    if (type != "producer") throw std::runtime_error("the client is not a producer");
    if (*ts < statistics_.age.value_or(0) || statistics_.age.value_or(0) < 0)
      throw std::runtime_error("age is not between 0 and ts");
    statistics_.ts = *ts;
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
  std::string_view key_;
};

}  // namespace

class StatisticsReader::Impl {
 public:
  tl::expected<Statistics, std::string> read(std::string_view text) {
    const auto head = find_raw_head(text);
    if (!head) return read_document<StatisticsParser>(parser_, text);
    // The parser needs a name.
    std::string rest{R"({"name":"-",)"};
    rest += text.substr(head->length);
    const auto length = rest.size();
    rest.resize(length + simdjson::SIMDJSON_PADDING);
    auto statistics =
        read_document<StatisticsParser>(parser_, std::string_view{rest}.substr(0, length));
    if (statistics) {
      statistics->name = readable(head->name);
      statistics->client_id = readable(head->client_id);
    }
    return statistics;
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
