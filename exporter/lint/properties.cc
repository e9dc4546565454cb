#include "config/parse_number.h"
#include "exporter/lint/lines.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace kie::lint {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

std::string_view without_indent(std::string_view line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// Natural lines, with any line ending.
class NaturalLines {
 public:
  explicit NaturalLines(std::string_view text) : rest_(text) {}

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    ++number_;
    const auto end = rest_.find_first_of("\r\n");
    const auto line = rest_.substr(0, end);
    if (end == std::string_view::npos) {
      rest_ = {};
    } else {
      rest_.remove_prefix(end + (rest_.substr(end, 2) == "\r\n" ? 2 : 1));
    }
    return line;
  }

  int number() const { return number_; }

 private:
  std::string_view rest_;
  int number_ = 0;
};

/// Whether the line continues on the next one.
bool goes_on(std::string_view line) {
  std::size_t backslashes = 0;
  while (backslashes < line.size() && line[line.size() - 1 - backslashes] == '\\') ++backslashes;
  return backslashes % 2 == 1;
}

/// Resolves escapes; nullopt: a \u without four digits.
std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) break;
    switch (text[i]) {
      case 't':
        out += '\t';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 'f':
        out += '\f';
        break;
      case 'u': {
        const auto digits = text.substr(i + 1, 4);
        const auto code = config::parse_number<std::uint32_t>(digits, 16);
        if (digits.size() != 4 || !code) return std::nullopt;
        append_utf8(out, *code);
        i += 4;
        break;
      }
      default:
        out += text[i];
    }
  }
  return out;
}

/// The end of the key: the first separator that does not follow a backslash.
std::size_t end_of_key(std::string_view line) {
  std::size_t i = 0;
  for (; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '=' || line[i] == ':' || is_blank(line[i])) {
      break;
    }
  }
  return std::min(i, line.size());
}

void add(Documents& out, std::string_view line, int number) {
  const auto end = end_of_key(line);
  auto rest = without_indent(line.substr(end));
  if (rest.starts_with('=') || rest.starts_with(':')) rest = without_indent(rest.substr(1));
  auto key = unescaped(line.substr(0, end));
  auto value = unescaped(rest);
  if (!key || !value) {
    out.skipped.push_back({number, "a \\u is not followed by four hexadecimal digits"});
    return;
  }
  out.documents.back().push_back({std::move(*key), std::move(*value), number});
}

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with('!'); }

/// For Spring a separator directly below a comment with the same first character is none.
bool is_separator(std::string_view line, char comment_above) {
  return is_comment(line) && line.front() != comment_above && line.substr(1).starts_with("---") &&
         without_indent(line.substr(4)).empty();
}

}  // namespace

Documents read_properties(std::string_view text) {
  Documents out;
  out.documents.emplace_back();
  NaturalLines lines{text};
  std::size_t count = 0;
  char comment_above = '\0';
  while (const auto natural = lines.next()) {
    const auto first = without_indent(*natural);
    if (is_separator(*natural, comment_above)) {
      if (!out.documents.back().empty()) out.documents.emplace_back();
      continue;
    }
    if (is_comment(first)) {
      // If it precedes the first setting, Spring continues the document before.
      if (out.documents.back().empty() && out.documents.size() > 1) out.documents.pop_back();
      comment_above = first.front();
      continue;
    }
    comment_above = '\0';
    if (first.empty()) continue;
    const int number = lines.number();
    std::string logical{first};
    while (goes_on(logical)) {
      logical.pop_back();
      const auto next = lines.next();
      if (!next) break;
      logical += without_indent(*next);
    }
    if (++count > kMostSettings) {
      out.skipped.push_back({number, "there are too many settings; the rest is not read"});
      out.is_incomplete = true;
      break;
    }
    add(out, logical, number);
  }
  return out;
}

}  // namespace kie::lint
