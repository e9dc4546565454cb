#include "collectors/loss/charge.h"

#include "tests/unit/collectors/loss/epochs.h"

namespace kie::loss {
namespace {

using std::chrono::seconds;
using test::acked;
using test::answered;
using test::ended;
using testing::ElementsAre;
using testing::IsEmpty;

class ChargeTest : public testing::Test {
 protected:
  /// In words, where the log has the epoch up to `end`.
  std::vector<std::string> charges() {
    std::vector<std::string> words;
    for (const auto& one : charge(epoch, {Offset{end}}, answered(0, 0, end), charged, assessed))
      words.push_back("[" + std::to_string(one.first.value) + "," + std::to_string(one.end.value) +
                      ") " + std::string(to_string(one.measure)) + (one.acks_all ? " all" : " 1"));
    return words;
  }

  /// An epoch of which what is below `until` was counted as lost.
  static Assessed counted(const Pending& of, std::optional<Offset> until) {
    return {.pending = of, .counted = until, .at = {}};
  }

  std::int64_t end = 500;
  Pending epoch = ended({.committed = 1500, .log_start = 0});
  Charged charged;
  std::vector<Assessed> assessed;
};

TEST_F(ChargeTest, IsFromTheEndOrTheKnownLogStartToWhatIsKnownToBeSafe) {
  EXPECT_THAT(charges(), ElementsAre("[500,1500) high_watermark all"));
  epoch.log_start = Offset{800};
  EXPECT_THAT(charges(), ElementsAre("[800,1500) high_watermark all"));
  epoch.acked.acks_all = acked(2000);
  EXPECT_THAT(charges(), ElementsAre("[800,2000) acknowledged all"));
  end = 2000;
  EXPECT_THAT(charges(), IsEmpty());
}

TEST_F(ChargeTest, WhatWasAcknowledgedBelowTheHighWatermarkIsNotTheMeasure) {
  epoch.acked.acks_all = acked(1499);
  EXPECT_THAT(charges(), ElementsAre("[500,1500) high_watermark all"));
  epoch.acked.acks_all = acked(1500);
  EXPECT_THAT(charges(), ElementsAre("[500,1500) acknowledged all"));
}

TEST_F(ChargeTest, EachOffsetIsChargedOnceToTheOldestEpoch) {
  charged = add_charges(
      {}, charge(ended({.committed = 900}), {Offset{end}}, answered(0, 0, end), {}, {}));
  EXPECT_EQ(charged.acks_all, Offset{900});
  EXPECT_EQ(charged.acks_one, std::nullopt);
  EXPECT_THAT(charges(), ElementsAre("[900,1500) high_watermark all"));
}

TEST_F(ChargeTest, OfAcksOneIsWhatAllReplicasDidNotAcknowledge) {
  epoch.acked = {.acks_all = acked(1600), .acks_one = acked(1700)};
  EXPECT_THAT(charges(), ElementsAre("[500,1600) acknowledged all", "[1600,1700) acknowledged 1"));
  charged.acks_one = Offset{1650};
  EXPECT_THAT(charges(), ElementsAre("[500,1600) acknowledged all", "[1650,1700) acknowledged 1"));
  epoch.acked.acks_one = acked(1600);
  EXPECT_THAT(charges(), ElementsAre("[500,1600) acknowledged all"));
}

TEST_F(ChargeTest, WhatWasAcknowledgedMayBeAmongAllThatTheLogHas) {
  // The older epoch ended at 500 for who led this one; who returned has its own 700 of it.
  epoch = ended({.epoch = 1, .after = 2, .committed = 600, .log_start = 0});
  epoch.acked.acks_all = acked(900);
  const auto lost = charge(epoch, {Offset{500}}, answered(1, 0, 700), {}, {});
  ASSERT_EQ(lost.size(), 2U);
  EXPECT_EQ(lost[0].first, Offset{500});
  EXPECT_EQ(lost[0].end, Offset{600});
  EXPECT_EQ(lost[1].first, Offset{700});
  EXPECT_EQ(lost[1].end, Offset{900});
}

TEST_F(ChargeTest, ALateReportIsChargedWhatWasNotCountedBefore) {
  const auto before = epoch;
  epoch.committed_end = Offset{0};
  epoch.acked.acks_all = acked(2000, Instant{seconds{60}});
  assessed = {counted(before, std::nullopt)};
  EXPECT_THAT(charges(), ElementsAre("[500,2000) acknowledged all"));
  assessed = {counted(before, Offset{1500})};
  EXPECT_THAT(charges(), ElementsAre("[1500,2000) acknowledged all"));
}

TEST_F(ChargeTest, WhatWasAcknowledgedBeforeAnotherEpochEndedMayBeCountedThere) {
  epoch.committed_end = Offset{0};
  epoch.acked.acks_all = acked(2000, Instant{seconds{60}});
  auto other = ended({.epoch = 5, .after = 6});
  other.to = Instant{seconds{60}};
  assessed = {counted(other, Offset{1800})};
  EXPECT_THAT(charges(), ElementsAre("[1800,2000) acknowledged all"));
  assessed[0].pending.to = Instant{seconds{59}};
  EXPECT_THAT(charges(), ElementsAre("[500,2000) acknowledged all"));
}

}  // namespace
}  // namespace kie::loss
