#pragma once

#include "collectors/risk/client.h"
#include "collectors/risk/finding.h"
#include "exporter/lint/file.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::lint {

/// A finding in one file.
struct LintFinding {
  risk::Finding finding;
  /// Line of the setting; nullopt: it is the client's default, or there are several settings.
  std::optional<int> line;
};

/// The result for one producer's settings.
struct ProducerVerdict {
  std::string file;
  std::string profile;
  /// The section of the settings, if the file has several producers.
  std::string section;
  risk::ClientRelease client;
  /// The client is guessed by the keys.
  bool is_guess = false;
  /// Its settings override Kafka Connect's defaults.
  bool is_of_connect = false;
  std::vector<LintFinding> found;
};

struct FileVerdict {
  std::string file;
  /// Why it cannot be read.
  std::string error;
  std::vector<ProducerVerdict> producers;
  std::vector<Skipped> skipped;
  /// A part was not read.
  bool is_incomplete = false;
};

/// `client`: nullopt: guessed.
FileVerdict judge(const std::string& name, std::string_view text,
                  const std::optional<risk::ClientRelease>& client,
                  const risk::Thresholds& thresholds);

/// A finding in a cluster's topics, with its remedy.
struct TopicFound {
  std::string cluster;
  risk::Finding finding;
  std::string remedy;
  std::vector<std::string> commands;
};

struct ClusterVerdict {
  std::string name;
  /// Why the cluster could not be read.
  std::string error;
  std::vector<TopicFound> found;
};

struct LintReport {
  std::vector<FileVerdict> files;
  std::vector<ClusterVerdict> clusters;
};

std::string report_text(const LintReport& report);
std::string report_json(const LintReport& report);

/// 0: no findings; 1: findings; 2: a file or cluster could not be read completely.
int exit_code(const LintReport& report);

/// The table of all rules, in Markdown.
std::string rules_table();

}  // namespace kie::lint
