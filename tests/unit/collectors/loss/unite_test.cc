#include "collectors/loss/unite.h"

#include "tests/unit/collectors/loss/epochs.h"

namespace kie::loss {
namespace {

using test::acked;
using test::answered;
using test::ended;
using Ends = std::vector<model::EpochEnd>;

TEST(Unite, EpochsOfOneSuccessionOfWhichTheLogHasNoLaterOneAreOne) {
  const std::vector of_one{ended({.epoch = 3, .after = 6}), ended({.epoch = 4, .after = 6}),
                           ended({.epoch = 5, .after = 6})};
  EXPECT_EQ(
      count_same_end(of_one, Ends{answered(3, 2, 500), answered(4, 2, 500), answered(5, 2, 500)}),
      3U);
  EXPECT_EQ(
      count_same_end(of_one, Ends{answered(3, 3, 500), answered(4, 3, 500), answered(5, 5, 700)}),
      2U)
      << "of epoch 5 the log has records";
}

TEST(Unite, EpochsOfTwoSuccessionsAreTwo) {
  const std::vector of_two{ended({.epoch = 3, .after = 4}), ended({.epoch = 4, .after = 5})};
  EXPECT_EQ(count_same_end(of_two, Ends{answered(3, 3, 500), answered(4, 3, 500)}), 1U);
}

TEST(Unite, HasTheHighestOffsetsAndTheRestOfTheOldest) {
  auto oldest = ended({.epoch = 3, .after = 5, .committed = 900, .log_start = 7});
  oldest.acked.acks_all = acked(1000);
  auto newest = ended({.epoch = 4, .after = 5, .committed = 1500, .log_start = 8});
  newest.acked = {.acks_all = acked(800), .acks_one = acked(1700)};
  newest.is_late = true;
  newest.election_counted = true;
  const auto united = unite(std::vector{oldest, newest});
  EXPECT_EQ(united.epoch, LeaderEpoch{3});
  EXPECT_EQ(united.log_start, Offset{7});
  EXPECT_EQ(united.committed_end, Offset{1500});
  EXPECT_EQ(united.acked.acks_all->next, Offset{1000});
  EXPECT_EQ(united.acked.acks_one->next, Offset{1700});
  EXPECT_TRUE(united.is_late);
  EXPECT_TRUE(united.election_counted);
}

}  // namespace
}  // namespace kie::loss
