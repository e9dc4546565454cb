#pragma once

#include "exporter/exposition/family.h"

#include <cstdint>
#include <string>
#include <string_view>

/// The text format 0.0.4 of Prometheus and OpenMetrics 1.0, appended to a string. Samples are the
/// same in both.
namespace kie::exposition {

enum class Format : std::uint8_t { kText, kOpenMetrics };

/// Escapes backslash, double quote and line feed of a label's value. A byte that is not UTF-8
/// becomes U+FFFD: for one such value, of any broker or client, Prometheus would refuse the whole
/// page.
void append_label_value(std::string& out, std::string_view value);

/// `name="value"`, preceded by a comma if `out` does not end with an opening brace.
void append_label(std::string& out, std::string_view name, std::string_view value);

void append_number(std::string& out, std::int64_t value);
void append_number(std::string& out, std::uint64_t value);
/// The shortest text without loss, whole numbers without an exponent; NaN, +Inf, -Inf.
void append_number(std::string& out, double value);

/// The # HELP and # TYPE lines. In OpenMetrics a counter's family is named without _total.
void append_header(std::string& out, const Family& family, Format format);

/// The end of OpenMetrics, by which a truncated page is recognized.
inline constexpr std::string_view kOpenMetricsEnd = "# EOF\n";

/// `labels` is empty, or complete with braces.
template <class Number>
void append_sample(std::string& out, std::string_view name, std::string_view labels, Number value) {
  out.append(name);
  out.append(labels);
  out.push_back(' ');
  append_number(out, value);
  out.push_back('\n');
}

}  // namespace kie::exposition
