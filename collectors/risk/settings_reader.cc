#include "collectors/risk/settings_reader.h"

#include "config/parse_number.h"
#include "config/text.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kie::risk {
namespace {

/// Larger than any useful value in milliseconds, and small enough that sums do not overflow.
constexpr std::int64_t kMostNumber = 1'000'000'000'000'000;

}  // namespace

const std::string* SettingsReader::find(Names names) const {
  for (const auto name : names) {
    const auto found = given_.find(name);
    if (found != given_.end()) return &found->second;
    if (client_.is(ClientKind::kJava)) break;
  }
  return nullptr;
}

std::string_view SettingsReader::plain(std::string_view text) const {
  if (!client_.is(ClientKind::kJava)) return text;
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view SettingsReader::name(Names names) const {
  for (const auto name : names)
    if (given_.contains(name)) return name;
  return names.front();
}

std::int64_t SettingsReader::number(Names names, std::int64_t otherwise, Range range) {
  const auto* given = find(names);
  if (given == nullptr) return otherwise;
  auto text = plain(*given);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto digits = text.substr(text.starts_with('-') ? 1 : 0);
  if (digits.empty() || !config::is_digit(digits.front())) return refused(names, otherwise, range);
  std::int64_t number = 0;
  const auto* const begin = text.data();
  const auto* const end = begin + text.size();
  auto [stop, error] = std::from_chars(begin, end, number);
  if (stop != end) {
    if (client_.is(ClientKind::kJava)) return refused(names, otherwise, range);
    // librdkafka accepts fractions of a millisecond for linger.ms.
    if (*stop == '.') stop = std::find_if_not(stop + 1, end, config::is_digit);
    if (stop != end) return unreadable(names, otherwise);
  }
  if (error != std::errc{} || number < range.least || number > range.most)
    return refused(names, otherwise, range);
  return std::min(number, kMostNumber);
}

std::optional<bool> SettingsReader::flag(Names names) {
  const auto* given = find(names);
  if (given == nullptr) return std::nullopt;
  const bool is_java = client_.is(ClientKind::kJava);
  const auto word = config::lower(plain(*given));
  if (word == "true" || (!is_java && (word == "t" || word == "1"))) return true;
  if (word == "false" || (!is_java && (word == "f" || word == "0"))) return false;
  refuse(names, "true or false", "true");
  return std::nullopt;
}

std::string SettingsReader::acks(const std::string& otherwise) {
  const auto* given = find(kAcks);
  if (given == nullptr) return otherwise;
  if (client_.is(ClientKind::kJava)) {
    const auto word = plain(*given);
    if (word == "all" || word == "-1") return "all";
    if (word == "0" || word == "1") return std::string(word);
    refuse(kAcks, "all, -1, 0 or 1", "all");
    return otherwise;
  }
  if (config::lower(*given) == "all") return "all";
  constexpr std::int64_t kAll = -1;
  const auto number = this->number(kAcks, otherwise == "all" ? kAll : 1, {kAll, 1000});
  return number == kAll ? "all" : std::to_string(number);
}

bool SettingsReader::is_transactional() const {
  const auto* given = find(kTransactionalId);
  return given != nullptr && !plain(*given).empty();
}

void SettingsReader::refuse(Names names, std::string_view needs, std::vector<Wanted> wanted) {
  const auto key = std::string(name(names));
  out_.refusals.push_back({key, key + " must be " + std::string(needs) + ".", std::move(wanted)});
}

void SettingsReader::refuse(Names names, std::string_view needs, std::string wanted) {
  refuse(names, needs, std::vector<Wanted>{{std::string(name(names)), std::move(wanted)}});
}

std::int64_t SettingsReader::refused(Names names, std::int64_t otherwise, Range range) {
  auto needs = "a number from " + std::to_string(range.least) + " on";
  if (range.most != kMostLong)
    needs = "a number from " + std::to_string(range.least) + " to " + std::to_string(range.most);
  refuse(names, needs, std::to_string(otherwise));
  return otherwise;
}

std::int64_t SettingsReader::unreadable(Names names, std::int64_t otherwise) {
  out_.unreadable.emplace_back(name(names));
  return otherwise;
}

}  // namespace kie::risk
