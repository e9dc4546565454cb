#pragma once

#include "exporter/exposition/gzip.h"
#include "exporter/exposition/text.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Reads what the exporter serves, as strictly as a scraper might.
namespace kie::exposition::test {

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  std::istringstream stream{std::string{text}};
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

inline std::string gzip(std::string_view text) { return Gzip{}.compress({&text, 1}); }

inline std::string gunzip(std::string_view compressed) {
  z_stream stream{};
  // 16: a gzip header, nothing else.
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw std::runtime_error("zlib");
  std::string input{compressed};
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  std::string text;
  int result = Z_OK;
  while (result == Z_OK) {
    char buffer[16384];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    result = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer, sizeof buffer - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("not gzip, or cut off");
  return text;
}

/// The samples of a page by their name and labels. Fails the test where the page is malformed: a
/// family in two places, a header without samples, a sample of another family, a series twice.
inline std::map<std::string, std::string> parse_page(std::string_view text,
                                                     Format format = Format::kText) {
  std::map<std::string, std::string> samples;
  std::set<std::string> families;
  std::string family;
  std::string sample;
  std::size_t of_family = 1;
  EXPECT_TRUE(text.empty() || text.ends_with('\n'));
  for (const auto& line : lines_of(text)) {
    if (line.starts_with("# HELP ")) {
      EXPECT_GT(of_family, 0U) << family << " has no samples";
      family = line.substr(7, line.find(' ', 7) - 7);
      of_family = 0;
      EXPECT_TRUE(families.insert(family).second) << family << " stands in two places";
      continue;
    }
    if (line.starts_with("# TYPE ")) {
      EXPECT_EQ(line.substr(7, line.find(' ', 7) - 7), family);
      sample = family;
      if (format == Format::kOpenMetrics && line.ends_with(" counter")) sample += "_total";
      continue;
    }
    const auto space = line.rfind(' ');
    if (space == std::string::npos) {
      ADD_FAILURE() << "no sample: " << line;
      continue;
    }
    const auto series = line.substr(0, space);
    EXPECT_EQ(series.substr(0, series.find('{')), sample) << line;
    EXPECT_TRUE(samples.emplace(series, line.substr(space + 1)).second) << "twice: " << series;
    ++of_family;
  }
  EXPECT_GT(of_family, 0U) << family << " has no samples";
  return samples;
}

}  // namespace kie::exposition::test
