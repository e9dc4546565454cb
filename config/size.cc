#include "config/size.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kie::config {
namespace {

struct SizeUnit {
  std::string_view name;
  int shift;
};

// From large to small. Without MB and GB, which mean two things each.
constexpr std::array kSizeUnits{SizeUnit{"TiB", 40}, SizeUnit{"GiB", 30}, SizeUnit{"MiB", 20},
                                SizeUnit{"KiB", 10}};
constexpr std::int64_t kTooMuch = 1LL << 50;

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < 0 || text.front() == '-') return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto* const unit = std::ranges::find(kSizeUnits, text, &SizeUnit::name);
  if (unit == kSizeUnits.end() || number >= kTooMuch >> unit->shift) return std::nullopt;
  return number << unit->shift;
}

std::string format_size(std::int64_t bytes) {
  for (const auto& unit : kSizeUnits)
    if (bytes >> unit.shift << unit.shift == bytes)
      return std::to_string(bytes >> unit.shift).append(unit.name);
  return std::to_string(bytes);
}

}  // namespace kie::config
