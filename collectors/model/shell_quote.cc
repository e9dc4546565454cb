#include "collectors/model/shell_quote.h"

namespace kie::model {

std::string shell_quote(std::string_view text) {
  // Without "~", which the shell expands at the beginning of a word and after "=" and ":".
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:@/=,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos)
    return std::string{text};
  std::string quoted = "'";
  for (const char c : text) {
    // A quote cannot be escaped within quotes: they end before it and begin again after it.
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

}  // namespace kie::model
