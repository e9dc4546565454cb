#include "exporter/web/negotiation.h"
#include "tests/fuzz/check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

namespace {

using kie::exposition::Format;
using kie::http::choose_format;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

/// The best weight by specificity, the least specific first; negative where nothing matched.
using Weights = std::array<double, 5>;

double weight_of(const Weights& weights) {
  for (std::size_t i = weights.size(); i-- > 0;)
    if (weights.at(i) >= 0) return weights.at(i);
  return 0;
}

/// RFC 9110, 12.5.1, for headers of tokens with no parameters but version and q. Nothing where the
/// header is not like that.
std::optional<Format> reference(const std::string& header) {
  static const std::regex kElement{
      R"([ \t]*(?:([0-9a-z.+*-]+/[0-9a-z.+*-]+)(?:[ \t]*;[ \t]*version=([0-9.]+))?(?:[ \t]*;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?)?[ \t]*)"};
  Weights text;
  Weights openmetrics;
  text.fill(-1);
  openmetrics.fill(-1);
  std::size_t begin = 0;
  while (true) {
    const auto end = std::min(header.find(',', begin), header.size());
    std::smatch parts;
    const std::string element = lower(header.substr(begin, end - begin));
    if (!std::regex_match(element, parts, kElement)) return std::nullopt;
    const std::string type = parts[1];
    const std::string version = parts[2];
    const double q = parts[3].matched ? std::stod(parts[3]) : 1;
    const auto raise = [&](Weights& weights, std::size_t rank) {
      weights.at(rank) = std::max(weights.at(rank), q);
    };
    if (type == "*/*") {
      raise(text, 0);
      raise(openmetrics, 0);
    }
    if (type == "text/*") raise(text, 1);
    if (type == "application/*") raise(openmetrics, 1);
    if (type == "text/plain" && version.empty()) raise(text, 3);
    if (type == "text/plain" && version == "0.0.4") raise(text, 4);
    if (type == "application/openmetrics-text") {
      if (version == "0.0.1") raise(openmetrics, 2);
      if (version.empty()) raise(openmetrics, 3);
      if (version == "1.0.0") raise(openmetrics, 4);
    }
    if (end == header.size()) break;
    begin = end + 1;
  }
  const double ours = weight_of(openmetrics);
  const double texts = weight_of(text);
  const bool named = std::any_of(openmetrics.begin() + 2, openmetrics.end(),
                                 [](double weight) { return weight >= 0; });
  if (ours > 0 && (ours > texts || (ours == texts && named))) return Format::kOpenMetrics;
  return Format::kText;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // std::regex recurses with the length of the text.
  if (size > 512) return 0;
  const std::string header{kie::fuzz::as_text(data, size)};
  const auto chosen = choose_format(header);
  KIE_CHECK(choose_format(header) == chosen);
  KIE_CHECK(choose_format(lower(header)) == chosen);
  KIE_CHECK(choose_format(" \t" + header + "\t ") == chosen);
  KIE_CHECK(choose_format("image/png, " + header) == chosen);
  const std::string best = "application/openmetrics-text;version=1.0.0,";
  KIE_CHECK(choose_format(best + header) == Format::kOpenMetrics);
  if (const auto expected = reference(header)) KIE_CHECK(chosen == *expected);
  return 0;
}
