#include "collectors/loss/find_end.h"

#include "tests/unit/collectors/loss/epochs.h"

#include <algorithm>
#include <array>

namespace kie::loss {
namespace {

using test::answered;
using test::ended;

TEST(FindEnd, OfAnEpochThatTheLogHasIsTheAnswers) {
  const auto epoch = ended({.epoch = 4});
  const auto found = find_end(epoch, answered(4, 4, 700), std::vector{epoch}, {});
  EXPECT_EQ(found.end, Offset{700});
  EXPECT_FALSE(found.is_at_most);
}

TEST(FindEnd, OfAnEpochThatTheLogNeverHadIsTheSmallerOfTheAnswersAndTheOneFoundThen) {
  const auto epoch = ended({.epoch = 4});
  for (const std::int64_t before : {500, 900}) {
    const std::vector ends{KnownEnd{LeaderEpoch{3}, Offset{before}, LeaderEpoch{4}}};
    const auto found = find_end(epoch, answered(4, 3, 700), std::vector{epoch}, ends);
    EXPECT_EQ(found.end, Offset{std::min<std::int64_t>(before, 700)});
    EXPECT_FALSE(found.is_at_most);
  }
}

TEST(FindEnd, IsAtMostTheAnswersWhereTheOlderEpochsEndWasFoundForAnotherLeaderOnly) {
  const auto epoch = ended({.epoch = 4});
  const std::vector ends{KnownEnd{LeaderEpoch{3}, Offset{500}, LeaderEpoch{5}},
                         KnownEnd{LeaderEpoch{2}, Offset{400}, LeaderEpoch{4}}};
  const auto found = find_end(epoch, answered(4, 3, 700), std::vector{epoch}, ends);
  EXPECT_EQ(found.end, Offset{700});
  EXPECT_TRUE(found.is_at_most);
}

TEST(FindEnd, IsExactBelowWhatWasCommittedInTheOlderEpoch) {
  const auto epoch = ended({.epoch = 4, .after = 5});
  const auto is_at_most = [&](const Pending& older, std::int64_t end) {
    return find_end(epoch, answered(4, 3, end), std::vector{older, epoch}, {}).is_at_most;
  };
  const auto older = ended({.epoch = 3, .after = 4, .committed = 700});
  EXPECT_FALSE(is_at_most(older, 700));
  EXPECT_TRUE(is_at_most(older, 701)) << "the last record may never have been committed";
  EXPECT_TRUE(is_at_most(ended({.epoch = 3, .committed = 700, .from_outside = true}), 700))
      << "who led epoch 4 need not have had what was committed before";
  EXPECT_TRUE(is_at_most(ended({.epoch = 2, .committed = 700}), 700)) << "epoch 3 was never seen";
}

/// Of each: epoch, end, and in whose log.
std::vector<std::array<std::int64_t, 3>> numbers_of(const std::vector<KnownEnd>& ends) {
  std::vector<std::array<std::int64_t, 3>> numbers;
  for (const auto& one : ends) numbers.push_back({one.epoch.value, one.end.value, one.in.value});
  return numbers;
}

TEST(KeepEnd, OlderEndsHoldForALeaderThatHasTheEpochInWhichTheyWereFound) {
  std::vector<KnownEnd> ends;
  keep_end(ends, LeaderEpoch{3}, answered(3, 3, 500), LeaderEpoch{4});
  EXPECT_THAT(numbers_of(ends), testing::ElementsAre(std::array<std::int64_t, 3>{3, 500, 4}));
  keep_end(ends, LeaderEpoch{4}, answered(4, 4, 800), LeaderEpoch{5});
  EXPECT_THAT(numbers_of(ends), testing::ElementsAre(std::array<std::int64_t, 3>{3, 500, 5},
                                                     std::array<std::int64_t, 3>{4, 800, 5}));
}

TEST(KeepEnd, AnEpochThatTheLogNeverHadEndsWhereTheOlderOneDoes) {
  std::vector<KnownEnd> ends;
  keep_end(ends, LeaderEpoch{4}, answered(4, 3, 700), LeaderEpoch{5});
  EXPECT_THAT(numbers_of(ends), testing::ElementsAre(std::array<std::int64_t, 3>{3, 700, 5},
                                                     std::array<std::int64_t, 3>{4, 700, 5}));
}

}  // namespace
}  // namespace kie::loss
