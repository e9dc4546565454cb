#include "config/duration.h"

namespace kie::config {
namespace {

using std::chrono::milliseconds;
using testing::Eq;
using testing::Optional;

TEST(ParseDuration, ReadsWhatPrometheusWrites) {
  const std::vector<std::pair<std::string, std::int64_t>> texts{
      {"10s", 10'000},    {"1m30s", 90'000},           {"500ms", 500}, {"2h", 7'200'000},
      {"1d", 86'400'000}, {"1d2h3m4s5ms", 93'784'005}, {"0s", 0},      {"1m500ms", 60'500},
      {"90s", 90'000},    {"10000d", 864'000'000'000}};
  for (const auto& [text, wanted] : texts)
    EXPECT_THAT(parse_duration(text), Optional(milliseconds{wanted})) << text;
}

TEST(ParseDuration, RefusesEverythingElse) {
  for (const auto* text :
       {"",      " ",     "10",  "s",     "10 s",  " 10s", "10s ", "1.5s", "-1s",
        "-0s",   "1m-0s", "+1s", "10S",   "10sec", "10w",  "10y",  "1s1m", "1s1s",
        "1ms1s", "10s-",  "s10", "0x10s", "1m30",  "١s",   "10μs"})
    EXPECT_THAT(parse_duration(text), Eq(std::nullopt)) << '"' << text << '"';
}

TEST(ParseDuration, RefusesWhatOverflows) {
  for (const auto* text : {"10001d", "10000d1ms", "9223372036854775807ms", "9223372036854775807d",
                           "99999999999999999999s", "864000000001ms"})
    EXPECT_THAT(parse_duration(text), Eq(std::nullopt)) << text;
}

TEST(FormatDuration, IsReadBack) {
  for (const std::int64_t count : {1LL, 999LL, 1'000LL, 60'000LL, 90'500LL, 3'600'000LL,
                                   86'400'000LL, 93'784'005LL, 864'000'000'000LL})
    EXPECT_THAT(parse_duration(format_duration(milliseconds{count})),
                Optional(milliseconds{count}));
}

TEST(FormatDuration, IsShort) {
  EXPECT_EQ(format_duration(milliseconds{0}), "0s");
  EXPECT_EQ(format_duration(milliseconds{90'000}), "1m30s");
  EXPECT_EQ(format_duration(std::chrono::hours{24}), "1d");
  EXPECT_EQ(format_duration(milliseconds{100}), "100ms");
}

}  // namespace
}  // namespace kie::config
