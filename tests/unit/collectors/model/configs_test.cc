#include "collectors/model/configs.h"

namespace kie::model {
namespace {

using testing::Eq;
using testing::Optional;

TEST(EffectiveMinIsr, IsTheSettingWhereThereAreReplicasEnough) {
  for (const auto& release : std::vector<std::optional<KafkaRelease>>{
           std::nullopt, KafkaRelease{2, 8}, KafkaRelease{3, 6}, KafkaRelease{3, 7},
           KafkaRelease{4, 0}}) {
    EXPECT_THAT(effective_min_isr(2, 3, release), Optional(2));
    EXPECT_THAT(effective_min_isr(3, 3, release), Optional(3));
  }
}

TEST(EffectiveMinIsr, IsNeverAboveTheReplicasFrom37On) {
  EXPECT_THAT(effective_min_isr(3, 2, KafkaRelease{3, 7}), Optional(2));
  EXPECT_THAT(effective_min_isr(3, 2, KafkaRelease{3, 9}), Optional(2));
  EXPECT_THAT(effective_min_isr(3, 2, KafkaRelease{4, 0}), Optional(2));
}

TEST(EffectiveMinIsr, IsRawBefore37) {
  EXPECT_THAT(effective_min_isr(3, 2, KafkaRelease{3, 6}), Optional(3));
  EXPECT_THAT(effective_min_isr(3, 2, KafkaRelease{2, 8}), Optional(3));
}

TEST(EffectiveMinIsr, IsUnknownWhereTheReleaseDecidesAndIsNotKnown) {
  EXPECT_THAT(effective_min_isr(3, 2, std::nullopt), Eq(std::nullopt));
}

TEST(ParseRelease, ReadsTheProtocolVersionsOfBrokers) {
  EXPECT_THAT(parse_release("3.9-IV0"), Optional(KafkaRelease{3, 9}));
  EXPECT_THAT(parse_release("3.9"), Optional(KafkaRelease{3, 9}));
  EXPECT_THAT(parse_release("2.8-IV1"), Optional(KafkaRelease{2, 8}));
  EXPECT_THAT(parse_release("0.11.0-IV2"), Optional(KafkaRelease{0, 11}));
  EXPECT_THAT(parse_release("3.10"), Optional(KafkaRelease{3, 10}));
  EXPECT_TRUE((KafkaRelease{3, 10}) > (KafkaRelease{3, 9}));
}

TEST(ParseRelease, RefusesEverythingElse) {
  for (const auto* text : {"", "-", ".", "3", "3.", ".9", "three.nine", "3.x", "v3.9", "3,9",
                           "99999999999.0", "IV0-3.9"})
    EXPECT_THAT(parse_release(text), Eq(std::nullopt)) << text;
}

}  // namespace
}  // namespace kie::model
