#include "config/duration.h"

#include "tests/fuzz/check.h"

#include <chrono>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace {

using kie::config::format_duration;
using kie::config::parse_duration;
using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::hours{24} * 10'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// (digits "d")? (digits "h")? (digits "m")? (digits "s")? (digits "ms")?, and not empty.
bool is_written_well(std::string_view text) {
  if (text.empty()) return false;
  for (const std::string_view unit : {"d", "h", "m", "s", "ms"}) {
    std::size_t digits = 0;
    while (digits < text.size() && is_digit(text[digits])) ++digits;
    const auto name = text.substr(digits, unit.size());
    const auto after = digits + unit.size();
    const bool ends = after >= text.size() || is_digit(text[after]);
    if (digits > 0 && name == unit && ends) text.remove_prefix(after);
  }
  return text.empty();
}

void check_round_trip(milliseconds duration) {
  const auto text = format_duration(duration);
  KIE_CHECK(parse_duration(text) == duration);
  KIE_CHECK(is_written_well(text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = kie::fuzz::as_text(data, size);
  if (const auto parsed = parse_duration(text)) {
    KIE_CHECK(is_written_well(text));
    KIE_CHECK(*parsed >= milliseconds{0} && *parsed <= kLongest);
    check_round_trip(*parsed);
  } else if (is_written_well(text)) {
    // Only a number that is too large may be refused; that takes six characters, as in "10001d".
    KIE_CHECK(text.size() > 5);
  }
  std::int64_t number = 0;
  if (size >= sizeof number) {
    std::memcpy(&number, data, sizeof number);
    const milliseconds duration{number};
    if (duration >= milliseconds{0} && duration <= kLongest) check_round_trip(duration);
    KIE_CHECK(!format_duration(duration).empty());
  }
  return 0;
}
