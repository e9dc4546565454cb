#include "collectors/kafka/truncation_text.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace kie::kafka {
namespace {

/// Takes a text apart from its beginning. What does not fit leaves it failed.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Whether it goes on so. If not, nothing has happened.
  bool skip(std::string_view words) {
    if (!rest_.starts_with(words)) return false;
    rest_.remove_prefix(words.size());
    return true;
  }

  void expect(std::string_view words) { fits_ = fits_ && skip(words); }

  /// A number as printf writes it.
  template <class Number>
  Number number() {
    Number value{};
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    const auto digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.data()));
    fits_ = fits_ && error == std::errc{} && digits == std::to_string(value);
    rest_.remove_prefix(digits.size());
    return value;
  }

  bool fits_to_its_end() const { return fits_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool fits_ = true;
};

constexpr std::string_view kEnd = "Partition log truncation detected at ";
constexpr std::string_view kNone = "No epoch found less or equal to ";

}  // namespace

std::optional<TruncationText> parse_truncation_text(std::string_view text) {
  Scanner scanner{text};
  const bool has_end = scanner.skip(kEnd);
  if (!has_end) scanner.expect(kNone);
  TruncationText parsed;
  scanner.expect("offset ");
  parsed.asked_offset.value = scanner.number<std::int64_t>();
  scanner.expect(" (leader epoch ");
  parsed.asked_epoch.value = scanner.number<std::int32_t>();
  scanner.expect("): broker end offset is ");
  const Offset offset{scanner.number<std::int64_t>()};
  scanner.expect(" (offset leader epoch ");
  const LeaderEpoch epoch{scanner.number<std::int32_t>()};
  scanner.expect(has_end ? "). Reset to INVALID." : "). Reset using configured policy.");
  if (scanner.skip(": Local: Partition log truncation detected") && scanner.skip(" (broker ")) {
    parsed.broker.emplace(scanner.number<std::int32_t>());
    scanner.expect(")");
  }
  if (!scanner.fits_to_its_end()) return std::nullopt;
  if (parsed.asked_offset < Offset{0} || parsed.asked_epoch < LeaderEpoch{0} ||
      (parsed.broker && *parsed.broker < BrokerId{0}))
    return std::nullopt;
  if (has_end != (offset >= Offset{0} && epoch >= LeaderEpoch{0})) return std::nullopt;
  if (has_end) parsed.end = {epoch, offset};
  return parsed;
}

bool looks_like_truncation_text(std::string_view text) {
  return text.find("truncation") != std::string_view::npos ||
         text.find("No epoch") != std::string_view::npos;
}

}  // namespace kie::kafka
