#include "config/size.h"

namespace kie::config {
namespace {

TEST(ParseSize, TakesAWholeNumberWithItsUnit) {
  EXPECT_EQ(parse_size("0KiB"), 0);
  EXPECT_EQ(parse_size("1KiB"), 1024);
  EXPECT_EQ(parse_size("256MiB"), 268'435'456);
  EXPECT_EQ(parse_size("2GiB"), 2'147'483'648);
  EXPECT_EQ(parse_size("1TiB"), 1'099'511'627'776);
  EXPECT_EQ(parse_size("1023TiB"), 1023LL << 40);
}

TEST(ParseSize, TakesNothingElse) {
  for (const auto* text :
       {"", "256", "MiB", "256MB", "256 MiB", "1.5GiB", "-1MiB", "-0MiB", "+1MiB", "1MiB ", "1mib",
        "1GiB512MiB", "1024TiB", "9223372036854775807KiB", "9223372036854775808KiB"})
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
}

TEST(FormatSize, CanBeReadBack) {
  EXPECT_EQ(format_size(16LL << 20), "16MiB");
  EXPECT_EQ(format_size(1LL << 40), "1TiB");
  for (const auto* text : {"1KiB", "1025KiB", "256MiB", "3GiB", "5TiB"})
    EXPECT_EQ(format_size(parse_size(text).value()), text);
}

}  // namespace
}  // namespace kie::config
