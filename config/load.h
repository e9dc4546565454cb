#pragma once

#include "config/config.h"
#include "config/flags.h"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kie::config {

/// What loading needs from outside, so that tests can stand in for it.
struct LoadContext {
  /// The value of an environment variable, if it is set.
  std::function<std::optional<std::string>(const std::string&)> environment;
  /// The content of a file, or what went wrong.
  std::function<tl::expected<std::string, std::string>(const std::string&)> read_file;
  /// What is wrong with a librdkafka property, or nothing. The text never has the value in it.
  std::function<std::optional<std::string>(const std::string& name, const Secret& value)>
      check_property;
  /// Whether there is a rule of that id for an exemption.
  std::function<bool(std::string_view id)> is_rule = [](std::string_view) { return true; };
};

/// The environment and files of this process.
LoadContext real_surroundings();

/// Builds the configuration from the file that `flags` names (if any) and the flags themselves,
/// or returns everything that is wrong with it, in the order of the file.
tl::expected<Config, ConfigErrors> load(const Flags& flags, const LoadContext& surroundings);

/// The same from a text; `source` is what problems call it.
tl::expected<Config, ConfigErrors> load_text(std::string_view toml, const std::string& source,
                                             const Flags& flags, const LoadContext& surroundings);

}  // namespace kie::config
