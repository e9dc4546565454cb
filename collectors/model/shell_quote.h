#pragma once

#include <string>
#include <string_view>

namespace kie::model {

/// A text as one word for a POSIX shell: unchanged if possible, else in single quotes. Names from
/// users and brokers are part of commands that people copy.
std::string shell_quote(std::string_view text);

}  // namespace kie::model
