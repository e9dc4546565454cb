#include "collectors/cluster/update.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie {
namespace {

using replication::test::cluster;
using replication::test::Row;
using replication::test::topic;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// One line of a report, which came just now and tells of what was acknowledged just before.
struct Line {
  std::int64_t next = 0;
  std::optional<int> broker = std::nullopt;
  int segment = 1;
  bool acks_all = true;
  std::string instance = "i-1";
  milliseconds age{100};
};

/// Looks are a minute apart; reports come in between.
class AcknowledgedTest : public testing::Test {
 protected:
  /// A look at other topics only.
  void see_others() {
    now += seconds{1};
    auto snapshot = cluster(now, {topic("audit", {})}, std::nullopt);
    snapshot.covers_all_topics = false;
    apply_snapshot(known, std::move(snapshot), wall);
  }

  void see(const Row& row, TopicId id = replication::test::kId) {
    now += seconds{30};
    apply_acknowledgements(known, std::exchange(lines, {}));
    auto snapshot = topic("orders", {row});
    snapshot.id = id;
    step = apply_snapshot(known, cluster(now, {std::move(snapshot)}), wall);
    now += seconds{30};
  }

  void report(const Line& line) {
    now += seconds{1};
    lines.push_back({.topic = "orders",
                     .partition = PartitionId{0},
                     .instance = line.instance,
                     .segment = line.segment,
                     .broker = line.broker ? std::optional{BrokerId{*line.broker}} : std::nullopt,
                     .acks_all = line.acks_all,
                     .next = Offset{line.next},
                     .at = now - line.age,
                     .arrived = now});
  }

  static Row led(int leader, int epoch, std::int64_t latest) {
    return {.leader = leader,
            .isr = {leader},
            .replicas = {1, 2},
            .epoch = epoch,
            .latest = latest,
            .earliest = 0};
  }

  /// The new leader answers: `ends`, by epoch, is what its log knows. The events in words.
  std::vector<std::string> answer(const std::map<int, std::int64_t>& ends) {
    std::vector<model::EpochAnswer> answers;
    for (const auto& question : open_questions(known)) {
      auto& told = answers.emplace_back();
      told.topic = question.topic;
      told.partition = question.partition;
      told.by = question.leader;
      told.newest = question.newest;
      told.topic_id = replication::test::kId;
      told.log_start = log_start;
      for (const auto epoch : question.epochs) {
        const auto found = std::prev(ends.upper_bound(epoch.value));
        told.ends.push_back({epoch, LeaderEpoch{found->first}, Offset{found->second}});
      }
    }
    std::vector<std::string> words;
    for (const auto& event : apply_epoch_ends(known, std::move(answers), now, wall).loss) {
      std::string text{to_string(event.kind)};
      if (event.end > event.first)
        text += " [" + std::to_string(event.first.value) + "," + std::to_string(event.end.value) +
                ") " + std::string(to_string(event.measure)) + (event.acks_all ? " all " : " 1 ") +
                std::string(to_string(event.verdict));
      words.push_back(text);
    }
    return words;
  }

  /// What no look has: three replicas, of which `isr` are in sync.
  static Row of_three(int leader, std::vector<int> isr, int epoch, std::int64_t latest) {
    return {.leader = leader,
            .isr = std::move(isr),
            .replicas = {1, 2, 3},
            .epoch = epoch,
            .latest = latest,
            .earliest = 0};
  }

  const loss::TopicLoss& orders() { return known.loss.topics["orders"]; }

  ClusterState known;
  ClusterUpdate step;
  /// Of the leader that answers.
  Offset log_start{0};
  std::vector<loss::Acknowledgement> lines;
  model::Instant now{hours{5}};
  std::chrono::system_clock::time_point wall{hours{500'000}};
};

TEST_F(AcknowledgedTest, WhatProducersWereToldIsLostThoughNoSnapshotSawItCommitted) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  see(led(2, 2, 500));
  EXPECT_TRUE(step.has_questions);
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1500) acknowledged all unclean", "unclean_election"));
  EXPECT_EQ(orders().lost, 1000U);
  EXPECT_EQ(orders().unclean_elections, 1U);
}

TEST_F(AcknowledgedTest, AlsoWhereTheClientDoesNotTellWhoAcknowledged) {
  see(led(1, 0, 500));
  report({.next = 1500});
  see(led(2, 2, 520));
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1500) acknowledged all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, WhereTheNewLeaderIsPastItAlreadyOnlyTheBrokerTells) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  see(led(2, 2, 9000));
  EXPECT_THAT(answer({{0, 500}, {2, 9000}}),
              ElementsAre("loss [500,1500) acknowledged all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, WithoutABrokerItMayBeTheNewLeaders) {
  see(led(1, 0, 500));
  report({.next = 1500});
  see(led(2, 2, 9000));
  EXPECT_THAT(answer({{0, 500}, {2, 9000}}), IsEmpty());
}

TEST_F(AcknowledgedTest, OfSeveralProducersTheHighestCounts) {
  see(led(1, 0, 500));
  report({.next = 900, .broker = 1});
  see(led(1, 0, 900));
  report({.next = 1400, .broker = 1});
  report({.next = 1500, .broker = 1, .instance = "i-2"});
  report({.next = 1450, .broker = 1, .instance = "i-3"});
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1500) acknowledged all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, WhatWasSeenCommittedAboveItIsTheMeasure) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  see(led(1, 0, 1600));
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1600) high_watermark all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, WhatTheNewLeaderHasIsNotLost) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  see(led(2, 1, 1490));
  EXPECT_THAT(answer({{0, 1500}}), IsEmpty());
}

TEST_F(AcknowledgedTest, AnEpochThatNobodySawIsNotTakenForTheOneBefore) {
  // The leader raised its epoch when its ISR shrank, and the next leader has all of it.
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  see(led(2, 2, 1500));
  EXPECT_THAT(answer({{0, 500}, {1, 1500}}), IsEmpty());
  // A restart, after which it leads again.
  report({.next = 2000, .broker = 2, .segment = 2});
  see(led(2, 4, 2100));
  EXPECT_THAT(answer({{0, 500}, {1, 1500}, {2, 1600}, {4, 2100}}), IsEmpty());
  EXPECT_EQ(orders().lost, 0U);
}

TEST_F(AcknowledgedTest, AReportOfTheNewLeaderIsNotTakenForTheOldOnes) {
  see(led(1, 0, 500));
  report({.next = 700, .broker = 2, .segment = 2});
  see(led(1, 1, 700));
  EXPECT_THAT(answer({{0, 500}, {1, 700}}), IsEmpty()) << "its name was not known yet";
  see(led(2, 1, 700));
  EXPECT_THAT(answer({{0, 500}, {1, 700}}), IsEmpty());
  EXPECT_EQ(orders().lost, 0U);
}

TEST_F(AcknowledgedTest, AStaleSnapshotIsNoReasonToCallAnythingLost) {
  see(led(1, 0, 500));
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}), IsEmpty());
  // In truth 3 leads, and 2 has not heard of it.
  report({.next = 900, .broker = 3});
  report({.next = 950, .instance = "i-2"});
  see(led(2, 1, 500));
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}), IsEmpty());
  EXPECT_FALSE(step.has_questions);
}

TEST_F(AcknowledgedTest, ALeaderThatCameBackIsNamedAfterItsEpochIsKnown) {
  see(led(2, 1, 400));
  report({.next = 400, .broker = 2});
  see(led(2, 1, 400));
  const auto named = [&](int leader) {
    auto unasked = led(leader, 0, 0);
    unasked.epoch.reset();
    unasked.latest.reset();
    see(unasked);
  };
  named(1);
  report({.next = 700, .broker = 2});
  see(led(1, 3, 700));
  named(2);
  see(led(2, 3, 700));
  EXPECT_THAT(answer({{1, 400}, {3, 700}}), IsEmpty());
  EXPECT_EQ(orders().lost, 0U);
}

TEST_F(AcknowledgedTest, SnapshotsOfOtherTopicsUseUpNoneOfAReportsChances) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  // The leader's log came back shorter, and its new epoch is not heard yet.
  see(led(1, 0, 500));
  for (int i = 0; i < 5; ++i) see_others();
  see(led(2, 2, 500));
  EXPECT_TRUE(step.has_questions);
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1500) acknowledged all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, ALateReportRaisesALossByTheDifference) {
  see(led(1, 0, 500));
  report({.next = 1100, .broker = 1});
  see(led(2, 2, 500));
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1100) acknowledged all unclean", "unclean_election"));
  report({.next = 1500, .broker = 1, .age = seconds{60}});
  see(led(2, 2, 9000));
  EXPECT_TRUE(step.has_questions);
  EXPECT_THAT(answer({{0, 500}, {2, 9000}}),
              ElementsAre("loss_revised [1100,1500) acknowledged all unclean"));
  EXPECT_EQ(orders().lost, 1000U);
  EXPECT_EQ(orders().unclean_elections, 1U);
  report({.next = 1500, .broker = 1, .age = seconds{120}});
  see(led(2, 2, 9000));
  EXPECT_FALSE(step.has_questions) << "repeated";
}

TEST_F(AcknowledgedTest, ALateReportMayBeTheFirstSignOfALoss) {
  see(led(1, 0, 500));
  report({.next = 400, .broker = 1});
  see(led(1, 0, 500));
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}), IsEmpty());
  report({.next = 1500, .broker = 1, .age = seconds{90}});
  see(led(2, 1, 900));
  EXPECT_THAT(answer({{0, 500}, {1, 900}}),
              ElementsAre("loss_revised [500,1500) acknowledged all unclean", "unclean_election"));
  EXPECT_EQ(orders().unclean_elections, 1U);
}

TEST_F(AcknowledgedTest, WhatIsCalledLostAlreadyIsNotCountedAgainAtTheNextElection) {
  see(led(1, 0, 1500));
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1500) high_watermark all unclean", "unclean_election"));
  report({.next = 1500, .age = seconds{100}});
  see(led(2, 2, 500));
  EXPECT_THAT(answer({{0, 500}}), IsEmpty());
  EXPECT_EQ(orders().lost, 1000U);
}

TEST_F(AcknowledgedTest, WhatWasAcknowledgedWhileTheSnapshotWasUnderWayIsNotCountedTwice) {
  for (const milliseconds after : {milliseconds{-20}, milliseconds{20}}) {
    known.replication = {};
    known.loss = {};
    see(led(1, 0, 1500));
    see(led(2, 1, 500));
    const auto snapshot = now - seconds{30};
    EXPECT_THAT(answer({{0, 500}}),
                ElementsAre("loss [500,1500) high_watermark all unclean", "unclean_election"));
    report({.next = 1500,
            .broker = 1,
            .age = std::chrono::duration_cast<milliseconds>(now + seconds{1} - snapshot) - after});
    report({.next = 600, .broker = 2, .segment = 2});
    see(led(2, 1, 700));
    EXPECT_THAT(answer({{0, 500}, {1, 700}}), IsEmpty()) << after.count();
    EXPECT_EQ(orders().lost, 1000U);
  }
}

TEST_F(AcknowledgedTest, ALateReportDoesNotMakeForgetWhatTheLeaderHad) {
  see(of_three(1, {1, 2, 3}, 0, 500));
  report({.next = 700, .broker = 1});
  see(of_three(1, {1, 2, 3}, 0, 1500));
  see(of_three(2, {2, 3}, 1, 600));
  EXPECT_THAT(answer({{0, 1500}}), IsEmpty());
  report({.next = 1200, .broker = 1, .age = seconds{100}});
  see(of_three(2, {2, 3}, 1, 600));
  EXPECT_TRUE(step.has_questions);
  EXPECT_THAT(answer({{0, 1500}, {1, 1500}}), IsEmpty());
  // The followers have not heard yet how much is committed.
  see(of_three(1, {1}, 2, 600));
  EXPECT_THAT(answer({{0, 600}, {2, 600}}),
              ElementsAre("loss [600,1500) high_watermark all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, ALogThatWasCutSinceHidesNothingThatItWasFoundToHave) {
  for (const std::int64_t late : {1400, 1600}) {
    known.replication = {};
    known.loss = {};
    log_start = Offset{0};
    see(led(1, 0, 500));
    report({.next = 700, .broker = 1});
    see(led(1, 0, 1500));
    see(led(2, 1, 1500));
    EXPECT_THAT(answer({{0, 1500}}), IsEmpty());
    report({.next = late, .broker = 1, .age = seconds{100}});
    see(led(2, 1, 2500));
    EXPECT_TRUE(step.has_questions);
    log_start = Offset{2000};
    using Events = std::vector<std::string>;
    EXPECT_EQ(answer({{0, 2000}, {1, 2500}}), late == 1400 ? Events{} : Events{"loss_unknown"});
  }
}

TEST_F(AcknowledgedTest, AReportThatIsMoreThanAnHourLateIsNotUsed) {
  see(led(1, 0, 500));
  report({.next = 400, .broker = 1});
  see(led(1, 0, 500));
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}), IsEmpty());
  for (int i = 0; i < 61; ++i) {
    report({.next = 400, .broker = 1, .age = minutes{i}});
    see(led(2, 1, 500));
  }
  report({.next = 1500, .broker = 1, .age = minutes{70}});
  see(led(2, 1, 500));
  EXPECT_FALSE(step.has_questions);
}

TEST_F(AcknowledgedTest, WhatCameBeforeAnotherBrokersAcknowledgementIsOlderThanItsEpoch) {
  see(led(1, 0, 500));
  see(led(2, 2, 500));
  EXPECT_THAT(answer({{0, 500}}), IsEmpty());
  // The first report of all comes late, and has both.
  report({.next = 1500, .broker = 1, .segment = 1, .age = seconds{70}});
  report({.next = 600, .broker = 2, .segment = 2});
  see(led(2, 2, 9000));
  EXPECT_THAT(answer({{0, 500}, {2, 9000}}),
              ElementsAre("loss_revised [500,1500) acknowledged all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, OffsetsThatWentBackTellTheSame) {
  see(led(1, 0, 500));
  report({.next = 1500, .segment = 1});
  report({.next = 600, .segment = 2});
  see(led(2, 2, 9000));
  EXPECT_THAT(answer({{0, 500}, {2, 9000}}),
              ElementsAre("loss [500,1500) acknowledged all unclean", "unclean_election"));
}

TEST_F(AcknowledgedTest, WhatADeposedLeaderAcknowledgesLateSaysNothingOfItsSuccessor) {
  for (const int first : {3, 2}) {
    known.replication = {};
    known.loss = {};
    see(led(first, 0, 500));
    see(led(1, 1, 500));
    EXPECT_THAT(answer({{0, 500}}), IsEmpty());
    see(led(2, 2, 1000));
    EXPECT_THAT(answer({{0, 500}, {1, 1000}}), IsEmpty());
    // In the order in which they came to the producer, in one report.
    report({.next = 1000, .broker = 1, .segment = 1});
    report({.next = 5000, .broker = 2, .segment = 2});
    report({.next = 1002, .broker = 1, .segment = 3});
    report({.next = 5010, .broker = 2, .segment = 4});
    see(led(2, 2, 5010));
    EXPECT_THAT(
        answer({{0, 500}, {1, 1000}, {2, 5010}}),
        ElementsAre("loss_revised [1000,1002) acknowledged all unclean", "unclean_election"))
        << "only what the deposed leader acknowledged is lost";
  }
}

TEST_F(AcknowledgedTest, AnElectionThatANewerEpochCountedIsNotCountedAgain) {
  see(of_three(1, {1, 2}, 0, 900));
  see(of_three(2, {2}, 1, 1100));
  see(of_three(3, {3}, 2, 1000));
  EXPECT_THAT(answer({{0, 1000}, {1, 1000}}),
              ElementsAre("loss [1000,1100) high_watermark all unclean", "unclean_election"));
  report({.next = 1200, .broker = 1, .segment = 1, .age = seconds{100}});
  report({.next = 1050, .broker = 2, .segment = 2, .age = seconds{50}});
  report({.next = 1000, .broker = 3, .segment = 3});
  see(of_three(3, {3}, 2, 1000));
  EXPECT_TRUE(step.has_questions);
  EXPECT_THAT(answer({{0, 1000}, {1, 1000}, {2, 1000}}),
              testing::Not(testing::Contains("unclean_election")));
  EXPECT_EQ(orders().lost, 200U);
  EXPECT_EQ(orders().unclean_elections, 1U);
}

TEST_F(AcknowledgedTest, OfAOneAckProducerIsCountedApart) {
  auto both = led(1, 0, 1000);
  both.isr = {1, 2};
  see(both);
  report({.next = 1500, .broker = 1, .acks_all = false});
  see(led(2, 1, 1000));
  EXPECT_THAT(answer({{0, 1000}}), ElementsAre("loss [1000,1500) acknowledged 1 unknown"));
  EXPECT_EQ(orders().lost, 0U);
  EXPECT_EQ(orders().lost_by_one, 500U);
  EXPECT_EQ(orders().unclean_elections, 0U);
  EXPECT_EQ(last_hour(orders().recent_lost_by_one, now), 500U);
}

TEST_F(AcknowledgedTest, OfBothKindsEachOffsetIsCountedOnce) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1, .acks_all = false});
  report({.next = 1200, .broker = 1, .instance = "i-2"});
  see(led(2, 1, 500));
  EXPECT_THAT(answer({{0, 500}}),
              ElementsAre("loss [500,1200) acknowledged all unclean", "unclean_election",
                          "loss [1200,1500) acknowledged 1 unknown"));
}

TEST_F(AcknowledgedTest, AnotherTopicOfThatNameLostNothing) {
  see(led(1, 0, 500));
  report({.next = 1500, .broker = 1});
  see(led(1, 0, 1500));
  report({.next = 1600, .broker = 1});
  auto again = led(1, 0, 3);
  see(again, replication::test::kOtherId);
  // Repeated, and one more that was acknowledged before the topic was made.
  report({.next = 1600, .broker = 1, .age = seconds{61}});
  report({.next = 1700, .broker = 1, .instance = "i-2", .age = seconds{62}});
  see(again, replication::test::kOtherId);
  again = led(2, 1, 3);
  see(again, replication::test::kOtherId);
  EXPECT_FALSE(known.loss.topics["orders"].partitions.at(0).pending.at(0).acked.acks_all);
}

TEST_F(AcknowledgedTest, ATopicThatIsNotKnownIsPassedOver) {
  report({.next = 1500, .broker = 1});
  lines.back().topic = "unknown";
  see(led(1, 0, 500));
  EXPECT_FALSE(known.loss.topics.contains("unknown"));
}

TEST_F(AcknowledgedTest, ReportersAreForgottenAnHourAfterTheyFellSilent) {
  report({.next = 400, .broker = 1});
  see(led(1, 0, 500));
  EXPECT_EQ(known.loss.reporters.size(), 1U);
  for (int i = 0; i < 60; ++i) see(led(1, 0, 500));
  EXPECT_THAT(known.loss.reporters, IsEmpty());
}

TEST_F(AcknowledgedTest, OfTooManyReportersTheOldestAreForgotten) {
  for (std::size_t i = 0; i <= loss::kReportersKept; ++i) {
    lines.push_back({.topic = "orders",
                     .partition = PartitionId{0},
                     .instance = std::to_string(i),
                     .segment = 0,
                     .broker = {},
                     .acks_all = true,
                     .next = Offset{1},
                     .at = now,
                     .arrived = now + milliseconds{i}});
  }
  apply_acknowledgements(known, std::exchange(lines, {}));
  EXPECT_EQ(known.loss.reporters.size(), loss::kReportersKept / 2 + 1);
  EXPECT_FALSE(known.loss.reporters.contains({"orders", PartitionId{0}, "0"}));
  const auto newest = std::to_string(loss::kReportersKept);
  EXPECT_TRUE(known.loss.reporters.contains({"orders", PartitionId{0}, newest}));
}

TEST_F(AcknowledgedTest, OfOnePartitionAProducersNewestSegmentsAreKept) {
  see(led(1, 0, 500));
  for (int i = 1; i < 10; ++i) report({.next = 10 * i, .segment = i});
  see(led(1, 0, 500));
  ASSERT_EQ(known.loss.reporters.size(), 1U);
  const auto& segments = known.loss.reporters.begin()->second.segments;
  ASSERT_EQ(segments.size(), loss::kSegmentsKept);
  EXPECT_EQ(segments.front().number, 6);
  report({.next = 5000, .segment = 1});
  see(led(1, 0, 5000));
  EXPECT_EQ(segments.front().number, 6) << "one that was dropped is not new";
}

}  // namespace
}  // namespace kie
