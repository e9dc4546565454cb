#include "collectors/cluster/update.h"

#include "tests/unit/collectors/quorum/snapshots.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie {
namespace {

using replication::test::absent;
using replication::test::cluster;
using replication::test::Row;
using replication::test::topic;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class UpdateTest : public testing::Test {
 protected:
  void see(const Row& row) { see(topic("orders", {row})); }
  void see(model::TopicSnapshot snapshot) {
    now += seconds{10};
    apply_snapshot(known, cluster(now, {std::move(snapshot)}), wall);
  }

  /// Of the ends of all that is asked, at offset 500. What is said of the elections that lost.
  std::vector<loss::ElectionVerdict> answer() {
    std::vector<model::EpochAnswer> answers;
    for (const auto& question : open_questions(known)) {
      auto& told = answers.emplace_back();
      told.topic = question.topic;
      told.partition = question.partition;
      told.by = question.leader;
      told.newest = question.newest;
      told.topic_id = replication::test::kId;
      told.log_start = Offset{0};
      for (const auto epoch : question.epochs) told.ends.push_back({epoch, epoch, Offset{500}});
    }
    std::vector<loss::ElectionVerdict> verdicts;
    for (const auto& event : apply_epoch_ends(known, std::move(answers), now, wall).loss)
      verdicts.push_back(event.verdict);
    return verdicts;
  }

  std::vector<BrokerId> asked() const {
    std::vector<BrokerId> leaders;
    for (const auto& question : open_questions(known)) leaders.push_back(question.leader);
    return leaders;
  }

  static Row alone(int broker, int epoch, std::int64_t latest) {
    return {.leader = broker,
            .isr = {broker},
            .replicas = {1, 2},
            .epoch = epoch,
            .latest = latest,
            .earliest = 0};
  }

  std::vector<quorum::ControllerEvent> see_controller(model::ControllerAnswer answer) {
    return apply_controller(known, {.at = now, .answer = answer}).quorum;
  }

  bool is_old_news() const { return freshness_of(known, now, hours{1}).is_old_news; }

  ClusterState known;
  model::Instant now{hours{5}};
  std::chrono::system_clock::time_point wall{hours{500'000}};
};

TEST_F(UpdateTest, WhatChangedWithoutAControllerIsToldOnceItIsBack) {
  using enum model::ControllerAnswer;
  using replication::ReplicationEventKind;
  const auto controller = [&](model::ControllerSnapshot snapshot) {
    snapshot.at = now;
    std::vector<quorum::ControllerEventKind> kinds;
    for (const auto& event : apply_controller(known, snapshot).quorum) kinds.push_back(event.kind);
    return kinds;
  };
  const auto snapshot = [&](const Row& row) {
    now += seconds{10};
    std::vector<ReplicationEventKind> kinds;
    for (const auto& event :
         apply_snapshot(known, cluster(now, {topic("orders", {row})}), wall).replication)
      kinds.push_back(event.kind);
    return kinds;
  };
  snapshot({.epoch = 0, .latest = 100});
  controller(quorum::test::answered(0, 101, 7));
  EXPECT_FALSE(freshness_of(known, now, seconds{30}).is_old_news);

  EXPECT_THAT(snapshot({.epoch = 0, .latest = 100}), IsEmpty());
  EXPECT_THAT(controller(quorum::test::without(0, kNone)),
              ElementsAre(quorum::ControllerEventKind::kControllerLost));
  EXPECT_TRUE(freshness_of(known, now, seconds{30}).is_old_news);
  EXPECT_THAT(snapshot({}), IsEmpty()) << "Metadata is as it was";
  EXPECT_THAT(controller(quorum::test::without(0, kNone)), IsEmpty());

  EXPECT_THAT(controller(quorum::test::answered(0, 101, 8)),
              ElementsAre(quorum::ControllerEventKind::kControllerBack,
                          quorum::ControllerEventKind::kControllerChange));
  EXPECT_TRUE(freshness_of(known, now, seconds{30}).is_old_news) << "nothing was read since";
  EXPECT_THAT(snapshot({.leader = 2, .isr = {2}, .epoch = 1, .latest = 100}),
              ElementsAre(ReplicationEventKind::kIsrShrink, ReplicationEventKind::kLeaderChange,
                          ReplicationEventKind::kElection));
  EXPECT_FALSE(freshness_of(known, now, seconds{30}).is_old_news);
}

TEST_F(UpdateTest, NobodyIsAskedAboutEpochsWhileTheLeaderHasNoListener) {
  see(alone(1, 0, 1500));
  auto hidden = alone(1, 0, 1500);
  hidden.isr = {2};
  hidden.no_listener = true;
  see(hidden);
  EXPECT_THAT(asked(), IsEmpty());
  see(alone(2, 2, 500));
  EXPECT_THAT(asked(), ElementsAre(BrokerId{2}));
  EXPECT_THAT(answer(), testing::Contains(loss::ElectionVerdict::kUnclean));
  EXPECT_EQ(known.loss.topics.at("orders").lost, 1000U);
}

TEST_F(UpdateTest, WhoLeadsTheNewEpochIsAsked) {
  see(alone(1, 0, 1500));
  see(alone(2, 1, 500));
  EXPECT_THAT(asked(), ElementsAre(BrokerId{2}));
  answer();
  EXPECT_THAT(asked(), IsEmpty());
  EXPECT_EQ(known.loss.topics.at("orders").lost, 1000U);
}

TEST_F(UpdateTest, AnEpochThatWasHeardBeforeItsLeaderIsAskedOfTheLeader) {
  see(alone(1, 0, 1500));
  see(alone(1, 1, 500));
  EXPECT_THAT(asked(), ElementsAre(BrokerId{1}));
  see(alone(2, 1, 500));
  see(alone(2, 1, 500));
  EXPECT_THAT(asked(), ElementsAre(BrokerId{2}));
  answer();
  EXPECT_EQ(known.loss.topics.at("orders").lost, 1000U);
}

TEST_F(UpdateTest, AnElectionOfAnotherOneThanTheLastInSyncIsNotClean) {
  see(alone(1, 0, 1500));
  see(alone(1, 1, 500));
  see(alone(2, 1, 500));
  see(alone(2, 1, 500));
  EXPECT_THAT(answer(), ElementsAre(loss::ElectionVerdict::kUnknown));
}

TEST_F(UpdateTest, OfTheLastInSyncItIs) {
  see(alone(1, 0, 1500));
  see(alone(1, 1, 500));
  EXPECT_THAT(answer(), ElementsAre(loss::ElectionVerdict::kClean));
}

TEST_F(UpdateTest, WhatWasLostStaysAsLongAsTheTopicIsThere) {
  see(alone(1, 0, 1500));
  see(alone(2, 1, 500));
  answer();
  see(absent("orders", model::Presence::kDeleted));
  see(alone(2, 1, 500));
  now += hours{2};
  see(alone(2, 1, 500));
  EXPECT_EQ(known.loss.topics.at("orders").lost, 1000U) << "a counter never goes back";
  see(absent("orders", model::Presence::kDeleted));
  now += hours{2};
  see(absent("orders", model::Presence::kUnknown));
  EXPECT_THAT(known.loss.topics, IsEmpty());
}

TEST_F(UpdateTest, WhatWasReadWithoutAControllerIsOldNewsUntilItIsReadAgain) {
  see(alone(1, 1, 500));
  see_controller(model::ControllerAnswer::kNone);
  EXPECT_TRUE(is_old_news());
  see(alone(1, 1, 500));
  see_controller(model::ControllerAnswer::kRefused);
  EXPECT_TRUE(is_old_news()) << "this look began before";
  see(alone(1, 1, 500));
  EXPECT_FALSE(is_old_news());
}

TEST_F(UpdateTest, ASnapshotOfSomeTopicsIsNoneAtTheCluster) {
  see_controller(model::ControllerAnswer::kNone);
  see_controller(model::ControllerAnswer::kRefused);
  now += seconds{10};
  auto some = cluster(now, {topic("orders", {alone(1, 1, 500)})});
  some.covers_all_topics = false;
  apply_snapshot(known, std::move(some), wall);
  EXPECT_TRUE(is_old_news());
}

TEST_F(UpdateTest, TheSettingsOfDeletedTopicsAreDropped) {
  see(topic("a", {{}}));
  model::Configs settings;
  settings.topics = {{"a", {}}, {"gone", {}}};
  apply_settings(known, std::move(settings));
  forget_deleted_settings(known, now, seconds{300});
  EXPECT_EQ(known.settings.topics.size(), 1U);
  EXPECT_TRUE(known.settings.topics.contains("a"));
}

TEST_F(UpdateTest, TheSettingsOfBrokersThatDoNotAnswerForThreeIntervalsAreDropped) {
  model::Configs settings;
  settings.brokers[BrokerId{1}].asked = now;
  apply_settings(known, std::move(settings));
  forget_deleted_settings(known, now + seconds{900}, seconds{300});
  EXPECT_EQ(known.settings.brokers.size(), 1U);
  forget_deleted_settings(known, now + seconds{901}, seconds{300});
  EXPECT_THAT(known.settings.brokers, IsEmpty());
}

}  // namespace
}  // namespace kie
