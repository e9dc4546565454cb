#include "config/parse_number.h"

#include <cstdint>

namespace kie::config {
namespace {

using testing::Eq;
using testing::Optional;

TEST(ParseNumber, TakesTheWholeText) {
  EXPECT_THAT(parse_number<int>("0"), Optional(0));
  EXPECT_THAT(parse_number<int>("-12"), Optional(-12));
  EXPECT_THAT(parse_number<int>("007"), Optional(7));
  EXPECT_THAT(parse_number<std::int64_t>("9223372036854775807"), Optional(INT64_MAX));
  EXPECT_THAT(parse_number<std::uint32_t>("ffFF", 16), Optional(0xffffU));
}

TEST(ParseNumber, RefusesEverythingElse) {
  for (const auto* text : {"", "-", "+1", " 1", "1 ", "1x", "x1", "1.0", "1e3", "0x1", "--1"})
    EXPECT_THAT(parse_number<int>(text), Eq(std::nullopt)) << text;
  EXPECT_THAT(parse_number<std::uint32_t>("0x1", 16), Eq(std::nullopt));
}

TEST(ParseNumber, RefusesWhatTheTypeDoesNotHold) {
  EXPECT_THAT(parse_number<std::int32_t>("2147483648"), Eq(std::nullopt));
  EXPECT_THAT(parse_number<std::int64_t>("-9223372036854775809"), Eq(std::nullopt));
  EXPECT_THAT(parse_number<std::uint32_t>("-1"), Eq(std::nullopt));
}

TEST(ParseNumber, TakesFractions) {
  EXPECT_THAT(parse_number<double>("-1.5e3"), Optional(-1500.0));
  for (const auto* text : {"", "+1", " 1", "1 ", "1,5", "1e999"})
    EXPECT_THAT(parse_number<double>(text), Eq(std::nullopt)) << text;
}

}  // namespace
}  // namespace kie::config
