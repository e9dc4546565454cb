#include "exporter/commands/stop_verdict.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace kie {
namespace {

using VerdictAnswer = StopVerdict::Answer;
using Json = nlohmann::ordered_json;

/// Partitions that a line names.
constexpr std::size_t kMostNamed = 5;

/// An object's member, or null.
const Json& member(const Json& json, const char* name) {
  static const Json nothing;
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nothing : *found;
}

const Json& array_of(const Json& json) {
  static const Json nothing = Json::array();
  return json.is_array() ? json : nothing;
}

std::string text_of(const Json& json) { return json.is_string() ? json.get<std::string>() : ""; }

std::string number_of(const Json& json) { return json.is_number_integer() ? json.dump() : "?"; }

std::string why_not(const Json& body) {
  std::string text;
  for (const auto& [obstacle, count] : member(body, "obstacles").items()) {
    if (!text.empty()) text += ", ";
    text += obstacle + " " + number_of(count);
  }
  const auto& partitions = array_of(member(body, "partitions"));
  std::string names;
  for (std::size_t i = 0; i < std::min(partitions.size(), kMostNamed); ++i) {
    const auto& one = partitions[i];
    if (!names.empty()) names += ", ";
    names += text_of(member(one, "topic")) + "/" + number_of(member(one, "partition"));
  }
  if (partitions.size() > kMostNamed) names += ", ...";
  return fmt::format("no: {} blocked partitions ({}): {}",
                     number_of(member(body, "blocked_partitions")), text, names);
}

std::string why_unknown(long status, const Json& body) {
  std::string text;
  for (const auto& sentence : array_of(member(body, "unknown")))
    text += (text.empty() ? "" : " ") + text_of(sentence);
  if (text.empty()) text = text_of(member(body, "error"));
  if (text.empty()) text = fmt::format("the answer is not the exporter's (HTTP {})", status);
  return "not known: " + text;
}

Json parse(std::string_view body) { return Json::parse(body, nullptr, false); }

StopVerdict unknown(long status, const Json& body) {
  return {VerdictAnswer::kUnknown, why_unknown(status, body), status == 400};
}

}  // namespace

StopVerdict read_stop_verdict(long status, std::string_view body) {
  const auto json = parse(body);
  const auto& may_stop = member(json, "may_stop");
  if (status == 200 && may_stop == true) return {VerdictAnswer::kYes, "yes", false};
  if (status == 409 && may_stop == false) return {VerdictAnswer::kNo, why_not(json), false};
  return unknown(status, json);
}

tl::expected<std::string, StopVerdict> read_only_cluster(long status, std::string_view body) {
  const auto json = parse(body);
  const auto& clusters = member(json, "clusters");
  if (status != 200 || !clusters.is_array()) return tl::make_unexpected(unknown(status, json));
  std::vector<std::string> found;
  for (const auto& one : clusters) {
    if (member(one, "disabled") == true) continue;
    const auto id = text_of(member(one, "id"));
    found.push_back(id.empty() ? text_of(member(one, "name")) : id);
  }
  if (found.size() > 1)
    return tl::make_unexpected(StopVerdict{
        VerdictAnswer::kUnknown,
        fmt::format("not known: the exporter watches {} clusters: name one with --cluster",
                    found.size()),
        true});
  if (found.empty() || found.front().empty())
    return tl::make_unexpected(StopVerdict{VerdictAnswer::kUnknown,
                                           "not known: The cluster has not answered yet.", false});
  return found.front();
}

}  // namespace kie
