#include "exporter/exposition/text.h"

#include "config/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace kie::exposition {
namespace {

constexpr std::string_view kTotal = "_total";

template <class Number>
void append_digits(std::string& out, Number value) {
  std::array<char, 32> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): to_chars fills it
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  static_cast<void>(error);  // 32 characters hold every 64-bit number
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_escaped(std::string& out, std::string_view value, bool quotes) {
  for (const char c : value) {
    if (c == '\\' || (quotes && c == '"')) {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else {
      out.push_back(c);
    }
  }
}

bool is_ascii(std::string_view text) {
  unsigned bits = 0;
  for (const char c : text) bits |= static_cast<unsigned char>(c);
  return bits < 0x80;
}

/// The bytes of the character at the beginning; 0: it is not UTF-8.
std::size_t length_of_character(std::string_view text) {
  constexpr std::size_t kLongest = 4;
  for (std::size_t length = 1; length <= std::min(kLongest, text.size()); ++length)
    if (config::is_utf8(text.substr(0, length))) return length;
  return 0;
}

/// With U+FFFD for each byte that is not UTF-8.
std::string with_replacements(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = length_of_character(text);
    out += length == 0 ? "\uFFFD" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace

void append_label_value(std::string& out, std::string_view value) {
  if (is_ascii(value) || config::is_utf8(value)) return append_escaped(out, value, true);
  append_escaped(out, with_replacements(value), true);
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.ends_with('{')) out.push_back(',');
  out.append(name);
  out.append("=\"");
  append_label_value(out, value);
  out.push_back('"');
}

void append_number(std::string& out, std::int64_t value) { append_digits(out, value); }
void append_number(std::string& out, std::uint64_t value) { append_digits(out, value); }

void append_number(std::string& out, double value) {
  // Every whole number below is a double, and to_chars would write 100000 as 1e+05.
  constexpr double kWhole = 9007199254740992;
  if (std::isnan(value)) {
    out.append("NaN");
  } else if (std::isinf(value)) {
    out.append(value > 0 ? "+Inf" : "-Inf");
  } else if (std::trunc(value) == value && std::abs(value) <= kWhole) {
    append_digits(out, static_cast<std::int64_t>(value));
  } else {
    append_digits(out, value);
  }
}

void append_header(std::string& out, const Family& family, Format format) {
  auto name = family.name;
  if (format == Format::kOpenMetrics && family.type == Type::kCounter)
    name.remove_suffix(kTotal.size());
  out.append("# HELP ");
  out.append(name);
  out.push_back(' ');
  append_escaped(out, family.help, format == Format::kOpenMetrics);
  out.append("\n# TYPE ");
  out.append(name);
  out.append(family.type == Type::kCounter ? " counter\n" : " gauge\n");
}

}  // namespace kie::exposition
