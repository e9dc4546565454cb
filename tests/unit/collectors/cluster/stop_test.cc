#include "collectors/cluster/stop.h"

#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

#include <gmock/gmock.h>

namespace kie {
namespace {

using replication::test::at;
using replication::test::Row;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class StopTest : public testing::Test {
 protected:
  StopTest() { controller_.is_unsupported = true; }

  /// A topic "t" whose partitions are these.
  void see(std::vector<Row> rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].partition = static_cast<std::int32_t>(i);
    replication::advance(state_,
                         replication::test::cluster(at(0), {replication::test::topic("t", rows)}));
  }

  void min_isr(std::int32_t value) {
    settings_.topics["t"].min_insync_replicas = {value, model::ConfigSource::kTopic};
  }

  void voters(std::initializer_list<std::pair<int, milliseconds>> lags) {
    model::Quorum quorum{
        .leader = BrokerId{lags.begin()->first}, .epoch = {}, .voters = {}, .observers = {}};
    for (const auto& [id, lag] : lags)
      quorum.voters.push_back({BrokerId{id}, Offset{100}, milliseconds{100'000} - lag});
    controller_.is_unsupported = false;
    controller_.seen = at(0);
    controller_.quorum = quorum;
  }

  StopSummary stops() {
    const replication::Freshness freshness{
        .now = now_,
        .staleness = std::chrono::seconds{30},
        .is_old_news = quorum::is_metadata_outdated(controller_)};
    return summarize_stops(state_, replication::summarize(state_, settings_, freshness), settings_,
                           controller_, quorum::summarize(controller_, now_, freshness.staleness),
                           freshness);
  }

  std::optional<std::uint64_t> blocked(int broker) {
    const auto all = stops().blocked;
    const auto found = all.find(BrokerId{broker});
    return found == all.end() ? std::nullopt : found->second.value();
  }

  PartitionStop check(int broker, std::vector<BrokerId> silent = {}) {
    return check_stop(state_.topics.at(0).partitions.at(0), BrokerId{broker},
                      settings_.min_isr("t"), settings_.release, silent);
  }

  replication::ReplicationState state_;
  model::Configs settings_;
  quorum::QuorumState controller_;
  model::Instant now_ = at(0);
};

TEST_F(StopTest, AHealthyPartitionMayMissOne) {
  min_isr(2);
  see({{}});
  for (const int id : {1, 2, 3}) {
    EXPECT_TRUE(check(id).obstacles.none());
    EXPECT_TRUE(check(id).is_known);
    EXPECT_EQ(check(id).margin, 0);
    EXPECT_EQ(blocked(id), 0U);
  }
  EXPECT_TRUE(check(4).obstacles.none());
  EXPECT_EQ(check(4).margin, std::nullopt);
  EXPECT_THAT(stops().unknown, IsEmpty());
}

TEST_F(StopTest, FourReplicasHaveAMarginOfOne) {
  min_isr(2);
  see({{.isr = {1, 2, 3, 4}, .replicas = {1, 2, 3, 4}}});
  EXPECT_EQ(check(1).margin, 1);
}

TEST_F(StopTest, WhoIsNeededForMinIsrStays) {
  min_isr(2);
  see({{}, {.isr = {1, 3}}});
  EXPECT_EQ(blocked(1), 1U);
  EXPECT_EQ(blocked(2), 0U) << "it is not in sync";
  EXPECT_EQ(blocked(3), 1U);
  see({{.isr = {1, 3}}});
  EXPECT_EQ(check(1).worst(), StopObstacle::kUnderMinIsr);
}

TEST_F(StopTest, TheOnlyOneInSyncStays) {
  min_isr(1);
  see({{.isr = {1}}});
  EXPECT_EQ(check(1).worst(), StopObstacle::kOffline);
  EXPECT_TRUE(check(2).obstacles.none());
}

TEST_F(StopTest, APartitionOfOneReplicaGoesOffline) {
  min_isr(1);
  see({{.isr = {1}, .replicas = {1}}});
  EXPECT_EQ(check(1).worst(), StopObstacle::kOffline);
  EXPECT_EQ(check(1).worst({StopObstacle::kOffline}), std::nullopt);
}

TEST_F(StopTest, OneCopyIsTooFewAlsoIfMinIsrIsOne) {
  min_isr(1);
  see({{.isr = {1, 2}, .replicas = {1, 2}}});
  EXPECT_EQ(check(2).worst(), StopObstacle::kOneCopy);
  EXPECT_EQ(check(2).margin, 0);
}

TEST_F(StopTest, MinIsrOfAllReplicasForbidsEach) {
  min_isr(3);
  see({{}});
  for (const int id : {1, 2, 3}) EXPECT_EQ(check(id).worst(), StopObstacle::kUnderMinIsr);
}

TEST_F(StopTest, WhatIsAcceptedHidesNothingElse) {
  min_isr(2);
  see({{.isr = {1, 2}}});
  EXPECT_EQ(check(1).worst(), StopObstacle::kUnderMinIsr);
  EXPECT_EQ(check(1).worst({StopObstacle::kUnderMinIsr}), StopObstacle::kOneCopy);
  EXPECT_EQ(check(1).worst({StopObstacle::kUnderMinIsr, StopObstacle::kOneCopy}), std::nullopt);
}

TEST_F(StopTest, WhoWasTheLastInSyncIsNeededToComeBack) {
  min_isr(2);
  see({{.isr = {2}}});
  see({{.leader = std::nullopt, .isr = {}}});
  EXPECT_EQ(check(2).worst(), StopObstacle::kOffline);
  EXPECT_TRUE(check(1).obstacles.none());
}

TEST_F(StopTest, ASilentBrokerDoesNotCountAsInSync) {
  min_isr(2);
  see({{}});
  EXPECT_EQ(check(1, {BrokerId{2}}).worst(), StopObstacle::kUnderMinIsr);
  EXPECT_TRUE(check(2, {BrokerId{2}}).obstacles.none()) << "the others are enough without it";
  state_.reach[BrokerId{2}] = {.answers = false, .since = at(0), .asked = at(0)};
  EXPECT_THAT(stops().silent, ElementsAre(BrokerId{2}));
  EXPECT_EQ(blocked(1), 1U);
  EXPECT_EQ(blocked(2), 0U);
}

TEST_F(StopTest, WhoIsBeingAddedIsWaitedFor) {
  min_isr(2);
  see({{.isr = {1, 2, 3}, .replicas = {1, 2, 3}}});
  see({{.isr = {1, 2, 3}, .replicas = {1, 2, 3, 4}}});
  EXPECT_EQ(check(4).worst(), StopObstacle::kReassigning);
  EXPECT_TRUE(check(1).obstacles.none());
}

TEST_F(StopTest, AnUnknownMinIsrIsNoYes) {
  see({{}});
  EXPECT_FALSE(check(1).is_known);
  EXPECT_EQ(blocked(1), std::nullopt);
  EXPECT_THAT(stops().unknown, IsEmpty()) << "of brokers without this topic it is known";
  see({{.isr = {1}}});
  EXPECT_EQ(blocked(1), 1U) << "it is the only one whatever the setting is";
}

TEST_F(StopTest, StaleStateIsNoYes) {
  min_isr(2);
  see({{}});
  now_ = at(31);
  EXPECT_EQ(blocked(1), std::nullopt);
  EXPECT_THAT(stops().unknown, ElementsAre(HasSubstr("brokers")));
}

TEST_F(StopTest, OutdatedMetadataIsNoYes) {
  min_isr(2);
  see({{}, {.isr = {1}}});
  controller_.is_lost = true;
  controller_.lost_since = controller_.seen = at(0);
  EXPECT_EQ(blocked(2), std::nullopt);
  EXPECT_EQ(blocked(1), 1U) << "a lower bound";
  EXPECT_THAT(stops().unknown, testing::Contains(HasSubstr("controller")));
}

TEST_F(StopTest, WhatOneBrokerAloneReportsIsNoYes) {
  min_isr(2);
  see({{}});
  state_.confirmation = model::Confirmation::kOneBrokerAnswers;
  EXPECT_EQ(blocked(1), std::nullopt);
}

TEST_F(StopTest, AQuorumOfOneIsNeeded) {
  min_isr(2);
  see({{}});
  voters({{100, {}}});
  EXPECT_EQ(blocked(100), 1U);
  EXPECT_EQ(blocked(1), 0U);
  EXPECT_THAT(stops().needed_voters, ElementsAre(BrokerId{100}));
}

TEST_F(StopTest, OfThreeVotersOneMayStopIfTheOthersFollow) {
  min_isr(2);
  see({{}});
  voters({{1, {}}, {2, milliseconds{400}}, {3, milliseconds{100}}});
  EXPECT_THAT(stops().needed_voters, IsEmpty());
  EXPECT_EQ(blocked(1), 0U);
  voters({{1, {}}, {2, milliseconds{400}}, {3, milliseconds{3001}}});
  EXPECT_THAT(stops().needed_voters, ElementsAre(BrokerId{1}, BrokerId{2}));
  EXPECT_EQ(blocked(3), 0U);
}

TEST_F(StopTest, VotersThatAreHiddenAreNoYes) {
  min_isr(2);
  see({{}});
  controller_.is_unsupported = false;
  controller_.seen = at(0);
  EXPECT_THAT(stops().unknown, ElementsAre(HasSubstr("Describe on the cluster")));
  EXPECT_EQ(blocked(1), std::nullopt);
  controller_ = {};
  EXPECT_EQ(blocked(1), std::nullopt) << "nothing was ever heard of them";
  controller_.is_unsupported = true;
  EXPECT_EQ(blocked(1), 0U) << "under ZooKeeper there are none";
}

}  // namespace
}  // namespace kie
