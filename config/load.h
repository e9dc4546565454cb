#pragma once

#include "config/config.h"
#include "config/flags.h"

#include <tl/expected.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kie::config {

/// External functions that loading needs, which tests replace.
struct LoadContext {
  /// The value of an environment variable, if it is set.
  std::function<std::optional<std::string>(const std::string&)> environment;
  /// The content of a file, or the error.
  std::function<tl::expected<std::string, std::string>(const std::string&)> read_file;
  /// The error in a librdkafka property, or nullopt. The text never contains the value.
  std::function<std::optional<std::string>(const std::string& name, const Secret& value)>
      check_property;
  /// Whether there is a rule with that id.
  std::function<bool(std::string_view id)> is_rule = [](std::string_view) { return true; };
};

/// The environment and files of this process.
LoadContext real_load_context();

/// Builds the configuration from the file in `flags` (if any) and the flags themselves, or returns
/// all errors in it, in the order of the file.
tl::expected<Config, ConfigErrors> load(const Flags& flags, const LoadContext& load_context);

/// The same from a text; `source`: its name in errors.
tl::expected<Config, ConfigErrors> load_text(std::string_view toml, const std::string& source,
                                             const Flags& flags, const LoadContext& load_context);

}  // namespace kie::config
