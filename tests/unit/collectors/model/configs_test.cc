#include "collectors/model/configs.h"

namespace kie::model {
namespace {

using testing::Eq;
using testing::Optional;

TEST(EffectiveMinIsr, IsTheSettingWhereThereAreReplicasEnough) {
  for (const auto& release : std::vector<std::optional<Release>>{
           std::nullopt, Release{2, 8}, Release{3, 6}, Release{3, 7}, Release{4, 0}}) {
    EXPECT_THAT(effective_min_isr(2, 3, release), Optional(2));
    EXPECT_THAT(effective_min_isr(3, 3, release), Optional(3));
  }
}

TEST(EffectiveMinIsr, IsNeverAboveTheReplicasFrom37On) {
  EXPECT_THAT(effective_min_isr(3, 2, Release{3, 7}), Optional(2));
  EXPECT_THAT(effective_min_isr(3, 2, Release{3, 9}), Optional(2));
  EXPECT_THAT(effective_min_isr(3, 2, Release{4, 0}), Optional(2));
}

TEST(EffectiveMinIsr, IsRawBefore37) {
  EXPECT_THAT(effective_min_isr(3, 2, Release{3, 6}), Optional(3));
  EXPECT_THAT(effective_min_isr(3, 2, Release{2, 8}), Optional(3));
}

TEST(EffectiveMinIsr, IsUnknownWhereTheReleaseDecidesAndIsNotKnown) {
  EXPECT_THAT(effective_min_isr(3, 2, std::nullopt), Eq(std::nullopt));
}

TEST(ParseRelease, ReadsTheProtocolVersionsOfBrokers) {
  EXPECT_THAT(parse_release("3.9-IV0"), Optional(Release{3, 9}));
  EXPECT_THAT(parse_release("3.9"), Optional(Release{3, 9}));
  EXPECT_THAT(parse_release("2.8-IV1"), Optional(Release{2, 8}));
  EXPECT_THAT(parse_release("0.11.0-IV2"), Optional(Release{0, 11}));
  EXPECT_THAT(parse_release("3.10"), Optional(Release{3, 10}));
  EXPECT_TRUE((Release{3, 10}) > (Release{3, 9}));
}

TEST(ParseRelease, RefusesEverythingElse) {
  for (const auto* text : {"", "-", ".", "3", "3.", ".9", "three.nine", "3.x", "v3.9", "3,9",
                           "99999999999.0", "IV0-3.9"})
    EXPECT_THAT(parse_release(text), Eq(std::nullopt)) << text;
}

}  // namespace
}  // namespace kie::model
