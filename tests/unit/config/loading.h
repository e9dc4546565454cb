#pragma once

#include "config/load.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::config::test {

/// A machine with two environment variables and some files; librdkafka knows everything but one
/// property.
class Load : public testing::Test {
 protected:
  Load() {
    load_context.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      if (found == environment.end()) return std::nullopt;
      return found->second;
    };
    load_context.read_file =
        [this](const std::string& path) -> tl::expected<std::string, std::string> {
      const auto found = files.find(path);
      if (found == files.end()) return tl::make_unexpected("No such file or directory");
      return found->second;
    };
    load_context.check_property = [](const std::string& name,
                                     const Secret&) -> std::optional<std::string> {
      if (name == "no.such.property") return "librdkafka has no property \"no.such.property\"";
      return std::nullopt;
    };
  }

  tl::expected<Config, ConfigErrors> load_toml(std::string_view toml,
                                               const Flags& flags = {}) const {
    return load_text(toml, "kie.toml", flags, load_context);
  }

  Config good(std::string_view toml, const Flags& flags = {}) const {
    auto loaded = load_toml(toml, flags);
    if (loaded) return *loaded;
    for (const auto& problem : loaded.error()) ADD_FAILURE() << problem.text();
    Config none;
    none.clusters.emplace_back();
    return none;
  }

  std::vector<std::string> problems(std::string_view toml, const Flags& flags = {}) const {
    const auto loaded = load_toml(toml, flags);
    std::vector<std::string> texts;
    if (loaded) return texts;
    for (const auto& problem : loaded.error()) texts.push_back(problem.text());
    return texts;
  }

  static std::map<std::string, std::string> properties(const Config& config) {
    std::map<std::string, std::string> result;
    for (const auto& property : config.clusters.at(0).librdkafka)
      result.emplace(property.name, property.value.reveal());
    return result;
  }

  std::map<std::string, std::string> environment{{"SERVER", "kafka-9:9092"},
                                                 {"PASSWORD", "hunter2"}};
  std::map<std::string, std::string> files{{"/secret", "hunter3\n"}};
  LoadContext load_context;
};

}  // namespace kie::config::test
