#include "exporter/commands/check_text.h"

#include "exporter/cluster/cluster_ids.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace kie {
namespace {

using kafka::Check;
using kafka::CheckKind;
using kafka::Outcome;
using nlohmann::ordered_json;

std::size_t count(const ClusterChecks& clusters, Outcome outcome) {
  std::size_t number = 0;
  for (const auto& cluster : clusters)
    number +=
        static_cast<std::size_t>(std::ranges::count(cluster.checks, outcome, &Check::outcome));
  return number;
}

/// Texts of servers and files are printed too, each as one line.
std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text + "\n";
}

std::string line_of(const kafka::ClusterCheck& cluster, const Check& check) {
  auto line = fmt::format("{:<9}", kafka::id_of(check.outcome));
  if (!cluster.name.empty()) line += "cluster " + cluster.name + ": ";
  line += kafka::title(check);
  if (!check.detail.empty())
    line += check.outcome == Outcome::kFailed ? ": " + check.detail : " (" + check.detail + ")";
  return one_line(std::move(line));
}

std::string dump(const ordered_json& json) {
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string check_text(const ClusterChecks& clusters) {
  std::string text;
  for (const auto& cluster : clusters)
    for (const auto& check : cluster.checks) {
      text += line_of(cluster, check);
      if (!check.help.empty()) text += one_line("         what to do: " + check.help);
    }
  return text + fmt::format("{} ok, {} failed, {} skipped\n", count(clusters, Outcome::kOk),
                            count(clusters, Outcome::kFailed), count(clusters, Outcome::kSkipped));
}

std::string check_json(const ClusterChecks& clusters) {
  auto list = ordered_json::array();
  for (const auto& cluster : clusters) {
    auto steps = ordered_json::array();
    for (const auto& check : cluster.checks)
      steps.push_back({{"step", kafka::id_of(check.kind)},
                       {"subject", check.subject},
                       {"result", kafka::id_of(check.outcome)},
                       {"detail", check.detail},
                       {"help", check.help}});
    ordered_json json{{"name", cluster.name}, {"servers", cluster.servers}};
    json["cluster_id"] = cluster.cluster_id ? ordered_json(*cluster.cluster_id) : ordered_json();
    json["steps"] = std::move(steps);
    list.push_back(std::move(json));
  }
  return dump({{"clusters", std::move(list)},
               {"ok", count(clusters, Outcome::kOk)},
               {"failed", count(clusters, Outcome::kFailed)},
               {"skipped", count(clusters, Outcome::kSkipped)}});
}

std::string problems_json(const config::ConfigErrors& problems) {
  auto list = ordered_json::array();
  for (const auto& problem : problems) {
    const auto& position = problem.place.position;
    list.push_back({{"source", problem.place.source},
                    {"line", position ? position->line : 0},
                    {"column", position ? position->column : 0},
                    {"problem", problem.what}});
  }
  ordered_json whole;
  whole["problems"] = std::move(list);
  return dump(whole);
}

int exit_code(const ClusterChecks& clusters) {
  const auto has_failed = [&](auto... kind) {
    return std::ranges::any_of(clusters, [&](const auto& cluster) {
      return std::ranges::any_of(cluster.checks, [&](const Check& check) {
        return check.outcome == Outcome::kFailed && (... && (check.kind == kind));
      });
    });
  };
  if (has_failed(CheckKind::kConfiguration)) return 2;
  return has_failed() ? 1 : 0;
}

void compare_ids(ClusterChecks& clusters) {
  if (clusters.size() < 2) return;
  ClusterIds ids;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    auto& cluster = clusters[i];
    ids.set_place(i, cluster.place);
    const auto metadata = std::ranges::find(cluster.checks, CheckKind::kMetadata, &Check::kind);
    if (metadata == cluster.checks.end()) continue;
    Check check{CheckKind::kDistinct, "", Outcome::kOk, "", ""};
    if (metadata->outcome != Outcome::kOk) {
      check.outcome = Outcome::kSkipped;
      check.detail =
          metadata->outcome == Outcome::kSkipped ? metadata->detail : "waits for Metadata";
    } else if (!cluster.cluster_id) {
      check.outcome = Outcome::kSkipped;
      check.detail = "the cluster has no id";
    } else if (const auto twice = ids.claim(i, *cluster.cluster_id)) {
      check.outcome = Outcome::kFailed;
      check.detail = fmt::format("{} and {} are the same cluster, {}", twice->first.text(),
                                 twice->second.text(), *cluster.cluster_id);
      check.help = "remove one of the two entries; the exporter watches only the first";
    } else {
      check.detail = *cluster.cluster_id;
    }
    cluster.checks.insert(std::next(metadata), std::move(check));
  }
}

}  // namespace kie
