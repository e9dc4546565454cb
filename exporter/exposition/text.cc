#include "exporter/exposition/text.h"

#include <array>
#include <charconv>

namespace kie::exposition {
namespace {

template <class Number>
void append_integer(std::string& out, Number value) {
  std::array<char, 24> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init): to_chars fills it
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  static_cast<void>(error);  // 24 characters hold every 64-bit number
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace

void append_label_value(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else {
      out.push_back(c);
    }
  }
}

void append_label(std::string& out, std::string_view name, std::string_view value) {
  if (!out.ends_with('{')) out.push_back(',');
  out.append(name);
  out.append("=\"");
  append_label_value(out, value);
  out.push_back('"');
}

void append_number(std::string& out, std::int64_t value) { append_integer(out, value); }
void append_number(std::string& out, std::uint64_t value) { append_integer(out, value); }

void append_header(std::string& out, const Family& family) {
  out.append("# HELP ");
  out.append(family.name);
  out.push_back(' ');
  out.append(family.help);
  out.append("\n# TYPE ");
  out.append(family.name);
  out.append(family.type == Type::kCounter ? " counter\n" : " gauge\n");
}

}  // namespace kie::exposition
