#include "exporter/web/negotiation.h"
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

/// Of one coding, which a header may name several times.
struct Weights {
  double least = 2;
  double most = -1;

  void add(double weight) {
    least = std::min(least, weight);
    most = std::max(most, weight);
  }
  bool is_named() const { return most >= 0; }
};

/// The grammar of RFC 9110, 12.5.3, and what it says of gzip. Nothing where the RFC does not
/// decide: the header does not follow it, or names the same coding with weights that differ.
std::optional<bool> reference(const std::string& header) {
  static const std::regex kElement{
      R"([ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:[ \t]*;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?)?[ \t]*)"};
  Weights gzip;
  Weights any;
  Weights identity;
  std::size_t begin = 0;
  while (true) {
    const auto end = std::min(header.find(',', begin), header.size());
    std::smatch parts;
    const std::string element = header.substr(begin, end - begin);
    if (!std::regex_match(element, parts, kElement)) return std::nullopt;
    const std::string coding = upper(parts[1]);
    const double weight = parts[2].matched ? std::stod(parts[2]) : 1;
    if (coding == "GZIP" || coding == "X-GZIP") gzip.add(weight);
    if (coding == "*") any.add(weight);
    if (coding == "IDENTITY") identity.add(weight);
    if (end == header.size()) break;
    begin = end + 1;
  }
  const auto& ours = gzip.is_named() ? gzip : any;
  if (!ours.is_named() || ours.most == 0) return false;
  if (identity.is_named() && identity.least > ours.most) return false;
  if (ours.least > 0 && identity.most <= ours.least) return true;
  return std::nullopt;
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
