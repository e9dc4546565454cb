#include "collectors/producers/monitor/report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace kie::monitor {
namespace {

std::string_view to_string(Persistence persisted) {
  switch (persisted) {
    case Persistence::kNo:
      return "no";
    case Persistence::kPossibly:
      return "possibly";
    case Persistence::kYes:
      return "yes";
    case Persistence::kAborted:
      return "aborted";
  }
  return "";
}

template <typename Number>
void number(std::string& out, Number value) {
  std::array<char, 32> text{};
  auto* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

/// Unit: milliseconds; written as seconds.
void time(std::string& out, std::int64_t at_ms) {
  number(out, at_ms / 1000);
  const auto rest = std::to_string(1000 + at_ms % 1000);
  out.append(".").append(rest, 1);
}

/// The bytes of the UTF-8 sequence at the start of `text`; 0: it is none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
  if (length < 3) return length;
  // Overlong forms, surrogates, and what is above U+10FFFF.
  const auto second = static_cast<unsigned char>(text[1]);
  const bool is_wrong = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                        (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
  return is_wrong ? 0 : length;
}

/// Bytes that are not UTF-8 become '?': the application's names are any bytes.
void text(std::string& out, std::string_view value) {
  out += '"';
  while (!value.empty()) {
    const auto length = sequence_length(value);
    const auto c = static_cast<unsigned char>(value[0]);
    if (length == 0) {
      out += '?';
    } else if (c == '"' || c == '\\') {
      out.append("\\").append(1, value[0]);
    } else if (c < 0x20) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out.append("\\u00").append(1, kDigits[c >> 4U]).append(1, kDigits[c & 15U]);
    } else {
      out.append(value.substr(0, length));
    }
    value.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void key(std::string& out, std::string_view name) { out.append(",\"").append(name).append("\":"); }

void text_of(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  key(out, name);
  text(out, value);
}

void number_of(std::string& out, std::string_view name, auto value) {
  key(out, name);
  number(out, value);
}

void settings(std::string& out, const Identity& identity) {
  key(out, "settings");
  out += '{';
  for (const auto& [name, value] : identity.settings) {
    if (out.back() != '{') out += ',';
    text(out, name);
    out += ':';
    text(out, value);
  }
  out += '}';
}

void failed(std::string& out, const std::vector<FailedRecords>& all) {
  key(out, "failed");
  out += '[';
  for (const auto& one : all) {
    out += out.back() == '[' ? "{\"error\":" : ",{\"error\":";
    text(out, one.error);
    text_of(out, "persisted", to_string(one.persisted));
    number_of(out, "records", one.records);
    out += '}';
  }
  out += ']';
}

void offsets(std::string& out, const Report& report) {
  key(out, "offsets");
  out += '[';
  for (const auto& partition : report.offsets)
    for (const auto& segment : partition.segments) {
      out += out.back() == '[' ? "{\"topic\":" : ",{\"topic\":";
      text(out, partition.topic);
      number_of(out, "partition", partition.partition);
      number_of(out, "segment", segment.number);
      if (segment.broker >= 0) number_of(out, "broker", segment.broker);
      text_of(out, "acks", report.identity->acks);
      number_of(out, "next", segment.next);
      key(out, "time");
      time(out, segment.at_ms);
      out += '}';
    }
  out += ']';
}

}  // namespace

void RoundTrips::add(std::int64_t microseconds) noexcept {
  const auto us = std::max<std::int64_t>(microseconds, 1);
  const auto slot = static_cast<std::size_t>(2 * std::log2(static_cast<double>(us)));
  counts_[std::min(slot, counts_.size() - 1)].fetch_add(1, std::memory_order_relaxed);
  auto max = max_us_.load(std::memory_order_relaxed);
  while (us > max && !max_us_.compare_exchange_weak(max, us, std::memory_order_relaxed)) {
  }
}

std::optional<RoundTripSummary> RoundTrips::take() {
  std::array<std::uint32_t, 64> counts{};
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < counts.size(); ++i)
    all += counts[i] = counts_[i].exchange(0, std::memory_order_relaxed);
  const auto max = static_cast<double>(max_us_.exchange(0, std::memory_order_relaxed)) / 1e6;
  if (all == 0) return std::nullopt;
  /// The upper end of the slot in which it is.
  const auto quantile = [&](double share) {
    auto left = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(all)));
    std::size_t slot = 0;
    while (slot + 1 < counts.size() && left > counts[slot]) left -= counts[slot++];
    return std::min(max, std::exp2(static_cast<double>(slot + 1) / 2) / 1e6);
  };
  return RoundTripSummary{.p50 = quantile(0.5), .p99 = quantile(0.99), .max = max};
}

void write_report(const Report& report, std::string& out) {
  const auto& identity = *report.identity;
  out += R"({"version":1)";
  text_of(out, "instance", identity.instance);
  number_of(out, "sequence", report.sequence);
  key(out, "time");
  time(out, report.at_ms);
  key(out, "client_id");
  text(out, identity.client_id);
  text_of(out, "client", identity.client);
  text_of(out, "name", identity.name);
  number_of(out, "started", identity.started);
  text_of(out, "host", identity.host);
  number_of(out, "pid", identity.pid);
  text_of(out, "cluster_id", identity.cluster_id);
  settings(out, identity);
  number_of(out, "acknowledged", report.acknowledged);
  number_of(out, "bytes", report.bytes);
  failed(out, report.failed);
  if (report.fatal) {
    key(out, "fatal");
    out += "{\"error\":";
    text(out, report.fatal->error);
    text_of(out, "reason", report.fatal->reason);
    out += '}';
  }
  offsets(out, report);
  if (const auto& trip = report.round_trip) {
    key(out, "round_trip");
    out += "{\"p50\":";
    number(out, trip->p50);
    number_of(out, "p99", trip->p99);
    number_of(out, "max", trip->max);
    out += '}';
  }
  key(out, "ended");
  out += report.ended ? "true" : "false";
  number_of(out, "dropped", report.dropped);
  out += "}\n";
}

}  // namespace kie::monitor
