#include "exporter/lint/file.h"

#include "config/text.h"
#include "exporter/lint/lines.h"
#include "exporter/lint/spring.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace kie::lint {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Files that have more than a producer in them, such as Kafka Connect's, have its settings so.
constexpr std::array kPrefixes{std::string_view{"kafka.producer."}, std::string_view{"producer."},
                               std::string_view{"producerConfig."}};

std::string_view prefix_of(std::string_view key) {
  for (const auto prefix : kPrefixes)
    if (key.starts_with(prefix)) return prefix;
  return {};
}

bool is_plausible(std::string_view key) {
  return !key.empty() && key.size() <= 200 && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '[' || c == ']';
  });
}

Producer plain_producer(const std::vector<Lines>& documents, std::vector<Skipped>& skipped) {
  Lines all;
  for (const auto& lines : documents) all.insert(all.end(), lines.begin(), lines.end());
  if (std::ranges::any_of(all, [](const Setting& one) { return !prefix_of(one.key).empty(); })) {
    std::erase_if(all, [](const Setting& one) { return prefix_of(one.key).empty(); });
    for (auto& one : all) one.key = one.key.substr(prefix_of(one.key).size());
  }
  Producer producer;
  std::map<std::string, std::size_t> places;
  for (auto& one : all) {
    if (!is_plausible(one.key)) {
      skipped.push_back({one.line, "it does not begin with a setting's name"});
      continue;
    }
    const auto [place, is_new] = places.try_emplace(one.key, producer.settings.size());
    if (is_new) {
      producer.settings.push_back(std::move(one));
      continue;
    }
    auto& before = producer.settings[place->second];
    skipped.push_back({before.line, "\"" + one.key + "\" is given again in line " +
                                        std::to_string(one.line) + ", which counts"});
    before = std::move(one);
  }
  return producer;
}

tl::expected<Documents, std::string> read_documents(std::string_view name, std::string_view text) {
  const bool is_yaml = name.ends_with(".yml") || name.ends_with(".yaml");
  if (!is_yaml && !name.ends_with(".json")) return read_properties(text);
  if (!config::is_utf8(text)) return tl::make_unexpected("it is not UTF-8");
  return is_yaml ? read_yaml(text) : read_json(text);
}

}  // namespace

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

tl::expected<File, std::string> read(std::string_view name, std::string_view text) {
  if (text.size() > kMostBytes) return tl::make_unexpected("it is larger than 1 MiB");
  if (text.find('\0') != std::string_view::npos) return tl::make_unexpected("it is no text");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  auto read = read_documents(name, text);
  if (!read) return tl::make_unexpected(std::move(read.error()));
  File file;
  file.skipped = std::move(read->skipped);
  file.is_spring = is_spring(read->documents);
  file.is_incomplete = read->is_incomplete;
  if (file.is_spring) {
    add_spring_producers(read->documents, file);
  } else {
    file.producers.push_back(plain_producer(read->documents, file.skipped));
  }
  return file;
}

}  // namespace kie::lint
