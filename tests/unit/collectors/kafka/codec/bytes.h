#pragma once

#include <string>
#include <string_view>

namespace kie::kafka::codec {

/// "0001 6f" is three bytes; what is between bars is text: "02|a|".
inline std::string bytes(std::string_view written) {
  std::string result;
  bool is_text = false;
  int high = -1;
  for (const char c : written) {
    if (c == '|') {
      is_text = !is_text;
    } else if (is_text) {
      result.push_back(c);
    } else if (c != ' ' && c != '\n') {
      const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
      if (high >= 0) result.push_back(static_cast<char>(high * 16 + digit));
      high = high >= 0 ? -1 : digit;
    }
  }
  return result;
}

}  // namespace kie::kafka::codec
