#include "config/text.h"
#include "exporter/exposition/text.h"
#include "exporter/log/log.h"
#include "exporter/web/landing_page.h"
#include "tests/fuzz/check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

/// What Prometheus reads between the quotes of a label.
std::string unescape_label(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    KIE_CHECK(text[i] != '"' && text[i] != '\n');
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    KIE_CHECK(++i < text.size());
    KIE_CHECK(text[i] == '\\' || text[i] == '"' || text[i] == 'n');
    out += text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

void check_label(std::string_view value) {
  std::string out = "before";
  kie::exposition::append_label_value(out, value);
  KIE_CHECK(out.starts_with("before"));
  const auto read = unescape_label(std::string_view{out}.substr(6));
  KIE_CHECK(kie::config::is_utf8(read));
  KIE_CHECK((read == value) == kie::config::is_utf8(value));

  std::string labels = "{";
  kie::exposition::append_label(labels, "a", value);
  kie::exposition::append_label(labels, "b", value);
  KIE_CHECK(labels == "{a=\"" + out.substr(6) + "\",b=\"" + out.substr(6) + "\"");
}

std::string unescape_logfmt(std::string_view text) {
  if (!text.starts_with('"')) {
    KIE_CHECK(!text.empty());
    for (const char c : text) KIE_CHECK(!is_control(c) && c != ' ' && c != '=' && c != '"');
    return std::string(text);
  }
  KIE_CHECK(text.size() >= 2 && text.ends_with('"'));
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    KIE_CHECK(text[i] != '"' && !is_control(text[i]));
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    KIE_CHECK(++i < text.size());
    if (text[i] == 'x') {
      KIE_CHECK(i + 2 < text.size());
      unsigned code = 0;
      const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16);
      KIE_CHECK(error == std::errc{} && end == text.data() + i + 3);
      out += static_cast<char>(code);
      i += 2;
    } else {
      KIE_CHECK(text[i] == '\\' || text[i] == '"' || text[i] == 'n');
      out += text[i] == 'n' ? '\n' : text[i];
    }
  }
  return out;
}

std::string unescape_html(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}}};
  std::string out;
  while (!text.empty()) {
    if (text[0] != '&') {
      KIE_CHECK(std::string_view{"<>\"'"}.find(text[0]) == std::string_view::npos);
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    const auto* const entity =
        std::find_if(kEntities.begin(), kEntities.end(),
                     [&](const auto& one) { return text.starts_with(one.first); });
    KIE_CHECK(entity != kEntities.end());
    out += entity->second;
    text.remove_prefix(entity->first.size());
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = kie::fuzz::as_text(data, size);
  check_label(value);
  KIE_CHECK(unescape_logfmt(kie::logfmt_value(value)) == value);
  KIE_CHECK(unescape_html(kie::http::escape_html(value)) == value);
  return 0;
}
