#include "config/parse_number.h"
#include "config/text.h"
#include "exporter/lint/lines.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace kie::lint {
namespace {

using YamlEntry = std::pair<YAML::Node, YAML::Node>;

int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

/// Neither quoted nor with a tag.
bool is_plain(const YAML::Node& node) { return node.Tag() == "?"; }

bool is_merge(const YAML::Node& key) { return is_plain(key) && key.Scalar() == "<<"; }

/// YAML 1.1's integers in decimals: 1_000, 0x3E8, 01750 and 0b1111101000 are one number.
std::optional<std::string> integer_of(std::string_view text) {
  const bool has_sign = text.starts_with('-') || text.starts_with('+');
  std::string digits{text.substr(has_sign ? 1 : 0)};
  if (digits.empty() || digits.front() == '_') return std::nullopt;
  std::erase(digits, '_');
  std::string_view rest = digits;
  int base = 10;
  if (rest.starts_with("0x") || rest.starts_with("0b")) {
    base = rest[1] == 'x' ? 16 : 2;
    rest.remove_prefix(2);
  } else if (rest.size() > 1 && rest.starts_with('0')) {
    base = 8;
  }
  const auto number = config::parse_number<std::uint64_t>(rest, base);
  if (!number) return std::nullopt;
  return (text.starts_with('-') ? "-" : "") + std::to_string(*number);
}

/// Spring's parser converts YAML 1.1's words for booleans, and numbers, to their values.
std::string value_of(const YAML::Node& scalar) {
  constexpr std::array kTrue{std::string_view{"true"}, std::string_view{"yes"},
                             std::string_view{"on"}};
  constexpr std::array kFalse{std::string_view{"false"}, std::string_view{"no"},
                              std::string_view{"off"}};
  if (!is_plain(scalar)) return scalar.Scalar();
  const auto word = config::lower(scalar.Scalar());
  if (std::ranges::find(kTrue, word) != kTrue.end()) return "true";
  if (std::ranges::find(kFalse, word) != kFalse.end()) return "false";
  return integer_of(scalar.Scalar()).value_or(scalar.Scalar());
}

class YamlReader {
 public:
  Documents run(const std::vector<YAML::Node>& documents) {
    for (const auto& document : documents) {
      out_.documents.emplace_back();
      if (document.IsMap()) {
        map(document, "", 0);
      } else if (document.IsDefined() && !document.IsNull()) {
        give_up(line_of(document), "a document is not a map of settings");
      }
    }
    return std::move(out_);
  }

 private:
  void give_up(int line, std::string what) {
    out_.skipped.push_back({line, std::move(what)});
    out_.is_incomplete = true;
  }

  /// An alias may refer to a map that contains itself, or be repeated a thousand times.
  bool has_room(const YAML::Node& node) {
    if (nodes_ > kMostSettings) return false;
    if (++nodes_ <= kMostSettings) return true;
    give_up(line_of(node), "there are too many settings; the rest is not read");
    return false;
  }

  void map(const YAML::Node& map, const std::string& prefix, std::size_t depth) {
    std::vector<YamlEntry> entries;
    std::set<std::string> taken;
    gather(map, taken, entries, depth);
    for (const auto& [key, value] : entries) {
      // Spring's "[a.b]" is one name with a dot.
      auto name = key.Scalar();
      if (name.size() > 2 && name.starts_with('[') && name.ends_with(']'))
        name = name.substr(1, name.size() - 2);
      read(value, prefix + name, line_of(key), depth);
    }
  }

  /// Merged entries ("<<") come before the map's own, which override them; the first of several
  /// merged maps counts.
  void gather(const YAML::Node& map, std::set<std::string>& taken, std::vector<YamlEntry>& entries,
              std::size_t depth) {
    std::vector<YamlEntry> own;
    std::vector<YAML::Node> merges;
    for (const auto& entry : map) {
      if (!entry.first.IsScalar()) continue;
      if (!has_room(entry.first)) break;
      if (!is_merge(entry.first)) {
        if (!taken.contains(entry.first.Scalar())) own.emplace_back(entry.first, entry.second);
      } else if (entry.second.IsSequence()) {
        for (const auto& one : entry.second) merges.push_back(one);
      } else {
        merges.push_back(entry.second);
      }
    }
    for (const auto& [key, value] : own) taken.insert(key.Scalar());
    for (const auto& merged : merges) {
      if (!merged.IsMap() || !has_room(merged)) continue;
      if (depth < kDeepest) {
        gather(merged, taken, entries, depth + 1);
      } else {
        give_up(line_of(merged), "it is nested too deeply");
      }
    }
    entries.insert(entries.end(), own.begin(), own.end());
  }

  void read(const YAML::Node& node, const std::string& name, int line, std::size_t depth) {
    if (node.IsScalar()) {
      out_.documents.back().push_back({name, value_of(node), line});
    } else if (!node.IsDefined() || node.IsNull()) {
      // Not a setting of a producer.
    } else if (depth == kDeepest) {
      give_up(line, "it is nested too deeply");
    } else if (node.IsMap()) {
      map(node, name + ".", depth + 1);
    } else {
      std::size_t i = 0;
      for (const auto& item : node) {
        if (!has_room(item)) return;
        read(item, name + "[" + std::to_string(i++) + "]", line_of(item), depth + 1);
      }
    }
  }

  Documents out_;
  std::size_t nodes_ = 0;
};

}  // namespace

tl::expected<Documents, std::string> read_yaml(std::string_view text) {
  try {
    return YamlReader{}.run(YAML::LoadAll(std::string(text)));
  } catch (const YAML::Exception& error) {
    return tl::make_unexpected("line " + std::to_string(error.mark.line + 1) +
                               ": it is not YAML that can be read");
  }
}

}  // namespace kie::lint
