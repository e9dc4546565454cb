#include "collectors/loss/why_unknown.h"

#include "tests/unit/collectors/loss/epochs.h"

namespace kie::loss {
namespace {

using test::acked;
using test::answered;
using test::ended;

TEST(WhyUnknown, AnAnswerAtOrBelowALogStartThatHasRisenMayHideALoss) {
  const auto why = [](std::int64_t end, std::int64_t log_start, std::optional<std::int64_t> known) {
    const auto epoch = ended({.log_start = known});
    return why_unknown(epoch, {Offset{end}}, answered(0, 0, end), Offset{log_start}, false);
  };
  EXPECT_EQ(why(800, 800, 0), UnknownReason::kLogStart);
  EXPECT_EQ(why(800, 900, 0), UnknownReason::kLogStart) << "it has risen further since";
  EXPECT_EQ(why(800, 800, std::nullopt), UnknownReason::kLogStart) << "it was never seen before";
  EXPECT_EQ(why(801, 800, 0), std::nullopt) << "the log has records of the epoch";
  EXPECT_EQ(why(800, 800, 800), std::nullopt) << "it has not risen";
}

TEST(WhyUnknown, UncommittedRecordsBeyondAllThatWasCommittedMayHideALoss) {
  const auto why = [](std::int64_t end, bool is_at_most, bool is_from_outside) {
    auto epoch = ended({.epoch = 4, .committed = 600});
    epoch.acked.acks_all = acked(700);
    return why_unknown(epoch, {Offset{end}, is_at_most}, answered(4, 3, end), Offset{0},
                       is_from_outside);
  };
  EXPECT_EQ(why(701, true, true), UnknownReason::kUnseenEpoch);
  EXPECT_EQ(why(700, true, true), std::nullopt) << "nothing was written since";
  EXPECT_EQ(why(701, false, true), std::nullopt) << "all of it was committed";
  EXPECT_EQ(why(701, true, false), std::nullopt) << "a member of the ISR has what was committed";
}

TEST(WasWhole, WhereAnEarlierAnswerOfThisLeaderHadAllThatIsKnownToBeSafe) {
  auto epoch = ended({.epoch = 4, .committed = 600});
  epoch.acked = {.acks_all = acked(700), .acks_one = acked(800)};
  const auto is_whole = [&](int of, std::int64_t end, int in) {
    const std::vector ends{KnownEnd{LeaderEpoch{of}, Offset{end}, LeaderEpoch{in}}};
    return was_whole(epoch, ends, LeaderEpoch{5});
  };
  EXPECT_TRUE(is_whole(4, 800, 5));
  EXPECT_FALSE(is_whole(4, 799, 5));
  EXPECT_FALSE(is_whole(3, 800, 5)) << "of another epoch";
  EXPECT_FALSE(is_whole(4, 800, 4)) << "of another leader";
}

}  // namespace
}  // namespace kie::loss
