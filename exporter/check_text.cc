#include "exporter/check_text.h"

#include "exporter/cluster_ids.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace kie {
namespace {

using kafka::Outcome;
using kafka::Step;
using kafka::StepKind;
using nlohmann::ordered_json;

std::size_t count(const Checks& checks, Outcome outcome) {
  std::size_t number = 0;
  for (const auto& check : checks)
    number += static_cast<std::size_t>(std::ranges::count(check.steps, outcome, &Step::outcome));
  return number;
}

/// Texts of servers and files are among what is printed, and each is one line.
std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text + "\n";
}

std::string line_of(const kafka::ClusterCheck& check, const Step& step) {
  auto line = fmt::format("{:<9}", kafka::id_of(step.outcome));
  if (!check.name.empty()) line += "cluster " + check.name + ": ";
  line += kafka::title(step);
  if (!step.detail.empty())
    line += step.outcome == Outcome::kFailed ? ": " + step.detail : " (" + step.detail + ")";
  return one_line(std::move(line));
}

std::string dump(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string check_text(const Checks& checks) {
  std::string text;
  for (const auto& check : checks)
    for (const auto& step : check.steps) {
      text += line_of(check, step);
      if (!step.help.empty()) text += one_line("         what to do: " + step.help);
    }
  return text + fmt::format("{} ok, {} failed, {} skipped\n", count(checks, Outcome::kOk),
                            count(checks, Outcome::kFailed), count(checks, Outcome::kSkipped));
}

std::string check_json(const Checks& checks) {
  auto clusters = ordered_json::array();
  for (const auto& check : checks) {
    auto steps = ordered_json::array();
    for (const auto& step : check.steps)
      steps.push_back({{"step", kafka::id_of(step.kind)},
                       {"subject", step.subject},
                       {"result", kafka::id_of(step.outcome)},
                       {"detail", step.detail},
                       {"help", step.help}});
    ordered_json cluster{{"name", check.name}, {"servers", check.servers}};
    cluster["cluster_id"] = check.cluster_id ? ordered_json(*check.cluster_id) : ordered_json();
    cluster["steps"] = std::move(steps);
    clusters.push_back(std::move(cluster));
  }
  return dump({{"clusters", std::move(clusters)},
               {"ok", count(checks, Outcome::kOk)},
               {"failed", count(checks, Outcome::kFailed)},
               {"skipped", count(checks, Outcome::kSkipped)}});
}

std::string problems_json(const config::Problems& problems) {
  auto list = ordered_json::array();
  for (const auto& problem : problems)
    list.push_back({{"source", problem.place.source},
                    {"line", problem.place.line},
                    {"column", problem.place.column},
                    {"problem", problem.what}});
  ordered_json whole;
  whole["problems"] = std::move(list);
  return dump(whole);
}

int exit_code(const Checks& checks) {
  const auto has_failed = [&](auto... kind) {
    return std::ranges::any_of(checks, [&](const auto& check) {
      return std::ranges::any_of(check.steps, [&](const Step& step) {
        return step.outcome == Outcome::kFailed && (... && (step.kind == kind));
      });
    });
  };
  if (has_failed(StepKind::kConfiguration)) return 2;
  return has_failed() ? 1 : 0;
}

void compare_ids(Checks& checks) {
  if (checks.size() < 2) return;
  ClusterIds ids;
  for (std::size_t i = 0; i < checks.size(); ++i) {
    auto& check = checks[i];
    ids.set_place(i, check.place);
    const auto metadata = std::ranges::find(check.steps, StepKind::kMetadata, &Step::kind);
    if (metadata == check.steps.end()) continue;
    Step step{StepKind::kDistinct, "", Outcome::kOk, "", ""};
    if (metadata->outcome != Outcome::kOk) {
      step.outcome = Outcome::kSkipped;
      step.detail =
          metadata->outcome == Outcome::kSkipped ? metadata->detail : "waits for Metadata";
    } else if (!check.cluster_id) {
      step.outcome = Outcome::kSkipped;
      step.detail = "the cluster has no id";
    } else if (const auto twice = ids.claim(i, *check.cluster_id)) {
      step.outcome = Outcome::kFailed;
      step.detail = fmt::format("{} and {} are the same cluster, {}", twice->first.text(),
                                twice->second.text(), *check.cluster_id);
      step.help = "take one of the two entries out; the exporter watches the first alone";
    } else {
      step.detail = *check.cluster_id;
    }
    check.steps.insert(std::next(metadata), std::move(step));
  }
}

}  // namespace kie
