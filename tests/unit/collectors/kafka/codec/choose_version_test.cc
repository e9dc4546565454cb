#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/codec/describe_quorum.h"
#include "collectors/kafka/codec/metadata.h"

namespace kie::kafka::codec {
namespace {

using testing::Optional;

std::optional<std::int16_t> choose(std::int16_t oldest, std::int16_t newest) {
  return choose_version(kMetadata, {.ranges = {{1, 0, 99}, {kMetadata.key, oldest, newest}}});
}

TEST(ChooseVersion, TakesTheNewestThatBothKnow) {
  EXPECT_THAT(choose(0, 11), Optional(11));
  EXPECT_THAT(choose(0, 12), Optional(12));
  EXPECT_THAT(choose(12, 12), Optional(12));
  EXPECT_THAT(choose(0, 99), Optional(13));
  EXPECT_THAT(choose(13, 99), Optional(13));
}

TEST(ChooseVersion, HasNoneWhereNoneIsKnownToBoth) {
  EXPECT_EQ(choose(0, 10), std::nullopt);
  EXPECT_EQ(choose(14, 20), std::nullopt);
  // Nonsense.
  EXPECT_EQ(choose(13, 12), std::nullopt);
}

TEST(ChooseVersion, HasNoneForWhatTheBrokerDoesNotKnow) {
  EXPECT_EQ(choose_version(kDescribeQuorum, {.ranges = {{kMetadata.key, 0, 13}}}), std::nullopt);
  EXPECT_EQ(choose_version(kDescribeQuorum, {}), std::nullopt);
}

TEST(ChooseVersion, OfEveryKafkaSince28) {
  const ApiVersionsResponse kafka28{
      .ranges = {{2, 0, 6}, {3, 0, 11}, {23, 0, 4}, {32, 0, 4}, {60, 0, 0}}};
  EXPECT_THAT(choose_version(kMetadata, kafka28), Optional(11));
}

TEST(ApiSpec, FlexibleVersionsHaveAFirst) {
  EXPECT_TRUE(is_flexible(kMetadata, 11));
  EXPECT_FALSE(is_flexible(kMetadata, 8));
  EXPECT_FALSE(is_flexible(kApiVersions, 0));
}

}  // namespace
}  // namespace kie::kafka::codec
