#include "collectors/producers/advance.h"

#include "collectors/producers/errors.h"

namespace kie::producers {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::Optional;

class Producers : public testing::Test {
 protected:
  Statistics document(int age, std::uint64_t acknowledged, const std::string& name = "a#producer-1",
                      std::int64_t started = 100) const {
    Statistics one;
    one.name = name;
    one.client_id = name.substr(0, name.find('#'));
    one.started = started;
    one.age = age * 1'000'000LL;
    one.acknowledged = acknowledged;
    one.transmitted_bytes = 100 * acknowledged;
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
  EXPECT_THAT(client().counters.acknowledged_records, Optional(70U));
  EXPECT_EQ(client().counters.transmitted_bytes, 7000U);
  EXPECT_EQ(client().instances, 1U);
}

TEST_F(Producers, InstancesOfOneClientAddUp) {
  take(document(5, 50));
  take(document(5, 7, "a#producer-2"));
  take(document(5, 1, "a#producer-1", 999));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(58U));
  EXPECT_EQ(client().instances, 3U);
}

TEST_F(Producers, DoubledLateAndMissingDocumentsChangeNothing) {
  take(document(5, 50));
  take(document(20, 90));
  take(document(20, 90));
  take(document(10, 70));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(90U));
  auto back = document(25, 60);
  back.transmitted_bytes = 9100;
  take(back);
  EXPECT_THAT(client().counters.acknowledged_records, Optional(90U)) << "never back";
  EXPECT_EQ(client().counters.transmitted_bytes, 9100U);
  take(document(30, 95));
  EXPECT_THAT(client().counters.acknowledged_records, Optional(95U));
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
  EXPECT_TRUE(forget(state, now).empty());
  now += seconds{1};
  ASSERT_EQ(forget(state, now).size(), 1U);
  EXPECT_EQ(client().instances, 0U);
  EXPECT_EQ(vanished_last_hour(client(), now), 1U);
  EXPECT_TRUE(forget(state, now).empty()) << "once";
  now += hours{1};
  forget(state, now);
  EXPECT_TRUE(state.clients.empty());
  EXPECT_TRUE(state.instances.empty());
}

TEST_F(Producers, WhoReportsOftenHasAMinuteAllTheSame) {
  take(document(0, 0));
  take(document(1, 0));
  now += seconds{59};
  EXPECT_TRUE(forget(state, now).empty());
  now += seconds{1};
  EXPECT_EQ(forget(state, now).size(), 1U);
}

TEST_F(Producers, WhoComesBackIsNotCountedAgain) {
  take(document(0, 0));
  take(document(5, 50));
  now += minutes{2};
  forget(state, now);
  EXPECT_FALSE(take(document(125, 60)).is_new_instance);
  EXPECT_THAT(client().counters.acknowledged_records, Optional(60U));
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

TEST_F(Producers, WhatIsOverABoundIsRefusedWhole) {
  limits = {.clients = 2, .instances = 3, .label = 20};
  take(document(5, 1));
  take(document(5, 1, "b#producer-1"));
  const auto refused = [&](const std::string& name) {
    const auto news = advance(state, document(5, 1, name), limits, now, wall);
    return news ? std::optional<Refusal>{} : std::optional{news.error()};
  };
  EXPECT_THAT(refused("c#producer-1"), Optional(Refusal::kTooManyClients));
  EXPECT_EQ(refused("b#producer-2"), std::nullopt);
  EXPECT_THAT(refused("b#producer-3"), Optional(Refusal::kTooManyInstances));
  EXPECT_THAT(refused(std::string(21, 'x')), Optional(Refusal::kLabelTooLong));
  EXPECT_EQ(state.clients.size(), 2U);
  EXPECT_EQ(state.instances.size(), 3U);
  EXPECT_EQ(refused("a#producer-1"), std::nullopt) << "who is there goes on";
  now += minutes{2};
  forget(state, now);
  EXPECT_EQ(refused("b#producer-4"), std::nullopt) << "in the place of one that is gone";
  EXPECT_EQ(state.instances.size(), 3U);
}

}  // namespace
}  // namespace kie::producers
