#include "exporter/http/negotiation.h"
#include "tests/fuzz/check.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace {

using kie::http::accepts_gzip;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

/// The grammar of RFC 9110, 12.5.3, and what it says of gzip. Nothing where the RFC does not
/// decide: the header does not follow it, or names the same coding with and without weight 0.
std::optional<bool> reference(const std::string& header) {
  static const std::regex kElement{
      R"([ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?)?[ \t]*)"};
  static const std::regex kNone{R"(0(\.0*)?)"};
  bool gzip_yes = false;
  bool gzip_no = false;
  bool any_yes = false;
  bool any_no = false;
  std::size_t begin = 0;
  while (true) {
    const auto end = std::min(header.find(',', begin), header.size());
    std::smatch parts;
    const std::string element = header.substr(begin, end - begin);
    if (!std::regex_match(element, parts, kElement)) return std::nullopt;
    const std::string coding = upper(parts[1]);
    const bool refused = std::regex_match(parts[2].str(), kNone);
    if (coding == "GZIP" || coding == "X-GZIP") (refused ? gzip_no : gzip_yes) = true;
    if (coding == "*") (refused ? any_no : any_yes) = true;
    if (end == header.size()) break;
    begin = end + 1;
  }
  if (gzip_yes || gzip_no) return gzip_yes && gzip_no ? std::nullopt : std::optional{gzip_yes};
  return any_yes && any_no ? std::nullopt : std::optional{any_yes};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // std::regex recurses with the length of the text.
  if (size > 512) return 0;
  const std::string header{kie::fuzz::as_text(data, size)};
  const bool accepted = accepts_gzip(header);
  KIE_CHECK(accepts_gzip(header) == accepted);
  KIE_CHECK(accepts_gzip(upper(header)) == accepted);
  KIE_CHECK(accepts_gzip(" \t" + header + "\t ") == accepted);
  KIE_CHECK(accepts_gzip("br, " + header + ", zstd;q=0") == accepted);
  KIE_CHECK(accepts_gzip(header + ",gzip"));
  KIE_CHECK(!accepts_gzip(header + ",gzip;q=0"));
  if (const auto expected = reference(header)) KIE_CHECK(accepted == *expected);
  return 0;
}
