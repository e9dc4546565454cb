#include "config/text.h"
#include "exporter/lint/lint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <iterator>
#include <utility>

namespace kie::lint {
namespace {

using Json = nlohmann::ordered_json;
using risk::Finding;

std::string why(const Finding& finding) {
  auto text = std::string(rule(finding.rule).why);
  if (!finding.note.empty()) text += " " + finding.note;
  return text;
}

/// The lines to set in the file, or a text if there are none.
std::vector<std::string> remedy(const Finding& finding) {
  if (finding.wanted.empty()) return {std::string(rule(finding.rule).remedy)};
  std::vector<std::string> lines;
  lines.reserve(finding.wanted.size());
  for (const auto& [key, value] : finding.wanted) lines.push_back(fmt::format("{}={}", key, value));
  return lines;
}

/// Every line of the text is written here: names and values of files and servers are in it.
template <class... Args>
void add_line(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
  out += config::printable(fmt::format(format, std::forward<Args>(args)...)) + '\n';
}

std::string place(const std::string& file, std::optional<int> line) {
  return line ? fmt::format("{}:{}", file, *line) : file;
}

/// "acks=1", "acks=1 (the client's default)".
std::string shown(const Finding& finding) {
  if (finding.value.empty()) return finding.setting;
  auto text = finding.setting + "=" + finding.value;
  if (!finding.origin.empty() && finding.origin != "given") text += " (" + finding.origin + ")";
  return text;
}

struct Totals {
  std::size_t critical = 0;
  std::size_t others = 0;

  void add(const Finding& finding) {
    ++(finding.severity == risk::Severity::kCritical ? critical : others);
  }
};

void add_finding(std::string& out, const std::string& where, const Finding& finding) {
  add_line(out, "{}: {}: {}: {}", where, to_string(finding.severity), rule(finding.rule).id,
           shown(finding));
  add_line(out, "    {}", why(finding));
}

void add_producer(std::string& out, const std::string& file, const ProducerVerdict& verdict,
                  Totals& totals) {
  std::string which;
  if (!verdict.profile.empty()) which += ", profile " + verdict.profile;
  if (!verdict.section.empty()) which += ", below " + verdict.section;
  add_line(out, "{}: read as settings of {}{}{}{}", file, to_string(verdict.client),
           verdict.is_of_connect ? ", on Kafka Connect's defaults" : "",
           verdict.is_guess ? ", guessed from the keys (--client sets it)" : "", which);
  for (const auto& [finding, line] : verdict.found) {
    totals.add(finding);
    add_finding(out, place(file, line), finding);
    std::string_view before = "    remedy: ";
    for (const auto& wanted : remedy(finding))
      add_line(out, "{}{}", std::exchange(before, "            "), wanted);
  }
}

void add_cluster(std::string& out, const ClusterVerdict& cluster, Totals& totals) {
  const auto name = cluster.name.empty() ? std::string("the cluster") : "cluster " + cluster.name;
  if (!cluster.error.empty()) add_line(out, "{}: error: {}", name, cluster.error);
  for (const auto& [of, finding, text, commands] : cluster.found) {
    totals.add(finding);
    add_finding(out, name + ", topic " + finding.name, finding);
    add_line(out, "    remedy: {}", text);
    for (const auto& command : commands) add_line(out, "      {}", command);
  }
}

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json finding_json(const Finding& finding) {
  return {{"rule", rule(finding.rule).id},     {"severity", to_string(finding.severity)},
          {"setting", finding.setting},        {"value", or_null(finding.value)},
          {"origin", or_null(finding.origin)}, {"why", why(finding)}};
}

Json file_json(const FileVerdict& file) {
  auto producers = Json::array();
  for (const auto& one : file.producers) {
    auto found = Json::array();
    for (const auto& [finding, line] : one.found) {
      auto json = finding_json(finding);
      json["line"] = line ? Json(*line) : Json(nullptr);
      json["remedy"] = fmt::format("{}", fmt::join(remedy(finding), "\n"));
      found.push_back(std::move(json));
    }
    producers.push_back({{"profile", or_null(one.profile)},
                         {"section", or_null(one.section)},
                         {"client", to_string(one.client)},
                         {"guessed", one.is_guess},
                         {"kafka_connect", one.is_of_connect},
                         {"findings", std::move(found)}});
  }
  auto skipped = Json::array();
  for (const auto& [line, text] : file.skipped)
    skipped.push_back({{"line", line ? Json(*line) : Json(nullptr)}, {"text", text}});
  return {{"file", file.file},
          {"error", or_null(file.error)},
          {"incomplete", file.is_incomplete},
          {"producers", std::move(producers)},
          {"skipped", std::move(skipped)}};
}

Json cluster_json(const ClusterVerdict& cluster) {
  auto found = Json::array();
  for (const auto& one : cluster.found) {
    auto json = finding_json(one.finding);
    json["topic"] = one.finding.name;
    json["remedy"] = one.remedy;
    json["commands"] = one.commands;
    found.push_back(std::move(json));
  }
  return {{"cluster", or_null(cluster.name)},
          {"error", or_null(cluster.error)},
          {"findings", std::move(found)}};
}

}  // namespace

std::string report_text(const LintReport& report) {
  std::string out;
  Totals totals;
  for (const auto& file : report.files) {
    if (!file.error.empty()) add_line(out, "{}: error: {}", file.file, file.error);
    for (const auto& producer : file.producers) add_producer(out, file.file, producer, totals);
    for (const auto& [line, text] : file.skipped)
      add_line(out, "{}: skipped: {}", place(file.file, line), text);
  }
  for (const auto& cluster : report.clusters) add_cluster(out, cluster, totals);
  add_line(out, "{} critical, {} other finding{}", totals.critical, totals.others,
           totals.others == 1 ? "" : "s");
  return out;
}

std::string report_json(const LintReport& report) {
  Json json{{"files", Json::array()}, {"clusters", Json::array()}};
  for (const auto& file : report.files) json["files"].push_back(file_json(file));
  for (const auto& cluster : report.clusters) json["clusters"].push_back(cluster_json(cluster));
  // Names and keys need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string rules_table() {
  std::string out =
      "| rule | scope | severity | condition | why | remedy |\n| --- | --- | --- | --- | --- | --- "
      "|\n";
  for (const auto& one : risk::rules()) {
    auto severity = std::string(to_string(one.severity));
    if (one.other) severity += ", " + std::string(to_string(*one.other));
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} | {} | {} |\n", one.id,
                   to_string(one.scope), severity, one.condition, one.why, one.remedy);
  }
  return out;
}

}  // namespace kie::lint
