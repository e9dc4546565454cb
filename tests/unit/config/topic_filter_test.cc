#include "config/topic_filter.h"

namespace kie::config {
namespace {

using testing::Eq;
using testing::Optional;
using testing::StrNe;

TEST(TopicFilter, WithoutExpressionsEverythingIsWatched) {
  const TopicFilter filter;
  EXPECT_TRUE(filter.matches("orders"));
  EXPECT_TRUE(filter.matches("__consumer_offsets"));
}

TEST(TopicFilter, AnExpressionMustMatchTheWholeName) {
  TopicFilter filter;
  ASSERT_EQ(filter.include("orders"), std::nullopt);
  EXPECT_TRUE(filter.matches("orders"));
  EXPECT_FALSE(filter.matches("orders-eu"));
  EXPECT_FALSE(filter.matches("my-orders"));
}

TEST(TopicFilter, AnyIncludeIsEnough) {
  TopicFilter filter;
  ASSERT_EQ(filter.include("orders.*"), std::nullopt);
  ASSERT_EQ(filter.include("payments"), std::nullopt);
  EXPECT_TRUE(filter.matches("orders-eu"));
  EXPECT_TRUE(filter.matches("payments"));
  EXPECT_FALSE(filter.matches("clicks"));
}

TEST(TopicFilter, AnyExcludeIsStronger) {
  TopicFilter filter;
  ASSERT_EQ(filter.include(".*"), std::nullopt);
  ASSERT_EQ(filter.exclude("__.*"), std::nullopt);
  ASSERT_EQ(filter.exclude("tmp"), std::nullopt);
  EXPECT_TRUE(filter.matches("orders"));
  EXPECT_FALSE(filter.matches("__consumer_offsets"));
  EXPECT_FALSE(filter.matches("tmp"));
  EXPECT_TRUE(filter.matches("tmp2"));
}

TEST(TopicFilter, ExcludesAloneLeaveTheRest) {
  TopicFilter filter;
  ASSERT_EQ(filter.exclude("__.*"), std::nullopt);
  EXPECT_TRUE(filter.matches("orders"));
  EXPECT_FALSE(filter.matches("__transaction_state"));
}

TEST(TopicFilter, ABadExpressionSaysWhatIsWrongAndChangesNothing) {
  TopicFilter filter;
  for (const auto* bad : {"(", "[a", "a**", "(?<x", "a{2000}", "\\p{Nonsense}", "(?=a)"}) {
    EXPECT_THAT(filter.include(bad), Optional(StrNe(""))) << bad;
    EXPECT_THAT(filter.exclude(bad), Optional(StrNe(""))) << bad;
  }
  EXPECT_TRUE(filter.matches("orders"));
}

// A backtracking engine would need longer than the universe has for one of these.
TEST(TopicFilter, HostileInputTakesLinearTime) {
  TopicFilter filter;
  ASSERT_EQ(filter.include("(a*)*(a*)*(a|aa)+(a?){50}b"), std::nullopt);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_FALSE(filter.matches(std::string(249, 'a')));
  EXPECT_FALSE(filter.matches(std::string(100'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20});
}

TEST(TopicFilter, ACopyMatchesTheSame) {
  TopicFilter filter;
  ASSERT_THAT(filter.include("a.*"), Eq(std::nullopt));
  const TopicFilter copy = filter;
  EXPECT_TRUE(copy.matches("ab"));
  EXPECT_FALSE(copy.matches("b"));
}

TEST(TopicFilter, KnowsWhichIncludesAreNames) {
  TopicFilter filter;
  for (const auto* expression : {"orders", "a.b_c-1", "tmp-.*", "x|y", "tmp-1"})
    ASSERT_FALSE(filter.include(expression));
  ASSERT_FALSE(filter.exclude("tmp-.*"));
  EXPECT_THAT(filter.names(), testing::ElementsAre("orders", "a.b_c-1"));
  EXPECT_THAT(TopicFilter{}.names(), testing::IsEmpty());
}

}  // namespace
}  // namespace kie::config
