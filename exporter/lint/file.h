#pragma once

#include <tl/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Settings of producers as applications keep them in files.
namespace kie::lint {

struct Setting {
  /// Kafka's own, whatever the file calls it.
  std::string key;
  std::string value;
  /// From 1 on.
  int line = 0;
  /// What the file has before it, such as "producer.override."; not Spring's.
  std::string prefix = {};
};

/// What could not be used. It never has a value in it, which may be a secret.
struct Skipped {
  /// From 1 on; nullopt: it is about no line, but the file.
  std::optional<int> line;
  std::string text;
};

struct ProducerSettings {
  /// Spring's; empty: for all.
  std::string profile;
  /// What its settings stand below, if the file has several producers.
  std::string section;
  /// Prefix that a setting would have that the file does not contain; empty for Spring's.
  std::string prefix;
  /// Each key once, in the order of the file.
  std::vector<Setting> settings;
  /// Kafka Connect's defaults, if it is Connect's: what its settings are put on.
  std::map<std::string, std::string, std::less<>> underneath;
  /// Spring's spring.kafka.producer.properties, which win over its own names for the same.
  std::vector<std::string> below_properties;
  /// Keys that rules judge, and whose values are known only where it runs, as "${ACKS}" is; they
  /// are in no settings.
  std::vector<std::string> hidden;
};

struct File {
  std::vector<ProducerSettings> producers;
  std::vector<Skipped> skipped;
  /// A part was not read, and may have anything in it.
  bool is_incomplete = false;
  /// Only Spring's Java client reads it.
  bool is_spring = false;
};

/// Reads Java's properties and librdkafka's key=value, JSON (*.json, or it begins with a brace),
/// Spring's YAML (*.yml, *.yaml) and properties. The error: nothing of it can be read.
tl::expected<File, std::string> read(std::string_view name, std::string_view text);

}  // namespace kie::lint
