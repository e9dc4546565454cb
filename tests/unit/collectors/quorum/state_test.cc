#include "collectors/quorum/state.h"

#include "collectors/quorum/advance.h"
#include "tests/unit/collectors/quorum/snapshots.h"

namespace kie::quorum {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::answered;
using test::at;
using test::replica;
using test::without;
using testing::IsEmpty;
using testing::SizeIs;

constexpr seconds kStale{30};
constexpr seconds kNow{1'700'000'000};

QuorumSummary summary_of(const model::ControllerSnapshot& snapshot) {
  QuorumState state;
  advance(state, snapshot);
  return summarize(state, at(0), kStale);
}

TEST(Quorum, OfAHealthyController) {
  const auto summary = summary_of(answered(0, 101, 7));
  EXPECT_EQ(summary.up, true);
  EXPECT_EQ(summary.id, BrokerId{101});
  EXPECT_EQ(summary.epoch, LeaderEpoch{7});
  EXPECT_EQ(summary.voter_count, 3U);
  ASSERT_THAT(summary.voters, SizeIs(3));
  for (const auto& voter : summary.voters) {
    EXPECT_EQ(voter.records, 0U);
    EXPECT_EQ(voter.time, milliseconds{0});
  }
  EXPECT_THAT(summary.followers, SizeIs(6)) << "a voter may be a broker as well";
  EXPECT_EQ(summary.expiry, at(30));
}

TEST(Quorum, WhoIsBehindAndByHowMuch) {
  auto snapshot = answered(0, 101, 7);
  snapshot.quorum->voters[1] = replica(102, 450, kNow - seconds{90});
  snapshot.quorum->observers[2] = replica(3, 100, kNow - seconds{7});
  const auto summary = summary_of(snapshot);
  EXPECT_EQ(summary.voters.at(1).id, BrokerId{102});
  EXPECT_EQ(summary.voters.at(1).records, 50U);
  EXPECT_EQ(summary.voters.at(1).time, seconds{90});
  EXPECT_EQ(summary.followers.at(2).id, BrokerId{3});
  EXPECT_EQ(summary.followers.at(2).records, 400U);
  EXPECT_EQ(summary.followers.at(2).time, seconds{7});
}

TEST(Quorum, OneThatStandsThereTwiceHasOneLagTheShorter) {
  auto snapshot = answered(0, 101, 7);
  snapshot.quorum->observers[1] = replica(3, 100, kNow - seconds{7});
  snapshot.quorum->observers[2] = replica(3, 400, kNow - seconds{2});
  const auto summary = summary_of(snapshot);
  EXPECT_THAT(summary.followers, SizeIs(5));
  const auto lag = std::ranges::find(summary.followers, BrokerId{3}, &Lag::id);
  ASSERT_NE(lag, summary.followers.end());
  EXPECT_EQ(lag->time, seconds{2});
  EXPECT_EQ(lag->records, 100U);
}

TEST(Quorum, NobodyIsAheadOfTheController) {
  auto snapshot = answered(0, 101, 7);
  snapshot.quorum->voters[1] = replica(102, 501, kNow + seconds{1});
  const auto summary = summary_of(snapshot);
  EXPECT_EQ(summary.voters.at(1).records, 0U);
  EXPECT_EQ(summary.voters.at(1).time, milliseconds{0});
}

TEST(Quorum, WhoWasNotHeardOfHasNoLag) {
  auto snapshot = answered(0, 101, 7);
  snapshot.quorum->voters[1] = replica(102, std::nullopt, std::nullopt);
  const auto summary = summary_of(snapshot);
  EXPECT_EQ(summary.voter_count, 3U);
  EXPECT_EQ(summary.voters.at(1).records, std::nullopt);
  EXPECT_EQ(summary.voters.at(1).time, std::nullopt);
}

TEST(Quorum, WithoutTheControllersOwnTimeTheNewestVotersCounts) {
  auto snapshot = answered(0, 101, 7);
  snapshot.quorum->voters[0] = replica(101, 500, std::nullopt);
  snapshot.quorum->voters[2] = replica(103, 500, kNow - seconds{5});
  const auto summary = summary_of(snapshot);
  EXPECT_EQ(summary.voters.at(0).time, std::nullopt);
  EXPECT_EQ(summary.voters.at(1).time, milliseconds{0});
  EXPECT_EQ(summary.voters.at(2).time, seconds{5});
}

TEST(Quorum, AnOldVersionOfTheAnswerHasNoTimes) {
  auto snapshot = answered(0, 101, 7);
  for (auto& voter : snapshot.quorum->voters) voter = replica(voter.id.value, 500, std::nullopt);
  const auto summary = summary_of(snapshot);
  EXPECT_EQ(summary.voters.at(1).records, 0U);
  EXPECT_EQ(summary.voters.at(1).time, std::nullopt);
}

TEST(Quorum, ALeaderThatIsNotAmongItsVotersSaysNothingOfRecords) {
  const auto summary = summary_of(answered(0, 104, 7));
  EXPECT_EQ(summary.id, BrokerId{104});
  EXPECT_EQ(summary.voters.at(1).records, std::nullopt);
  EXPECT_EQ(summary.voters.at(1).time, milliseconds{0});
}

TEST(Quorum, NoNumberOutlivesItsAnswer) {
  QuorumState state;
  advance(state, answered(0, 101, 7));
  EXPECT_EQ(summarize(state, at(30), kStale).id, BrokerId{101});
  const auto stale = summarize(state, at(31), kStale);
  EXPECT_EQ(stale.up, std::nullopt);
  EXPECT_EQ(stale.id, std::nullopt);
  EXPECT_EQ(stale.expiry, std::nullopt);
  for (const auto answer : {model::ControllerAnswer::kRefused, model::ControllerAnswer::kNone}) {
    auto after = state;
    advance(after, without(10, answer));
    const auto summary = summarize(after, at(10), kStale);
    EXPECT_EQ(summary.up, answer == model::ControllerAnswer::kRefused);
    EXPECT_EQ(summary.id, std::nullopt);
    EXPECT_EQ(summary.voter_count, std::nullopt);
    EXPECT_THAT(summary.voters, IsEmpty());
    EXPECT_THAT(summary.followers, IsEmpty());
  }
}

TEST(Quorum, ThatItIsLostLastsUntilThatIsFoundOutOnceMore) {
  QuorumState state;
  advance(state, without(0, model::ControllerAnswer::kNone));
  EXPECT_EQ(summarize(state, at(15), seconds{3}).up, false);
  EXPECT_EQ(summarize(state, at(16), seconds{3}).up, std::nullopt);
  advance(state, answered(16, 101, 7));
  EXPECT_EQ(summarize(state, at(19), seconds{3}).up, true);
  EXPECT_EQ(summarize(state, at(20), seconds{3}).up, std::nullopt);
}

TEST(Quorum, AfterARestartOnlyThatItWasLostIsKnown) {
  QuorumState state;
  state.is_lost = true;
  state.id = BrokerId{101};
  EXPECT_EQ(summarize(state, at(0), kStale).up, std::nullopt);
}

}  // namespace
}  // namespace kie::quorum
