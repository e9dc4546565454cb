#include "collectors/producers/advance.h"
#include "collectors/producers/errors.h"
#include "collectors/producers/forget.h"

#include <limits>

namespace kie::producers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

constexpr std::string_view kFatal = "OUT_OF_ORDER_SEQUENCE_NUMBER";

class Reports : public testing::Test {
 protected:
  ProducerReport report(int sequence, std::uint64_t acknowledged,
                        const std::string& instance = "i-1") {
    ProducerReport one;
    one.instance = instance;
    one.sequence = sequence;
    one.time = 1000 + 5 * sequence;
    one.client_id = "a";
    one.name = "a#producer-1";
    one.acknowledged = acknowledged;
    return one;
  }

  static ProducerReport failed(ProducerReport one, std::uint64_t records) {
    one.failed = {{"_MSG_TIMED_OUT", Persisted::kPossibly, records}};
    return one;
  }

  static ProducerReport fatal(ProducerReport one) {
    one.fatal = ReportedFatal{kFatal, "why"};
    return one;
  }

  static ProducerReport linked(ProducerReport one) {
    one.started = 100;
    return one;
  }

  Statistics statistics(int age) {
    Statistics one;
    one.name = "a#producer-1";
    one.client_id = "a";
    one.age = age * 1'000'000LL;
    one.ts = 100 + *one.age;
    one.transmitted_bytes = 1000;
    one.idempotence = IdempotenceState{"Assigned", "Init", 7, 0};
    return one;
  }

  static Statistics fatal(Statistics one) {
    one.fatal = Fatal{"Broker: Broker received an out of order sequence number", "why"};
    return one;
  }

  template <class Document>
  News take(Document one) {
    auto news = advance(state, std::move(one), limits, now, wall);
    EXPECT_TRUE(news);
    return news.value_or(News{});
  }

  Refusal refused(ProducerReport one) {
    const auto news = advance(state, std::move(one), limits, now, wall);
    EXPECT_FALSE(news);
    return news ? Refusal{} : news.error();
  }

  const ProducerClient& client() { return state.clients.at("a"); }

  std::uint64_t last_hour() const { return fatal_errors_last_hour(state, kFatal, now); }

  ProducersState state;
  ProducerLimits limits;
  Instant now{hours{9}};
  WallTime wall{hours{500'000}};
};

TEST_F(Reports, AreCumulativeSoThatLostDoubledAndLateOnesCostNothing) {
  EXPECT_TRUE(take(failed(report(1, 50), 2)).is_new_instance);
  take(failed(report(4, 90), 7));
  take(failed(report(4, 90), 7));
  take(failed(report(2, 60), 3));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(90U));
  EXPECT_THAT(*client().failed,
              ElementsAre(Pair(Pair("_MSG_TIMED_OUT", Persisted::kPossibly), 7U)));
  EXPECT_EQ(client().instances, 1U);
}

TEST_F(Reports, OfInstancesOfOneNameAddUp) {
  take(report(1, 50));
  take(report(1, 7, "i-2"));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(57U));
  EXPECT_EQ(client().instances, 2U);
}

TEST_F(Reports, AndStatisticsOfOneProducerAreCountedOnce) {
  take(statistics(5));
  take(linked(report(1, 50)));
  take(statistics(10));
  take(linked(report(2, 70)));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(70U));
  EXPECT_EQ(client().instances, 1U);
  take(fatal(statistics(15)));
  take(fatal(linked(report(3, 70))));
  EXPECT_EQ(last_hour(), 1U);
}

TEST_F(Reports, OfAPluginThatSawTheStartAMomentLaterAreOfTheSameProducer) {
  const auto by_plugin = [](ProducerReport one, std::int64_t started) {
    one.started = started;
    return one;
  };
  take(by_plugin(report(1, 50), 350));
  take(statistics(5));
  take(by_plugin(report(2, 70), 350));
  take(statistics(10));
  EXPECT_EQ(state.instances.size(), 1U);
  EXPECT_EQ(client().instances, 1U);
  // Two that start at nearly the same time have two reports.
  take(by_plugin(report(1, 7, "i-2"), 360));
  EXPECT_EQ(state.instances.size(), 2U);
  EXPECT_THAT(client().counters.acknowledged_records, Optional(77U));
  // Statistics came first; and a start that is not near.
  auto other = statistics(5);
  *other.age -= 50'000;
  take(other);
  EXPECT_EQ(state.instances.size(), 2U) << "it is that of i-2";
  take(by_plugin(report(1, 9, "i-3"), 100 + 150'101));
  EXPECT_EQ(state.instances.size(), 3U);
}

TEST_F(Reports, OfAnotherClientObjectWithTheSameNameAndStartAreAnotherProducer) {
  take(linked(report(1, 50)));
  take(linked(report(1, 7, "i-2")));
  take(linked(report(2, 60)));
  take(linked(report(2, 9, "i-2")));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(69U));
  EXPECT_EQ(client().instances, 2U);
  EXPECT_EQ(state.by_report_id.size(), state.instances.size());
}

TEST_F(Reports, AnyNumberCanBeAStart) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto started = [&](std::int64_t at, const std::string& instance) {
    auto one = report(1, 5, instance);
    one.started = at;
    return one;
  };
  take(started(Limits::min(), "i-1"));
  take(started(Limits::max() - 50, "i-2"));
  auto latest = statistics(0);
  latest.ts = Limits::max();
  take(latest);
  EXPECT_EQ(state.instances.size(), 2U) << "it is that of i-2";
  take(started(0, "i-3"));
  EXPECT_EQ(state.instances.size(), 3U);
}

TEST_F(Reports, BeforeTheFirstStatisticsAreOfTheSameProducer) {
  auto early = failed(report(1, 50), 2);
  early.name.clear();
  EXPECT_TRUE(take(early).is_new_instance);
  take(statistics(5));
  EXPECT_EQ(client().instances, 2U) << "nothing says yet that they are one";
  EXPECT_FALSE(take(linked(failed(report(2, 70), 2))).is_new_instance);
  EXPECT_EQ(client().instances, 1U);
  EXPECT_EQ(state.instances.size(), 1U);
  auto unnamed = failed(report(3, 90), 2);
  unnamed.name.clear();
  EXPECT_FALSE(take(unnamed).is_new_instance);
  EXPECT_THAT(client().counters.acknowledged_records, Optional(90U));
  EXPECT_EQ(client().counters.transmitted_bytes, 1000U);
  EXPECT_THAT(*client().failed, ElementsAre(Pair(testing::_, 2U)));
  EXPECT_EQ(client().instances, 1U);
}

TEST_F(Reports, ThatNameTheirProducerLateKeepWhatWasCounted) {
  auto early = report(1, 50);
  early.name.clear();
  take(early);
  EXPECT_FALSE(take(linked(report(2, 60))).is_new_instance);
  EXPECT_FALSE(take(statistics(5)).is_new_instance);
  EXPECT_THAT(client().counters.acknowledged_records, Optional(60U));
  EXPECT_EQ(client().instances, 1U);
}

TEST_F(Reports, AFatalErrorThatCameWithBothBeforeTheyWereOneIsOne) {
  auto early = fatal(report(1, 50));
  early.name.clear();
  EXPECT_TRUE(take(early).fatal);
  EXPECT_FALSE(take(fatal(statistics(5))).fatal);
  EXPECT_FALSE(take(linked(fatal(report(2, 50)))).fatal);
  EXPECT_EQ(last_hour(), 1U);
}

TEST_F(Reports, AFatalErrorThatComesTheOtherWayTooIsOne) {
  take(statistics(5));
  EXPECT_TRUE(take(fatal(report(1, 50))).fatal);
  now += seconds{59};
  EXPECT_FALSE(take(fatal(statistics(64))).fatal);
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_TRUE(take(fatal(report(1, 3, "i-2"))).fatal) << "both ways are taken";
  EXPECT_EQ(last_hour(), 2U);
}

TEST_F(Reports, AFatalErrorThatComesMuchLaterIsAnother) {
  take(fatal(report(1, 50)));
  now += seconds{61};
  EXPECT_TRUE(take(fatal(statistics(64))).fatal);
  EXPECT_EQ(last_hour(), 2U);
}

TEST_F(Reports, TheVeryFirstMayBeItsFatalError) {
  const auto news = take(fatal(report(1, 0)));
  EXPECT_TRUE(news.is_new_instance);
  EXPECT_TRUE(news.fatal);
  EXPECT_EQ(last_hour(), 1U);
}

TEST_F(Reports, WhatWentBackIsRefusedWhole) {
  take(failed(report(1, 50), 2));
  EXPECT_EQ(refused(failed(report(2, 49), 2)), Refusal::kWentBack);
  EXPECT_EQ(refused(failed(report(2, 60), 1)), Refusal::kWentBack);
  EXPECT_EQ(refused(report(2, 60)), Refusal::kWentBack);
  EXPECT_THAT(client().counters.acknowledged_records, Optional(50U));
}

TEST_F(Reports, WhatComesFromTheFutureIsRefused) {
  auto one = report(1, 5);
  one.time = 500'000.0 * 3600 + 2 * 86400;
  EXPECT_EQ(refused(one), Refusal::kFromFuture);
  EXPECT_THAT(state.instances, IsEmpty());
  one.time = 500'000.0 * 3600 + 600;
  take(one);
}

TEST_F(Reports, AboveABoundLoseOnlyThePartThatIsAboveIt) {
  limits.label = 20;
  limits.offsets = 3;
  auto one = failed(report(1, 5), 1);
  one.host = std::string(21, 'h');
  one.cluster_id = std::string(21, 'c');
  one.offsets.resize(4);
  one.offsets[1].topic = std::string(21, 't');
  auto news = take(fatal(one));
  EXPECT_THAT(news.given_up, ElementsAre(Refusal::kLabelTooLong));
  EXPECT_EQ(news.offsets.size(), 3U);
  EXPECT_TRUE(news.fatal);
  EXPECT_EQ(news.instance->report->host, std::string(20, 'h'));
  EXPECT_EQ(news.instance->report->cluster_id, "") << "a part of it would be another cluster's";
  one = failed(report(2, 5), 1);
  one.offsets.resize(3);
  EXPECT_THAT(take(one).given_up, IsEmpty()) << "in place of those before";
  EXPECT_EQ(state.offsets, 3U);
  auto other = fatal(failed(report(1, 5, "i-2"), 7));
  other.offsets.resize(1);
  news = take(other);
  EXPECT_THAT(news.given_up, ElementsAre(Refusal::kTooManyOffsets));
  EXPECT_THAT(news.offsets, IsEmpty());
  EXPECT_TRUE(news.fatal);
  EXPECT_THAT(*client().failed, ElementsAre(Pair(testing::_, 8U)));
  one.sequence = 3;
  one.offsets.resize(2);
  take(one);
  other.sequence = 2;
  EXPECT_EQ(take(other).offsets.size(), 1U);
  EXPECT_EQ(state.offsets, 3U);
}

TEST_F(Reports, TheReasonOfAFatalErrorIsCut) {
  auto one = fatal(report(1, 5));
  one.fatal->reason = std::string(5'000, 'r');
  EXPECT_EQ(take(one).fatal->reason, std::string(1'024, 'r'));
  auto other = fatal(statistics(5));
  other.fatal->reason = std::string(5'000, 's');
  other.name = other.client_id = "b";
  other.idempotence = IdempotenceState{std::string(5'000, 'x'), std::string(5'000, 'y'), 7, 0};
  const auto news = take(other);
  EXPECT_EQ(news.fatal->reason, std::string(1'024, 's'));
  EXPECT_EQ(news.instance->statistics->idempotence->state.size(), 1'024U);
  EXPECT_EQ(news.instance->statistics->idempotence->transaction_state.size(), 1'024U);
}

TEST_F(Reports, OffsetsAreHandedOnOnceAndNotKept) {
  auto one = report(1, 5);
  one.offsets.resize(2);
  EXPECT_EQ(take(one).offsets.size(), 2U);
  EXPECT_THAT(take(one).offsets, IsEmpty());
  EXPECT_THAT(state.instances.begin()->second.report->offsets, IsEmpty());
}

TEST_F(Reports, OneThatEndsHasNotVanishedAndItsTotalsStayForAWhile) {
  auto one = report(1, 5);
  one.ended = true;
  EXPECT_TRUE(take(one).has_ended);
  EXPECT_EQ(client().instances, 0U);
  now += seconds{299};
  EXPECT_THAT(forget(state, now), IsEmpty());
  EXPECT_THAT(client().counters.acknowledged_records, Optional(5U));
  now += seconds{1};
  EXPECT_THAT(forget(state, now), IsEmpty());
  EXPECT_THAT(state.clients, IsEmpty());
  EXPECT_THAT(state.instances, IsEmpty());
}

TEST_F(Reports, OneThatFallsSilentVanishesAfterFiveOfItsIntervals) {
  auto one = report(1, 5);
  take(one);
  one.sequence = 2;
  one.time += 30;
  take(one);
  now += seconds{149};
  EXPECT_THAT(forget(state, now), IsEmpty());
  now += seconds{1};
  EXPECT_EQ(forget(state, now).size(), 1U);
  EXPECT_EQ(vanished_last_hour(client(), now), 1U);
}

TEST_F(Reports, OneThatSentASingleReportIsGoneButDidNotVanish) {
  take(report(1, 5));
  now += minutes{59};
  forget(state, now);
  EXPECT_EQ(client().instances, 1U);
  now += minutes{1};
  EXPECT_THAT(forget(state, now), IsEmpty());
  EXPECT_TRUE(state.clients.empty() || client().instances == 0);
}

TEST_F(Reports, AStrangeClockMakesNoStrangeInterval) {
  auto one = report(1, 5);
  one.time = 0;
  take(one);
  one.sequence = 2;
  one.time = 1.7e9;
  take(one);
  EXPECT_LE(time_to_live(state.instances.begin()->second), hours{24 * 5});
  one.sequence = 3;
  one.time += 20;
  take(one);
  EXPECT_EQ(time_to_live(state.instances.begin()->second), seconds{100});
  one.sequence = 4;
  one.time = 5;
  take(one);
  EXPECT_EQ(time_to_live(state.instances.begin()->second), seconds{100}) << "it was set back";
}

}  // namespace
}  // namespace kie::producers
