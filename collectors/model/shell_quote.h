#pragma once

#include <string>
#include <string_view>

namespace kie::model {

/// A text as one word of a POSIX shell's command line: as it is where the shell reads it so, else
/// in single quotes. What users and brokers call things gets into commands that people copy.
std::string shell_quote(std::string_view text);

}  // namespace kie::model
