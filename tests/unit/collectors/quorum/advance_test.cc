#include "collectors/quorum/advance.h"

#include "tests/unit/collectors/quorum/snapshots.h"

namespace kie::quorum {
namespace {

using test::answered;
using test::at;
using test::without;
using testing::ElementsAre;
using testing::IsEmpty;
using enum model::ControllerAnswer;

std::vector<std::string> kinds(const std::vector<ControllerEvent>& events) {
  std::vector<std::string> names;
  for (const auto& event : events) names.emplace_back(to_string(event.kind));
  return names;
}

class QuorumAdvanceTest : public testing::Test {
 protected:
  std::vector<std::string> see(const model::ControllerSnapshot& snapshot) {
    events = advance(state, snapshot);
    return kinds(events);
  }

  std::optional<bool> up(int seconds) const {
    return summarize(state, at(seconds), std::chrono::seconds{30}).up;
  }

  QuorumState state;
  /// Of the last look.
  std::vector<ControllerEvent> events;
};

TEST_F(QuorumAdvanceTest, AnAnswerProvesOneAndSoDoesARefusal) {
  EXPECT_EQ(up(0), std::nullopt);
  EXPECT_THAT(see(answered(0, 101, 7)), IsEmpty());
  EXPECT_EQ(up(0), true);
  EXPECT_THAT(see(without(10, kRefused)), IsEmpty());
  EXPECT_EQ(up(10), true);
}

TEST_F(QuorumAdvanceTest, IsLostWithTheFirstSnapshotThatFindsNone) {
  see(answered(0, 101, 7));
  EXPECT_THAT(see(without(10, kNone)), ElementsAre("controller_lost"));
  EXPECT_EQ(events.at(0).from, at(0));
  EXPECT_EQ(events.at(0).to, at(10));
  EXPECT_EQ(events.at(0).id_before, BrokerId{101});
  EXPECT_EQ(events.at(0).epoch_before, LeaderEpoch{7});
  EXPECT_EQ(events.at(0).id_after, std::nullopt);
  EXPECT_EQ(up(10), false);
  EXPECT_TRUE(state.is_lost);
  EXPECT_EQ(state.lost_since, at(10));
  EXPECT_THAT(see(without(20, kNone)), IsEmpty());
  EXPECT_EQ(state.lost_since, at(10));
}

TEST_F(QuorumAdvanceTest, OneThatWasNeverThereIsLostToo) {
  EXPECT_THAT(see(without(10, kNone)), ElementsAre("controller_lost"));
  EXPECT_EQ(events.at(0).from, std::nullopt);
  EXPECT_EQ(events.at(0).id_before, std::nullopt);
}

TEST_F(QuorumAdvanceTest, IsBackWithTheFirstAnswer) {
  see(answered(0, 101, 7));
  see(without(10, kNone));
  see(without(20, kNone));
  EXPECT_THAT(see(answered(30, 101, 7)), ElementsAre("controller_back"));
  EXPECT_EQ(events.at(0).from, at(20)) << "the last look without one";
  EXPECT_EQ(events.at(0).to, at(30));
  EXPECT_EQ(events.at(0).id_after, BrokerId{101});
  EXPECT_FALSE(state.is_lost);
  EXPECT_EQ(state.lost_since, std::nullopt);
  EXPECT_EQ(up(30), true);
}

TEST_F(QuorumAdvanceTest, WhatWasReadBeforeItWasBackIsStillOutdated) {
  see(answered(0, 101, 7));
  EXPECT_FALSE(is_metadata_outdated(state));
  see(without(10, kNone));
  EXPECT_TRUE(is_metadata_outdated(state));
  see(answered(20, 101, 8));
  metadata_read(state, at(20), true);
  EXPECT_TRUE(is_metadata_outdated(state)) << "it was read when none had answered yet";
  metadata_read(state, at(21), true);
  EXPECT_FALSE(is_metadata_outdated(state));
}

TEST_F(QuorumAdvanceTest, ABrokerThatDoesNotAnswerIsGivenTimeToBeFencedOnceItIsBack) {
  see(without(10, kNone));
  see(answered(20, 101, 8));
  metadata_read(state, at(25), false);
  metadata_read(state, at(40), false);
  EXPECT_TRUE(is_metadata_outdated(state));
  metadata_read(state, at(41), false);
  EXPECT_FALSE(is_metadata_outdated(state)) << "nobody waits for ever";
}

TEST_F(QuorumAdvanceTest, LostAgainItIsNotBack) {
  see(without(10, kNone));
  see(answered(20, 101, 8));
  see(without(30, kNone));
  EXPECT_EQ(state.back_since, std::nullopt);
  EXPECT_TRUE(is_metadata_outdated(state));
}

TEST_F(QuorumAdvanceTest, UntilTheFirstAnswerNothingIsUpToDate) {
  for (const auto answer : {kRefused, kUnsupported}) {
    state = {};
    state.is_awaited = true;
    EXPECT_TRUE(is_metadata_outdated(state));
    see(without(0, answer));
    EXPECT_FALSE(is_metadata_outdated(state));
  }
  state = {};
  state.is_awaited = true;
  see(without(0, kUnknown));
  see(without(10, kUnknown));
  EXPECT_TRUE(is_metadata_outdated(state)) << "a connection was lost, or is not there yet";
  see(without(20, kUnknown));
  EXPECT_FALSE(is_metadata_outdated(state)) << "some platforms never answer";
}

TEST_F(QuorumAdvanceTest, ARefusalBringsItBackWithoutSayingWhichOne) {
  see(without(0, kNone));
  EXPECT_THAT(see(without(10, kRefused)), ElementsAre("controller_back"));
  EXPECT_EQ(events.at(0).id_after, std::nullopt);
}

TEST_F(QuorumAdvanceTest, AnotherOneIsAChange) {
  see(answered(0, 101, 7));
  EXPECT_THAT(see(answered(10, 102, 8)), ElementsAre("controller_change"));
  EXPECT_EQ(events.at(0).from, at(0));
  EXPECT_EQ(events.at(0).to, at(10));
  EXPECT_EQ(events.at(0).id_before, BrokerId{101});
  EXPECT_EQ(events.at(0).id_after, BrokerId{102});
  EXPECT_EQ(events.at(0).epoch_before, LeaderEpoch{7});
  EXPECT_EQ(events.at(0).epoch_after, LeaderEpoch{8});
  EXPECT_THAT(see(answered(20, 102, 8)), IsEmpty());
  EXPECT_THAT(see(answered(30, 102, 9)), ElementsAre("controller_change")) << "elected again";
}

TEST_F(QuorumAdvanceTest, AChangeIsSeenAcrossWhatGaveNoNumbers) {
  see(answered(0, 101, 7));
  see(without(10, kRefused));
  see(without(20, kUnknown));
  see(without(30, kNone));
  EXPECT_THAT(see(answered(40, 102, 9)), ElementsAre("controller_back", "controller_change"));
  EXPECT_EQ(events.at(1).from, at(0));
}

TEST_F(QuorumAdvanceTest, WhatIsUnknownChangesNothing) {
  see(answered(0, 101, 7));
  EXPECT_THAT(see(without(10, kUnknown)), IsEmpty());
  EXPECT_EQ(up(30), true);
  EXPECT_EQ(up(31), std::nullopt) << "stale";
  see(without(40, kNone));
  EXPECT_THAT(see(without(50, kUnknown)), IsEmpty());
  EXPECT_EQ(up(70), false);
  EXPECT_EQ(up(71), std::nullopt);
  EXPECT_TRUE(state.is_lost) << "nobody has answered since";
}

TEST_F(QuorumAdvanceTest, WhereItCannotBeAskedForNothingIsSaidOfIt) {
  see(without(0, kNone));
  EXPECT_THAT(see(without(10, kUnsupported)), IsEmpty());
  EXPECT_EQ(up(10), std::nullopt);
  EXPECT_FALSE(state.is_lost) << "nothing would ever end it";
}

TEST_F(QuorumAdvanceTest, ADeposedOneIsBelievedTheSecondTime) {
  see(answered(0, 102, 8));
  EXPECT_THAT(see(answered(10, 101, 7)), IsEmpty());
  EXPECT_EQ(summarize(state, at(10), std::chrono::seconds{30}).id, BrokerId{102});
  EXPECT_EQ(state.seen, at(0)) << "it proves nothing";
  EXPECT_THAT(see(answered(20, 102, 8)), IsEmpty());
  EXPECT_THAT(see(answered(30, 101, 7)), IsEmpty()) << "not in a row";
  EXPECT_THAT(see(answered(40, 101, 7)), ElementsAre("controller_change"));
  EXPECT_THAT(see(answered(50, 101, 7)), IsEmpty());
}

TEST_F(QuorumAdvanceTest, AnAnswerWithoutAQuorumSaysNothing) {
  EXPECT_THAT(see(without(0, kAnswered)), IsEmpty());
  EXPECT_EQ(up(0), std::nullopt);
}

}  // namespace
}  // namespace kie::quorum
