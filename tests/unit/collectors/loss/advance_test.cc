#include "collectors/loss/advance.h"

namespace kie::loss {
namespace {

using model::EpochAnswer;
using model::LeaderEpochChange;
using std::chrono::seconds;
using std::chrono::system_clock;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TopicId kId{1, 1};
constexpr TopicId kOtherId{2, 2};

std::vector<BrokerId> brokers(const std::vector<int>& ids) {
  std::vector<BrokerId> result;
  for (const int id : ids) result.emplace_back(id);
  return result;
}

/// An epoch that was succeeded: "committed to 1500, and then another led".
struct Next {
  int before = 0;
  int after = 1;
  std::int64_t committed = 1500;
  std::optional<std::int64_t> log_start = 0;
  std::vector<int> last_isr = {1};
  bool from_outside = true;
  int leader = 2;
};

/// One epoch's end, as a leader tells it.
struct Acked {
  int asked = 0;
  int epoch = 0;
  std::int64_t end = 500;
};

class Loss : public testing::Test {
 protected:
  void succeed(const Next& next, std::optional<TopicId> id = kId) {
    LeaderEpochChange epoch_change;
    epoch_change.topic = "orders";
    epoch_change.topic_id = id;
    epoch_change.partition = PartitionId{3};
    epoch_change.old_epoch = LeaderEpoch{next.before};
    epoch_change.new_epoch = LeaderEpoch{next.after};
    epoch_change.leader_before = BrokerId{1};
    epoch_change.leader = BrokerId{next.leader};
    epoch_change.committed = Offset{next.committed};
    if (next.log_start) epoch_change.log_start = Offset{*next.log_start};
    epoch_change.last_isr = brokers(next.last_isr);
    epoch_change.from_outside = next.from_outside;
    epoch_change.from = now - seconds{10};
    epoch_change.to = now;
    EXPECT_THAT(advance(state, {{epoch_change}, {}, now, wall}, settings), IsEmpty());
    leader = next.leader;
    newest = next.after;
  }

  /// The leader of the newest epoch tells.
  std::vector<std::string> tell(const std::vector<Acked>& ends, std::int64_t log_start = 0) {
    return take(answer(ends, log_start));
  }

  EpochAnswer answer(const std::vector<Acked>& ends, std::int64_t log_start = 0) const {
    EpochAnswer acked;
    acked.topic = "orders";
    acked.partition = PartitionId{3};
    acked.by = BrokerId{leader};
    acked.newest = LeaderEpoch{newest};
    acked.topic_id = kId;
    acked.log_start = Offset{log_start};
    for (const auto& end : ends)
      acked.ends.push_back({LeaderEpoch{end.asked}, LeaderEpoch{end.epoch}, Offset{end.end}});
    return acked;
  }

  /// The events in words.
  std::vector<std::string> take(const EpochAnswer& acked) {
    events = advance(state, {{}, {acked}, now, wall}, settings);
    std::vector<std::string> words;
    for (const auto& event : events) {
      std::string text{to_string(event.kind)};
      if (event.kind == LossEventKind::kLoss) {
        text +=
            " [" + std::to_string(event.first.value) + "," + std::to_string(event.end.value) + ")";
        text += event.at_least ? " at least " : " ";
        text += to_string(event.verdict);
      }
      words.push_back(text);
    }
    return words;
  }

  const TopicLoss& orders() { return state.topics["orders"]; }
  std::uint64_t results(AssessmentResult result) const {
    return state.assessments.at(static_cast<std::size_t>(result));
  }
  std::vector<model::EpochQuestion> asked() const {
    return questions(state, [](const auto&, auto, auto) { return true; });
  }

  LossState state;
  model::Configs settings;
  Instant now = Instant{} + std::chrono::hours{5};
  system_clock::time_point wall{std::chrono::hours{500'000}};
  int leader = 0;
  int newest = 0;
  std::vector<LossEvent> events;
};

TEST_F(Loss, OfAnUncleanElectionIsFromTheEndOfTheEpochToWhatWasCommitted) {
  succeed({});
  EXPECT_EQ(count_pending(state), 1U);
  EXPECT_THAT(tell({{}}), ElementsAre("loss [500,1500) unclean", "unclean_election"));
  EXPECT_EQ(count_pending(state), 0U);
  EXPECT_EQ(orders().lost, 1000U);
  EXPECT_EQ(orders().unclean_elections, 1U);
  EXPECT_EQ(orders().last_loss, wall);
  EXPECT_EQ(results(AssessmentResult::kLost), 1U);
  EXPECT_EQ(last_hour(orders().recent_lost, now), 1000U);
  EXPECT_EQ(last_hour(orders().recent_unclean, now), 1U);
  const auto& event = events.at(0);
  EXPECT_EQ(event.topic, "orders");
  EXPECT_EQ(event.partition, PartitionId{3});
  EXPECT_EQ(event.epoch, LeaderEpoch{0});
  EXPECT_EQ(event.new_epoch, LeaderEpoch{1});
  EXPECT_EQ(event.leader_before, BrokerId{1});
  EXPECT_EQ(event.leader_after, BrokerId{2});
  EXPECT_EQ(event.from, now - seconds{10});
  EXPECT_EQ(event.to, now);
}

TEST_F(Loss, IsNoneWhereTheNewLeaderHasAllOrMore) {
  for (const std::int64_t end : {1500, 1501, 4000}) {
    state = {};
    succeed({});
    EXPECT_THAT(tell({{.end = end}}), IsEmpty());
    EXPECT_EQ(results(AssessmentResult::kNone), 1U);
    EXPECT_EQ(orders().lost, 0U);
    EXPECT_EQ(orders().last_loss, std::nullopt);
  }
}

TEST_F(Loss, LeavesTheWindowAfterAnHour) {
  succeed({});
  tell({{}});
  EXPECT_EQ(last_hour(orders().recent_lost, now + seconds{3599}), 1000U);
  EXPECT_EQ(last_hour(orders().recent_lost, now + seconds{3600}), 0U);
  advance(state, {{}, {}, now + seconds{3600}, wall}, settings);
  EXPECT_THAT(orders().recent_lost, IsEmpty());
  EXPECT_EQ(orders().lost, 1000U);
}

// DESIGN's table of verdicts.

TEST_F(Loss, OfTheOnlyReplicaThatCameBackShorterIsClean) {
  succeed({.from_outside = false, .leader = 1});
  EXPECT_THAT(tell({{.end = 0}}), ElementsAre("loss [0,1500) clean"));
  EXPECT_EQ(orders().unclean_elections, 0U);
}

TEST_F(Loss, OfOneOfSeveralHangsOnWhetherUncleanElectionsAreAllowed) {
  const Next next{.last_isr = {1, 2}, .from_outside = false};
  using model::ConfigSource;
  using Setting = model::Configured<bool>;
  const auto verdict = [&](std::optional<Setting> setting) {
    state = {};
    settings = {};
    settings.topics["orders"].unclean_leader_election = setting;
    succeed(next);
    tell({{}});
    return events.at(0).verdict;
  };
  for (const auto origin : {ConfigSource::kTopic, ConfigSource::kDynamicDefault}) {
    EXPECT_EQ(verdict(Setting{false, origin}), ElectionVerdict::kClean);
    EXPECT_EQ(verdict(Setting{true, origin}), ElectionVerdict::kUnknown);
  }
  for (const auto origin : {ConfigSource::kDynamicBroker, ConfigSource::kStatic,
                            ConfigSource::kDefault, ConfigSource::kUnknown})
    EXPECT_EQ(verdict(Setting{false, origin}), ElectionVerdict::kUnknown)
        << "the controller's file may say otherwise";
  EXPECT_EQ(verdict(std::nullopt), ElectionVerdict::kUnknown);
}

// Who answers.

TEST_F(Loss, StaysAQuestionUntilTheLeaderOfTheNewestEpochHasAnsweredInFull) {
  succeed({});
  auto by_another = answer({{}});
  by_another.by = BrokerId{1};
  auto of_an_older_epoch = answer({{}});
  of_an_older_epoch.newest = LeaderEpoch{0};
  auto without_start = answer({{}});
  without_start.log_start.reset();
  auto without_id = answer({{}});
  without_id.topic_id.reset();
  auto of_another_topic = answer({{}});
  of_another_topic.topic_id = kOtherId;
  auto of_another_partition = answer({{}});
  of_another_partition.partition = PartitionId{4};
  auto of_nothing = answer({{}});
  of_nothing.topic = "payments";
  for (const auto& acked : {by_another, of_an_older_epoch, without_start, without_id,
                            of_another_topic, of_another_partition, of_nothing, answer({})}) {
    EXPECT_THAT(take(acked), IsEmpty());
    EXPECT_EQ(count_pending(state), 1U);
  }
  EXPECT_THAT(tell({{}}), ElementsAre("loss [500,1500) unclean", "unclean_election"));
  EXPECT_THAT(tell({{}}), IsEmpty()) << "a second answer says nothing new";
  EXPECT_EQ(orders().lost, 1000U);
}

TEST_F(Loss, IsAskedAnewWhenAnotherElectionComesBeforeTheAnswer) {
  succeed({.last_isr = {1, 2}, .from_outside = false});
  const auto early = answer({{.end = 1500}});
  succeed({.before = 1, .after = 4, .committed = 1600, .last_isr = {2}, .leader = 3});
  EXPECT_THAT(take(early), IsEmpty());
  ASSERT_EQ(asked().size(), 1U);
  EXPECT_EQ(asked()[0].leader, BrokerId{3});
  EXPECT_EQ(asked()[0].newest, LeaderEpoch{4});
  EXPECT_THAT(asked()[0].epochs, ElementsAre(LeaderEpoch{0}, LeaderEpoch{1}));
}

TEST_F(Loss, WithoutIdsTheTopicIsTakenAsItIs) {
  succeed({}, TopicId{});
  auto acked = answer({{}});
  acked.topic_id.reset();
  EXPECT_THAT(take(acked), ElementsAre("loss [500,1500) unclean", "unclean_election"));
}

// What the answer means.

TEST_F(Loss, ChargesEachOffsetOnceToTheOldestEpochThatHasIt) {
  succeed({.last_isr = {1, 2}, .from_outside = false});
  succeed({.before = 1, .after = 2, .committed = 3000, .last_isr = {2}, .leader = 3});
  EXPECT_THAT(
      tell({{0, 0, 500}, {1, 0, 500}}),
      ElementsAre("loss [500,1500) unclean", "unclean_election", "loss [1500,3000) unclean"))
      << "one election from outside lost the records of both";
  EXPECT_EQ(orders().lost, 2500U);
  EXPECT_EQ(orders().unclean_elections, 1U);
}

TEST_F(Loss, ByTwoElectionsFromOutsideAreTwo) {
  succeed({});
  succeed({.before = 1, .after = 2, .committed = 3000, .last_isr = {2}, .leader = 3});
  tell({{0, 0, 500}, {1, 1, 2000}});
  EXPECT_EQ(orders().lost, 2000U);
  EXPECT_EQ(orders().unclean_elections, 2U);
}

TEST_F(Loss, AReturningLeaderHasATailThatWasNeverCommitted) {
  // 1 leads epoch 0 with committed 500 and end 700, and dies; 2 commits to 1500 in epoch 1.
  succeed({.committed = 500, .last_isr = {1, 2}, .from_outside = false});
  EXPECT_THAT(tell({{0, 0, 500}}), IsEmpty());
  // 2 dies, and 1 is elected: of epoch 1 it has nothing, of epoch 0 its tail.
  succeed({.before = 1, .after = 2, .committed = 1500, .last_isr = {2}, .leader = 1});
  EXPECT_THAT(tell({{1, 0, 700}}), ElementsAre("loss [500,1500) unclean", "unclean_election"));
}

TEST_F(Loss, IsALowerBoundWhereTheEndOfTheOlderEpochWasNeverSeen) {
  succeed({.before = 1, .after = 2, .committed = 1500, .last_isr = {2}, .leader = 1});
  EXPECT_THAT(tell({{1, 0, 700}}),
              ElementsAre("loss [700,1500) at least unclean", "unclean_election"));
}

TEST_F(Loss, IsALowerBoundWhereOneAnswerIsForBothEpochs) {
  // Nobody asked 2 while it led: what 1 has of epoch 0 is with its tail.
  succeed({.committed = 500, .last_isr = {1, 2}, .from_outside = false});
  succeed({.before = 1, .after = 2, .committed = 1500, .last_isr = {2}, .leader = 1});
  EXPECT_THAT(tell({{0, 0, 700}, {1, 0, 700}}),
              ElementsAre("loss [700,1500) at least unclean", "unclean_election"));
}

TEST_F(Loss, IsUnknownWhereSuchATailReachesOverAllThatWasCommitted) {
  succeed({.before = 1, .after = 2, .committed = 600, .last_isr = {2}, .leader = 1});
  EXPECT_THAT(tell({{1, 0, 700}}), ElementsAre("loss_unknown"));
  EXPECT_EQ(results(AssessmentResult::kUnknown), 1U);
  state = {};
  succeed({.before = 1, .after = 2, .committed = 600, .last_isr = {1, 2}, .from_outside = false});
  EXPECT_THAT(tell({{1, 0, 700}}), IsEmpty()) << "a member of the ISR has what was committed";
}

TEST_F(Loss, IsUnknownWhereTheLeaderBeforeReturnedWithAllOfItsOwn) {
  // 2 had 500 of them and committed to 900 in epoch 1, and nobody asked it.
  succeed({});
  succeed({.before = 1, .after = 2, .committed = 900, .last_isr = {2}, .leader = 1});
  EXPECT_THAT(tell({{0, 0, 1500}, {1, 0, 1500}}), ElementsAre("loss_unknown"));
  EXPECT_EQ(results(AssessmentResult::kNone), 1U);
}

TEST_F(Loss, OfAPartitionInWhichNothingWasWrittenIsNone) {
  for (const std::int64_t committed : {0, 600}) {
    state = {};
    succeed({.before = 5, .after = 6, .committed = committed, .last_isr = {2}, .leader = 1});
    EXPECT_THAT(tell({{5, 3, committed}}), IsEmpty());
    EXPECT_EQ(results(AssessmentResult::kNone), 1U);
  }
}

TEST_F(Loss, WhatWasSafeIsCarriedIntoTheNextEpoch) {
  // The new leader learns the high watermark late and leads for a moment only.
  succeed({.last_isr = {1, 2}, .from_outside = false});
  EXPECT_THAT(tell({{0, 0, 1510}}), IsEmpty());
  succeed({.before = 1, .after = 2, .committed = 1480, .last_isr = {2}, .leader = 3});
  EXPECT_THAT(tell({{1, 0, 1490}}), ElementsAre("loss [1490,1500) unclean", "unclean_election"));
}

TEST_F(Loss, WhatIsGoneIsNotCarried) {
  succeed({});
  tell({{}});
  succeed({.before = 1, .after = 2, .committed = 500, .last_isr = {2, 3}, .from_outside = false});
  EXPECT_THAT(tell({{1, 1, 500}}), IsEmpty());
  EXPECT_EQ(orders().lost, 1000U);
}

TEST_F(Loss, WhatASecondAnswerHasLessOfIsCarriedAllTheSame) {
  succeed({.last_isr = {1, 2}, .from_outside = false});
  succeed({.before = 1, .after = 2, .committed = 1400, .last_isr = {1, 2}, .from_outside = false});
  EXPECT_THAT(tell({{0, 0, 1500}, {1, 1, 1500}}), IsEmpty());
  succeed({.before = 2, .after = 3, .committed = 1300, .last_isr = {2}, .leader = 3});
  EXPECT_THAT(tell({{2, 0, 1400}}), ElementsAre("loss [1400,1500) unclean", "unclean_election"));
}

TEST_F(Loss, AnEpochOfWhichNothingWasLeftEndsWhereItBeganForWhoeverReturnsWithIt) {
  succeed({.committed = 500, .last_isr = {1, 2}, .from_outside = false, .leader = 1});
  EXPECT_THAT(tell({{0, 0, 500}}), IsEmpty());
  succeed({.before = 1, .after = 2, .committed = 1500});
  EXPECT_THAT(tell({{1, 0, 500}}), ElementsAre("loss [500,1500) unclean", "unclean_election"));
  // 1 comes back with all of epoch 1, and leads over the 300 records that 2 committed since.
  succeed({.before = 2, .after = 3, .committed = 800, .last_isr = {2}, .leader = 1});
  EXPECT_THAT(tell({{2, 1, 1600}}), ElementsAre("loss [500,800) unclean", "unclean_election"));
}

// Retention.

TEST_F(Loss, BeginsAtTheLogStartThatWasKnown) {
  succeed({.log_start = 800});
  EXPECT_THAT(tell({{}}), ElementsAre("loss [800,1500) unclean", "unclean_election"));
  state = {};
  succeed({.log_start = 1500});
  EXPECT_THAT(tell({{.end = 0}}), IsEmpty()) << "there was nothing to lose";
}

TEST_F(Loss, IsUnknownWhenTheLogStartHasRisenToTheAnswer) {
  succeed({});
  EXPECT_THAT(tell({{.end = 2000}}, 2000), ElementsAre("loss_unknown"))
      << "retention has passed all that was known";
  EXPECT_EQ(events.at(0).doubt, UnknownReason::kLogStart);
  EXPECT_EQ(orders().lost, 0U);
  EXPECT_EQ(results(AssessmentResult::kUnknown), 1U);
  EXPECT_EQ(last_hour(orders().recent_unknown, now), 1U);
  state = {};
  succeed({});
  EXPECT_THAT(tell({{.end = 800}}, 800), ElementsAre("loss_unknown"))
      << "it has risen into what was lost";
  state = {};
  succeed({});
  EXPECT_THAT(tell({{.end = 800}}, 900), ElementsAre("loss_unknown"))
      << "and further since the answer";
}

TEST_F(Loss, IsToldWhereTheLogStartRoseBelowTheAnswer) {
  succeed({});
  EXPECT_THAT(tell({{.end = 500}}, 300),
              ElementsAre("loss [500,1500) unclean", "unclean_election"));
  state = {};
  succeed({});
  EXPECT_THAT(tell({{.end = 1600}}, 1550), IsEmpty()) << "the log had all of the epoch";
}

TEST_F(Loss, OfAnEmptyDiskIsTold) {
  succeed({.log_start = 0, .from_outside = false, .leader = 1});
  EXPECT_THAT(tell({{.end = 0}}, 0), ElementsAre("loss [0,1500) clean"));
  state = {};
  succeed({.log_start = 600, .from_outside = false, .leader = 1});
  EXPECT_THAT(tell({{.end = 0}}, 0), ElementsAre("loss [600,1500) clean"));
}

TEST_F(Loss, RetentionOfAnEmptiedLogIsNone) {
  succeed({.committed = 1000, .log_start = 1000, .last_isr = {1, 2}, .from_outside = false});
  EXPECT_THAT(tell({{.end = 1000}}, 1000), IsEmpty());
  EXPECT_EQ(results(AssessmentResult::kNone), 1U);
}

TEST_F(Loss, WithoutALogStartIsToldOnlyAboveThePresentOne) {
  succeed({.log_start = std::nullopt});
  EXPECT_THAT(tell({{.end = 500}}, 0), ElementsAre("loss [500,1500) unclean", "unclean_election"));
  state = {};
  succeed({.log_start = std::nullopt});
  EXPECT_THAT(tell({{.end = 0}}, 0), ElementsAre("loss_unknown"));
}

// Topics.

TEST_F(Loss, OfATopicMadeAnewIsNone) {
  succeed({});
  topic_recreated(state, "orders");
  EXPECT_EQ(count_pending(state), 0U);
  succeed({.committed = 10}, kOtherId);
  ASSERT_EQ(orders().partitions.size(), 1U);
  EXPECT_EQ(orders().partitions[0].pending.size(), 1U);
}

TEST_F(Loss, AnotherIdDropsWhatThePartitionsHad) {
  succeed({});
  succeed({.committed = 10}, kOtherId);
  EXPECT_EQ(count_pending(state), 1U);
}

TEST_F(Loss, OfADeletedTopicStaysForItsHour) {
  succeed({});
  tell({{}});
  succeed({.before = 1, .after = 2});
  topic_deleted(state, "orders", now);
  EXPECT_EQ(count_pending(state), 0U);
  advance(state, {{}, {}, now + seconds{3599}, wall}, settings);
  EXPECT_EQ(last_hour(orders().recent_lost, now + seconds{3599}), 1000U);
  advance(state, {{}, {}, now + seconds{3600}, wall}, settings);
  EXPECT_THAT(state.topics, IsEmpty());
}

TEST_F(Loss, OfATopicThatIsDeletedHoursLaterStaysForAnHourToo) {
  succeed({});
  tell({{}});
  now += std::chrono::hours{3};
  topic_deleted(state, "orders", now);
  advance(state, {{}, {}, now + seconds{3599}, wall}, settings);
  EXPECT_EQ(orders().lost, 1000U);
  advance(state, {{}, {}, now + seconds{3600}, wall}, settings);
  EXPECT_THAT(state.topics, IsEmpty());
}

TEST_F(Loss, SuspectedPartitionsAreAskedAboutFirst) {
  std::vector<LeaderEpochChange> epoch_changes;
  const auto add = [&](int partition, std::vector<int> last_isr, bool from_outside) {
    LeaderEpochChange one;
    one.topic = "orders";
    one.partition = PartitionId{partition};
    one.last_isr = brokers(last_isr);
    one.from_outside = from_outside;
    one.new_epoch = LeaderEpoch{1};
    one.leader = BrokerId{2};
    epoch_changes.push_back(one);
  };
  add(0, {1, 2}, false);
  add(1, {1}, false);
  add(2, {1}, true);
  add(3, {1, 2}, false);
  advance(state, {epoch_changes, {}, now, wall}, settings);
  std::vector<int> order;
  for (const auto& question :
       questions(state, [](const auto&, PartitionId id, auto) { return id != PartitionId{3}; }))
    order.push_back(question.partition.value);
  EXPECT_THAT(order, ElementsAre(2, 1, 0)) << "and 3 has no leader to ask";
}

TEST_F(Loss, OfTooManyEpochsTheOldestIsGivenUp) {
  const auto succeed_next = [&](int epoch) {
    LeaderEpochChange next;
    next.topic = "orders";
    next.old_epoch = LeaderEpoch{epoch};
    next.new_epoch = LeaderEpoch{epoch + 1};
    return advance(state, {{next}, {}, now, wall}, settings);
  };
  for (int epoch = 0; epoch < static_cast<int>(kPendingKept); ++epoch)
    EXPECT_THAT(succeed_next(epoch), IsEmpty());
  const auto given_up = succeed_next(kPendingKept);
  ASSERT_EQ(given_up.size(), 1U);
  EXPECT_EQ(given_up[0].kind, LossEventKind::kLossUnknown);
  EXPECT_EQ(given_up[0].doubt, UnknownReason::kNeverAnswered);
  EXPECT_EQ(given_up[0].epoch, LeaderEpoch{0});
  EXPECT_EQ(count_pending(state), kPendingKept);
  EXPECT_EQ(results(AssessmentResult::kUnknown), 1U);
  EXPECT_EQ(last_hour(orders().recent_unknown, now), 1U);
}

TEST_F(Loss, KeepsTheNewestEnds) {
  for (int epoch = 0; epoch < 40; ++epoch) {
    succeed({.before = epoch, .after = epoch + 1, .committed = epoch, .from_outside = false});
    EXPECT_THAT(tell({{epoch, epoch, epoch}}), IsEmpty());
  }
  EXPECT_EQ(orders().partitions.at(0).ends.size(), kEndsKept);
  EXPECT_EQ(orders().partitions.at(0).ends.back().epoch, LeaderEpoch{39});
}

TEST_F(Loss, IsNoneWhereALeaderBroughtItsRecordsBackAndTheNextOneHasThem) {
  succeed({});
  EXPECT_THAT(tell({{}}), ElementsAre("loss [500,1500) unclean", "unclean_election"));
  // The one before comes back with them, and they are committed.
  succeed({.before = 1, .after = 2, .committed = 500, .leader = 1});
  succeed({.before = 2, .after = 3, .committed = 1500, .from_outside = false, .leader = 3});
  EXPECT_THAT(tell({{.asked = 1, .epoch = 0, .end = 1500}, {.asked = 2, .epoch = 0, .end = 1500}}),
              IsEmpty());
  EXPECT_EQ(orders().lost, 1000U);
}

}  // namespace
}  // namespace kie::loss
