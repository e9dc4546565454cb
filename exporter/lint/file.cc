#include "exporter/lint/file.h"

#include "config/text.h"
#include "exporter/lint/lines.h"
#include "exporter/lint/plain.h"
#include "exporter/lint/spring.h"

#include <algorithm>
#include <map>
#include <utility>

namespace kie::lint {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool begins_as_json(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

tl::expected<Documents, std::string> read_documents(std::string_view name, std::string_view text) {
  const auto plain = config::lower(name);
  const bool is_yaml = plain.ends_with(".yml") || plain.ends_with(".yaml");
  if (!is_yaml && !plain.ends_with(".json") && !begins_as_json(text)) return read_properties(text);
  if (!config::is_utf8(text)) return tl::make_unexpected("it is not UTF-8");
  return is_yaml ? read_yaml(text) : read_json(text);
}

}  // namespace

void keep_last(std::vector<Setting>& settings, Canonical canonical, std::vector<Skipped>& skipped) {
  std::map<std::string_view, std::size_t> last;
  std::vector<bool> counts(settings.size(), true);
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const auto& now = settings[i];
    const auto [place, is_new] = last.try_emplace(canonical(now.key), i);
    if (is_new) continue;
    const auto earlier = std::exchange(place->second, i);
    counts[earlier] = false;
    const auto& before = settings[earlier];
    const auto other = before.key == now.key ? std::string{} : " as \"" + now.key + "\"";
    skipped.push_back({before.line, "\"" + before.key + "\" is given again in line " +
                                        std::to_string(now.line) + other + ", which counts"});
  }
  std::vector<Setting> kept;
  for (std::size_t i = 0; i < settings.size(); ++i)
    if (counts[i]) kept.push_back(std::move(settings[i]));
  settings = std::move(kept);
}

tl::expected<File, std::string> read(std::string_view name, std::string_view text) {
  if (text.size() > kMostBytes) return tl::make_unexpected("it is larger than 1 MiB");
  if (text.find('\0') != std::string_view::npos) return tl::make_unexpected("it is not text");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  auto read = read_documents(name, text);
  if (!read) return tl::make_unexpected(std::move(read.error()));
  File file;
  file.skipped = std::move(read->skipped);
  file.is_spring = is_spring(read->documents);
  file.is_incomplete = read->is_incomplete;
  file.is_spring ? add_spring_producers(read->documents, file)
                 : add_plain_producers(read->documents, file);
  return file;
}

}  // namespace kie::lint
