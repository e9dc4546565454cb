#include "exporter/commands/lint_command.h"

#include "collectors/cluster/risks.h"
#include "collectors/kafka/config_reader.h"
#include "collectors/replication/advance.h"
#include "exporter/cluster/cluster_connection.h"
#include "exporter/lint/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kie {
namespace {

using Clock = std::chrono::steady_clock;

/// The first ones may fail before there is a connection.
constexpr int kAttempts = 10;
constexpr std::chrono::milliseconds kPause{200};

/// Reads the topics and their configs, and applies the rules.
tl::expected<void, std::string> read(ClusterState& known, const config::ClusterConfig& cluster) {
  auto connection = ClusterConnection::open(cluster, std::make_shared<RdkafkaLog>(cluster.name));
  if (!connection) return tl::make_unexpected(connection.error().text);
  auto& reader = **connection;
  const kafka::Known nothing{
      .has_topics = false,
      .has_topic = [](const std::string&) { return false; },
      .topic_id = [](const std::string&) { return std::nullopt; },
      .find_unconfirmed = [](const model::ClusterSnapshot&) { return model::Unconfirmed{}; }};
  std::string error = "it did not answer";
  for (int i = 0; i < kAttempts; ++i) {
    if (i > 0) std::this_thread::sleep_for(kPause);
    auto report = reader.read(Clock::now(), nothing);
    if (!report) {
      error = report.error().text;
      continue;
    }
    auto& snapshot = report->snapshot;
    std::vector<std::string> names;
    names.reserve(snapshot.topics.size());
    for (const auto& topic : snapshot.topics) names.push_back(topic.name);
    const auto configs = reader.read_configs(known.settings, names, reader.listed());
    if (configs.topics_error) {
      error = configs.topics_error->text;
      continue;
    }
    if (!configs.refused.empty())
      return tl::make_unexpected("reading the settings of topics: " +
                                 configs.refused.begin()->first);
    replication::advance(known.replication, std::move(snapshot));
    known.risks = std::make_shared<const risk::Findings>(find_risks(
        known, reader.listed(), std::nullopt, {Clock::now(), cluster.staleness()}, cluster.risk));
    if (known.risks->is_complete(risk::Scope::kTopic)) return {};
    error = configs.brokers_failed.empty()
                ? fmt::format("the settings of {} topics are not known",
                              known.risks->unknown_topics.size())
                : fmt::format("broker {} does not return what topics inherit from it: {}",
                              configs.brokers_failed.begin()->first.value,
                              configs.brokers_failed.begin()->second.text);
  }
  return tl::make_unexpected(std::move(error));
}

lint::ClusterVerdict judge(const config::ClusterConfig& cluster) {
  lint::ClusterVerdict verdict{.name = cluster.name, .error = {}, .found = {}};
  ClusterState known;
  // Findings are valid even if others are not known.
  if (const auto seen = read(known, cluster); !seen) verdict.error = seen.error();
  auto place = place_of(known, known.settings, cluster.servers.front());
  for (const auto& finding : known.risks->found) {
    if (rule(finding.rule).scope != risk::Scope::kTopic || !finding.exemption.empty()) continue;
    place.partitions = assignments(known, finding.name);
    auto remedy = remedy_of(finding, place);
    verdict.found.push_back(
        {cluster.name, finding, std::move(remedy.text), std::move(remedy.commands)});
  }
  return verdict;
}

int refuse(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  return 2;
}

}  // namespace

int run_lint(const config::Flags& flags, const config::LoadContext& load_context) {
  if (flags.rules) {
    std::fputs(lint::rules_table().c_str(), stdout);
    return 0;
  }
  if (flags.files.empty()) return refuse("lint: name a FILE; --help lists the formats");
  std::optional<risk::ClientRelease> client;
  if (!flags.client.empty()) {
    client = risk::parse_client(flags.client);
    if (!client) return refuse("--client must be java or librdkafka, with :VERSION if it is known");
  }
  lint::LintReport report;
  risk::Thresholds thresholds;
  if (flags.config_file || !flags.kafka_servers.empty()) {
    const auto config = config::load(flags, load_context);
    if (!config) {
      for (const auto& problem : config.error())
        std::fprintf(stderr, "%s\n", problem.text().c_str());
      return 2;
    }
    thresholds = config->risk;
    std::vector<std::future<lint::ClusterVerdict>> asked;
    for (const auto& cluster : config->clusters)
      asked.push_back(std::async(std::launch::async, [&cluster] { return judge(cluster); }));
    for (auto& one : asked) report.clusters.push_back(one.get());
  }
  for (const auto& file : flags.files) {
    const auto text = load_context.read_file(file);
    if (text) {
      report.files.push_back(lint::judge(file, *text, client, thresholds));
    } else {
      report.files.push_back({.file = file, .error = text.error(), .producers = {}, .skipped = {}});
    }
  }
  std::fputs((flags.json ? report_json(report) : report_text(report)).c_str(), stdout);
  return exit_code(report);
}

}  // namespace kie
