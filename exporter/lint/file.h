#pragma once

#include <tl/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Producers' settings in files of applications.
namespace kie::lint {

struct Setting {
  /// Kafka's key, even if the file has another name for it.
  std::string key;
  std::string value;
  /// From 1 on.
  int line = 0;
  /// Prefix in the file, such as "producer.override."; empty for Spring's.
  std::string prefix = {};
};

/// A part that could not be used. Never contains a value, which may be a secret.
struct Skipped {
  /// From 1 on; nullopt: it is about the whole file.
  std::optional<int> line;
  std::string text;
};

struct ProducerSettings {
  /// Spring's; empty: for all.
  std::string profile;
  /// The section of its settings, if the file has several producers.
  std::string section;
  /// Prefix that a setting would have that the file does not contain; empty for Spring's.
  std::string prefix;
  /// Each key once, in the order of the file.
  std::vector<Setting> settings;
  /// Kafka Connect's defaults, if it is Connect's, which its settings override.
  std::map<std::string, std::string, std::less<>> underneath;
  /// Spring's spring.kafka.producer.properties, which override its own names for the same setting.
  std::vector<std::string> below_properties;
  /// Keys of rules whose values are only known at run time, such as "${ACKS}". They are not in
  /// `settings`.
  std::vector<std::string> hidden;
};

struct File {
  std::vector<ProducerSettings> producers;
  std::vector<Skipped> skipped;
  /// A part was not read, and may contain anything.
  bool is_incomplete = false;
  /// Only Spring's Java client reads it.
  bool is_spring = false;
};

/// Reads Java's properties and librdkafka's key=value, JSON (*.json, or it begins with a brace),
/// Spring's YAML (*.yml, *.yaml) and properties. The error: nothing of it can be read.
tl::expected<File, std::string> read(std::string_view name, std::string_view text);

}  // namespace kie::lint
