#include "collectors/kafka/session.h"

#include "tests/unit/collectors/kafka/fake_kafka.h"

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Optional;

class Pick : public testing::Test {
 protected:
  Pick() { session_.set_listed({{.id = BrokerId{1}}, {.id = BrokerId{4}}, {.id = BrokerId{9}}}); }

  test::FakeKafka kafka_{1};
  Session session_{test::client_of(kafka_.config()), milliseconds{1000}};
};

TEST_F(Pick, TakesBrokersInTurnWhateverIsAskedBetween) {
  for (int i = 0; i < 3; ++i) {
    SCOPED_TRACE(i);
    // Of three brokers, twice a poll: a counter alone would come to the same ones again.
    const auto first = session_.pick({});
    ASSERT_TRUE(first);
    EXPECT_EQ(*first, (std::array{BrokerId{1}, BrokerId{9}, BrokerId{4}}.at(i)));
    const auto second = session_.pick({*first});
    ASSERT_TRUE(second);
    EXPECT_NE(*second, *first);
  }
}

TEST_F(Pick, TakesTheOneThatIsWantedUnlessItWasAsked) {
  EXPECT_THAT(session_.pick({BrokerId{1}}, BrokerId{9}), Optional(BrokerId{9}));
  EXPECT_THAT(session_.pick({BrokerId{9}}, BrokerId{9}), Optional(BrokerId{1}));
}

TEST_F(Pick, GoesOnWithThoseThatAnUnconfirmedListLeavesOut) {
  session_.set_unconfirmed({{.id = BrokerId{4}, .host = "moved"}, {.id = BrokerId{5}}});
  EXPECT_THAT(session_.listed_ids(), ElementsAre(BrokerId{4}, BrokerId{5}));
  EXPECT_THAT(session_.known_ids(),
              ElementsAre(BrokerId{1}, BrokerId{4}, BrokerId{5}, BrokerId{9}));
  EXPECT_EQ(session_.known()[1].host, "moved");
  EXPECT_THAT(session_.pick({BrokerId{4}, BrokerId{5}, BrokerId{9}}), Optional(BrokerId{1}));
  session_.set_listed({{.id = BrokerId{4}}});
  EXPECT_THAT(session_.known_ids(), ElementsAre(BrokerId{4}));
}

TEST_F(Pick, BrokersWithOneAddressAreOneVoice) {
  session_.set_listed({{.id = BrokerId{1}, .host = "proxy", .port = 9092},
                       {.id = BrokerId{4}, .host = "proxy", .port = 9092},
                       {.id = BrokerId{9}, .host = "proxy", .port = 9093}});
  std::set brokers{BrokerId{4}};
  session_.add_same_address(brokers);
  EXPECT_THAT(brokers, ElementsAre(BrokerId{1}, BrokerId{4}));
}

TEST_F(Pick, TakesNobodyWhenAllWereAsked) {
  EXPECT_EQ(session_.pick({BrokerId{1}, BrokerId{4}, BrokerId{9}}, BrokerId{4}), std::nullopt);
}

}  // namespace
}  // namespace kie::kafka
