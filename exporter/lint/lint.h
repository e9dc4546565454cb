#pragma once

#include "collectors/risk/client.h"
#include "collectors/risk/finding.h"
#include "exporter/lint/file.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::lint {

/// What a rule found in one file.
struct LintFinding {
  risk::Finding finding;
  /// Of the setting; nullopt: it is the client's default, or one of several.
  std::optional<int> line;
};

/// One producer's settings, held against the rules.
struct ProducerVerdict {
  std::string file;
  std::string profile;
  /// What the settings stand below, if the file has several producers.
  std::string section;
  risk::ClientRelease client;
  /// It was not told, and is guessed by the keys.
  bool is_guess = false;
  /// Its settings are put on Kafka Connect's defaults.
  bool is_of_connect = false;
  std::vector<LintFinding> found;
};

struct FileVerdict {
  std::string file;
  /// Why nothing of it can be read.
  std::string error;
  std::vector<ProducerVerdict> producers;
  std::vector<Skipped> skipped;
  /// A part was not read.
  bool is_incomplete = false;
};

/// `client`: nullopt: to be guessed.
FileVerdict judge(const std::string& name, std::string_view text,
                  const std::optional<risk::ClientRelease>& client,
                  const risk::Thresholds& thresholds);

/// What is found in a cluster's topics, with its remedy.
struct TopicFound {
  std::string cluster;
  risk::Finding finding;
  std::string remedy;
  std::vector<std::string> commands;
};

struct ClusterVerdict {
  std::string name;
  /// Why it could not be asked.
  std::string error;
  std::vector<TopicFound> found;
};

struct LintReport {
  std::vector<FileVerdict> files;
  std::vector<ClusterVerdict> clusters;
};

std::string report_text(const LintReport& report);
std::string report_json(const LintReport& report);

/// 0: nothing was found; 1: something was; 2: something could not be read to its end, or asked.
int exit_code(const LintReport& report);

/// The table of all rules, in Markdown.
std::string rules_table();

}  // namespace kie::lint
