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

class Producers : public testing::Test {
 protected:
  Statistics document(int age, std::uint64_t timeouts, const std::string& name = "a#producer-1",
                      std::int64_t started = 100) const {
    Statistics one;
    one.name = name;
    one.client_id = name.substr(0, name.find('#'));
    one.age = age * 1'000'000LL;
    one.ts = started + *one.age;
    one.request_timeouts = timeouts;
    one.transmitted_bytes = 100 * timeouts;
    one.idempotence = IdempotenceState{"Assigned", "Init", 7, 0};
    return one;
  }

  static Statistics fatal(Statistics one) {
    one.fatal = Fatal{"Broker: Broker received an out of order sequence number", "why"};
    return one;
  }

  News take(Statistics one) {
    auto news = advance(state, std::move(one), limits, now, wall);
    EXPECT_TRUE(news);
    return news.value_or(News{});
  }

  const ProducerClient& client(const std::string& id = "a") { return state.clients.at(id); }

  std::uint64_t last_hour() const {
    return fatal_errors_last_hour(state, "OUT_OF_ORDER_SEQUENCE_NUMBER", now);
  }

  ProducersState state;
  ProducerLimits limits;
  Instant now{hours{9}};
  WallTime wall{hours{500'000}};
};

TEST_F(Producers, WhatAnInstanceCountedSinceItsStartIsItsClients) {
  EXPECT_TRUE(take(document(5, 50)).is_new_instance);
  EXPECT_FALSE(take(document(10, 70)).is_new_instance);
  EXPECT_EQ(client().counters.request_timeouts, 70U);
  EXPECT_EQ(client().counters.transmitted_bytes, 7000U);
  EXPECT_EQ(client().instances, 1U);
}

TEST_F(Producers, InstancesOfOneClientAddUp) {
  take(document(5, 50));
  take(document(5, 7, "a#producer-2"));
  take(document(5, 1, "a#producer-1", 999));
  EXPECT_EQ(client().counters.request_timeouts, 58U);
  EXPECT_EQ(client().instances, 3U);
}

TEST_F(Producers, DoubledLateAndMissingDocumentsChangeNothing) {
  take(document(5, 50));
  take(document(20, 90));
  take(document(20, 90));
  take(document(10, 70));
  EXPECT_EQ(client().counters.request_timeouts, 90U);
  auto back = document(25, 60);
  back.transmitted_bytes = 9100;
  take(back);
  EXPECT_EQ(client().counters.request_timeouts, 90U) << "never back";
  EXPECT_EQ(client().counters.transmitted_bytes, 9100U);
  take(document(30, 95));
  EXPECT_EQ(client().counters.request_timeouts, 95U);
}

TEST_F(Producers, AFatalErrorIsCountedOnceAlsoInTheFirstDocument) {
  const auto news = take(fatal(document(5, 50)));
  ASSERT_TRUE(news.fatal);
  EXPECT_EQ(news.fatal->error, "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_EQ(news.fatal->reason, "why");
  EXPECT_FALSE(take(fatal(document(10, 50))).fatal);
  EXPECT_EQ(client().fatal_errors.at("OUT_OF_ORDER_SEQUENCE_NUMBER"), 1U);
  EXPECT_EQ(last_hour(), 1U);
  now += minutes{59};
  EXPECT_EQ(last_hour(), 1U);
  now += minutes{1};
  EXPECT_EQ(last_hour(), 0U);
  forget(state, now);
  EXPECT_TRUE(state.recent_fatal.empty());
}

TEST_F(Producers, IdsAndEpochsThatChangeAreCounted) {
  take(document(5, 0));
  auto bumped = document(10, 0);
  bumped.idempotence->producer_epoch = 3;
  EXPECT_EQ(take(bumped).new_id, std::nullopt);
  EXPECT_EQ(client().epoch_bumps, 3U);
  auto changed = document(15, 0);
  changed.idempotence->producer_id = 8;
  EXPECT_EQ(take(changed).new_id, 8);
  EXPECT_EQ(client().id_changes, 1U);
  EXPECT_EQ(client().epoch_bumps, 3U);
  auto waiting = document(20, 0);
  waiting.idempotence->producer_id = -1;
  EXPECT_EQ(take(waiting).new_id, std::nullopt) << "it has none yet";
}

TEST_F(Producers, WhoIsSilentForFiveIntervalsIsGone) {
  take(document(0, 0));
  take(document(30, 50));
  now += seconds{149};
  forget(state, now);
  EXPECT_EQ(client().instances, 1U);
  now += seconds{1};
  EXPECT_THAT(forget(state, now), IsEmpty()) << "statistics have no last document";
  EXPECT_EQ(client().instances, 0U);
  EXPECT_EQ(vanished_last_hour(client(), now), 0U);
  now += minutes{5};
  forget(state, now);
  EXPECT_TRUE(state.clients.empty());
  EXPECT_TRUE(state.instances.empty());
}

TEST_F(Producers, WhoReportsOftenHasAMinuteAllTheSame) {
  take(document(0, 0));
  take(document(1, 0));
  now += seconds{59};
  forget(state, now);
  EXPECT_EQ(client().instances, 1U);
  now += seconds{1};
  forget(state, now);
  EXPECT_EQ(client().instances, 0U);
}

TEST_F(Producers, BeforeItsIntervalIsKnownAnInstanceHasFiveTimesItsAge) {
  take(document(300, 0));
  now += minutes{24};
  forget(state, now);
  EXPECT_EQ(client().instances, 1U);
  now += minutes{1};
  forget(state, now);
  EXPECT_TRUE(state.clients.empty());
  take(document(2 * 86'400, 0, "b#producer-1"));
  now += minutes{59};
  forget(state, now);
  EXPECT_EQ(client("b").instances, 1U);
  now += minutes{1};
  forget(state, now);
  EXPECT_TRUE(state.clients.empty()) << "an hour at most";
}

TEST_F(Producers, NobodyWasSilentWhileTheExporterWasAway) {
  take(document(0, 0));
  take(document(10, 0));
  now += hours{3};
  state.began = now - seconds{59};
  forget(state, now);
  EXPECT_EQ(client().instances, 1U);
  now += seconds{1};
  forget(state, now);
  EXPECT_TRUE(state.clients.empty());
}

TEST_F(Producers, WhoComesBackIsNotCountedAgain) {
  take(document(0, 0));
  take(document(5, 50));
  now += minutes{2};
  forget(state, now);
  EXPECT_FALSE(take(document(125, 60)).is_new_instance);
  EXPECT_EQ(client().counters.request_timeouts, 60U);
  EXPECT_EQ(client().instances, 1U);
}

TEST_F(Producers, AFatalErrorsTotalStaysAnHourAfterItsClient) {
  take(fatal(document(5, 50)));
  now += minutes{59};
  forget(state, now);
  EXPECT_EQ(client().instances, 0U);
  EXPECT_EQ(client().fatal_errors.at("OUT_OF_ORDER_SEQUENCE_NUMBER"), 1U);
  now += hours{1};
  forget(state, now);
  EXPECT_TRUE(state.clients.empty());
}

TEST_F(Producers, WhoHasNoRoomAmongLiveClientsCountsAsOther) {
  limits.clients = 2;
  take(document(5, 1));
  take(document(5, 1, "b#producer-1"));
  auto news = take(fatal(document(5, 7, "c#producer-1")));
  EXPECT_THAT(news.given_up, ElementsAre(Refusal::kTooManyClients));
  EXPECT_TRUE(news.fatal);
  EXPECT_EQ(client(kOtherClient).counters.request_timeouts, 7U);
  EXPECT_EQ(client(kOtherClient).fatal_errors.at("OUT_OF_ORDER_SEQUENCE_NUMBER"), 1U);
  EXPECT_EQ(last_hour(), 1U);
  take(document(5, 2, "d#producer-1"));
  EXPECT_EQ(client(kOtherClient).counters.request_timeouts, 9U);
  EXPECT_EQ(client(kOtherClient).instances, 2U);
  EXPECT_THAT(take(document(10, 3)).given_up, IsEmpty()) << "who is there goes on";
}

TEST_F(Producers, ClientsThatAreGoneMakeRoomAtOnceAndTheirLastHourStays) {
  limits.clients = 2;
  take(fatal(document(5, 1)));
  now += seconds{10};
  take(document(5, 1, "b#producer-1"));
  now += seconds{55};
  forget(state, now);
  ASSERT_EQ(client().instances, 0U);
  ASSERT_EQ(client("b").instances, 1U);
  EXPECT_THAT(take(document(5, 1, "c#producer-1")).given_up, IsEmpty());
  EXPECT_FALSE(state.clients.contains("a"));
  EXPECT_EQ(state.instances.size(), 2U);
  EXPECT_EQ(last_hour(), 1U);
}

TEST_F(Producers, TheOthersTakeNoRoomAndMakeNone) {
  limits.clients = 2;
  take(document(5, 1));
  take(document(5, 1, "b#producer-1"));
  EXPECT_THAT(take(document(5, 1, "c#producer-1")).given_up, ElementsAre(Refusal::kTooManyClients));
  now += seconds{40};
  take(document(45, 1));
  take(document(45, 1, "b#producer-1"));
  now += seconds{30};
  forget(state, now);
  ASSERT_EQ(client(kOtherClient).instances, 0U);
  ASSERT_EQ(client("b").instances, 1U);
  EXPECT_THAT(take(document(5, 1, "d#producer-1")).given_up, ElementsAre(Refusal::kTooManyClients));
  EXPECT_FALSE(state.clients.contains("d"));
  EXPECT_LE(state.clients.size(), 3U);
}

TEST_F(Producers, ManyClientIdsThatComeAndGoKeepWithinTheirBounds) {
  limits = {.clients = 50, .instances = 100};
  for (int hour = 0; hour < 3; ++hour)
    for (int i = 0; i < 1'000; ++i) {
      const auto name = "pod-" + std::to_string(1'000 * hour + i) + "#producer-1";
      take(i % 100 == 0 ? fatal(document(5, 1, name)) : document(5, 1, name));
      now += seconds{3};
      if (i % 10 == 0) forget(state, now);
      ASSERT_LE(state.clients.size(), 51U);
      ASSERT_LE(state.instances.size(), 100U);
    }
  EXPECT_EQ(last_hour(), 10U + 1U) << "one a hundred, and the first of those before";
}

TEST_F(Producers, AFatalErrorIsTakenThoughThereAreTooManyInstances) {
  limits.instances = 2;
  take(document(5, 1));
  take(document(5, 1, "a#producer-2"));
  const auto refused = advance(state, document(5, 1, "a#producer-3"), limits, now, wall);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), Refusal::kTooManyInstances);
  EXPECT_TRUE(take(fatal(document(5, 1, "a#producer-3"))).fatal);
  EXPECT_EQ(last_hour(), 1U);
  take(fatal(document(5, 1, "a#producer-4")));
  EXPECT_FALSE(advance(state, fatal(document(5, 1, "a#producer-5")), limits, now, wall))
      << "within bounds all the same";
  now += minutes{2};
  forget(state, now);
  take(document(5, 1, "a#producer-6"));
  EXPECT_EQ(client().instances, 1U) << "in the place of one that is gone";
}

TEST_F(Producers, NamesThatAreTooLongAreCutBetweenCharacters) {
  limits.label = 5;
  auto one = document(5, 1, "abcd\u00e9#producer-1");
  const auto news = take(fatal(one));
  EXPECT_THAT(news.given_up, ElementsAre(Refusal::kLabelTooLong));
  EXPECT_TRUE(news.fatal);
  EXPECT_EQ(client("abcd").instances, 1U);
}

// Before librdkafka 1.7.0 statistics have no age.

TEST_F(Producers, WithoutAnAgeTheNameIsTheInstance) {
  const auto at = [&](int second, std::uint64_t timeouts) {
    auto one = document(0, timeouts);
    one.age.reset();
    one.ts = 500'000'000 + second * 1'000'000LL;
    return one;
  };
  EXPECT_TRUE(take(at(0, 5)).is_new_instance);
  now += seconds{5};
  EXPECT_FALSE(take(at(5, 8)).is_new_instance);
  EXPECT_FALSE(take(at(5, 8)).is_new_instance) << "a duplicate";
  EXPECT_FALSE(take(at(3, 7)).is_new_instance) << "a late one";
  EXPECT_EQ(client().counters.request_timeouts, 8U);
  now += seconds{5};
  EXPECT_TRUE(take(at(10, 2)).is_new_instance) << "counters that begin again are another's";
  EXPECT_EQ(client().counters.request_timeouts, 10U);
}

TEST_F(Producers, AnyTimeMayStandInADocument) {
  take(document(0, 0));
  auto late = document(0, 0);
  late.age = std::numeric_limits<std::int64_t>::max() - late.ts;
  late.ts += *late.age;
  take(late);
  EXPECT_EQ(state.instances.size(), 1U);
  EXPECT_EQ(time_to_live(state.instances.begin()->second), hours{5 * 24});

  late.age.reset();
  take(late);
  now += seconds{5};
  late.ts = 0;
  take(late);
  EXPECT_EQ(state.instances.size(), 3U);
}

TEST_F(Producers, WithoutAnAgeSeveralOfOneNameAreToldApart) {
  const auto at = [&](std::int64_t ts, std::uint64_t timeouts) {
    auto one = document(0, timeouts);
    one.age.reset();
    one.ts = ts * 1'000'000;
    return one;
  };
  // Two of one host, and one of a host that was started later.
  for (int i = 0; i < 4; ++i) {
    const auto grown = static_cast<std::uint64_t>(i);
    take(at(1000 + 5 * i, 100 + grown));
    take(at(1001 + 5 * i, 10 + grown));
    take(at(7 + 5 * i, 102 + grown));
    now += seconds{5};
  }
  EXPECT_EQ(client().instances, 3U);
  EXPECT_EQ(client().counters.request_timeouts, 103U + 13U + 105U);
}

}  // namespace
}  // namespace kie::producers
