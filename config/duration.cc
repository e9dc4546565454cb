#include "config/duration.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace kie::config {
namespace {

struct DurationUnit {
  std::string_view name;
  std::int64_t milliseconds;
};

// From large to small, which is also the order in which they may appear.
constexpr std::array kDurationUnits{DurationUnit{"d", 86'400'000}, DurationUnit{"h", 3'600'000},
                                    DurationUnit{"m", 60'000}, DurationUnit{"s", 1'000},
                                    DurationUnit{"ms", 1}};
constexpr std::int64_t kLongest = 10'000LL * 86'400'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    // from_chars accepts a minus, as in "-0s".
    if (error != std::errc{} || text.front() == '-') return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
    while (next_unit < kDurationUnits.size() && kDurationUnits[next_unit].name != name) ++next_unit;
    if (next_unit == kDurationUnits.size()) return std::nullopt;
    const auto unit = kDurationUnits[next_unit++].milliseconds;
    if (number > kLongest / unit) return std::nullopt;
    total += number * unit;
    text.remove_prefix(name.size());
  }
  if (total > kLongest) return std::nullopt;
  return std::chrono::milliseconds{total};
}

std::string format_duration(std::chrono::milliseconds duration) {
  std::int64_t left = duration.count();
  if (left <= 0) return "0s";
  std::string text;
  for (const auto& unit : kDurationUnits) {
    if (left < unit.milliseconds) continue;
    text += std::to_string(left / unit.milliseconds);
    text += unit.name;
    left %= unit.milliseconds;
  }
  return text;
}

}  // namespace kie::config
