#include "collectors/kafka/describe.h"

#include "collectors/kafka/client.h"
#include "tests/unit/collectors/kafka/liar.h"
#include "tests/unit/collectors/kafka/mock_kafka.h"

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Liar;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

/// What is heard of "clicks" and "orders" from a broker that does not keep to the protocol.
Result<std::vector<TopicStatement>> hear(const Liar::Words& questions, const Liar::Words& answers) {
  test::MockKafka mock{1};
  mock.create("clicks", 1, 1);
  mock.create("orders", 1, 1);
  auto cluster = mock.config();
  auto& server = cluster.servers.at(0);
  const Liar liar{static_cast<std::uint16_t>(std::stoi(server.substr(server.rfind(':') + 1))),
                  questions, answers};
  server = liar.server();
  const auto client = Client::create(cluster, [](auto, auto, auto) {});
  if (!client) throw std::runtime_error(client.error().text);
  Patience patience{seconds{10}};
  std::optional<Result<std::vector<TopicStatement>>> heard;
  // The first question may be given up while librdkafka connects.
  for (int i = 0; i < 30 && !heard; ++i) {
    Round round{client->handle(), patience, seconds{10}};
    ask_topics(round, BrokerId{1}, {"clicks", "orders"},
               [&](const auto& answer) { heard = answer; });
    round.collect();
    while (!round.finish_late()) std::this_thread::sleep_for(milliseconds{10});
  }
  if (!heard) throw std::runtime_error("no answer");
  return *heard;
}

auto names_are(auto... names) { return ElementsAre(Field(&TopicStatement::name, names)...); }

// As Metadata has their names.
const std::string kClicks =
    "\x07"
    "clicks";
const std::string kOrders =
    "\x07"
    "orders";

TEST(DescribeTopics, HearsWhatABrokerSays) {
  const auto heard = hear({}, {});
  ASSERT_TRUE(heard) << heard.error().text;
  EXPECT_THAT(*heard, names_are("clicks", "orders"));
}

TEST(DescribeTopics, ATopicThatNobodyAskedForIsAnError) {
  const auto heard = hear({}, {{kOrders,
                                "\x07"
                                "others"}});
  ASSERT_FALSE(heard);
  EXPECT_THAT(heard.error().text, HasSubstr("parse"));
}

TEST(DescribeTopics, ATopicThatIsThereTwiceIsAnError) {
  const auto heard = hear({}, {{kOrders, kClicks}});
  ASSERT_FALSE(heard);
  EXPECT_THAT(heard.error().text, HasSubstr("parse"));
}

TEST(DescribeTopics, ATopicWithoutANameIsAnError) {
  const auto heard = hear({}, {{kOrders, std::string(1, '\0')}});
  ASSERT_FALSE(heard);
  EXPECT_THAT(heard.error().text, HasSubstr("parse"));
}

TEST(DescribeTopics, ATopicThatIsLeftOutIsNotHeardOf) {
  const std::string no_id(16, '\0');
  const std::string end(1, '\0');
  const auto orders = no_id + kOrders + end;
  const auto heard = hear({{"\x03" + no_id + kClicks + end + orders, "\x02" + orders}}, {});
  ASSERT_TRUE(heard) << heard.error().text;
  EXPECT_THAT(*heard, names_are("orders"));
}

}  // namespace
}  // namespace kie::kafka
