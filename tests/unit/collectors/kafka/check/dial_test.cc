#include "collectors/kafka/check/dial.h"

#include "tests/unit/collectors/kafka/listener.h"

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Target local(const std::string& port) { return {"127.0.0.1", port}; }

TEST(ParseTarget, TakesHostsAndAddressesOfBothFamilies) {
  for (const auto& [server, host] : std::map<std::string, std::string>{
           {"kafka-1:9092", "kafka-1"}, {"10.0.0.5:9092", "10.0.0.5"}, {"[::1]:9092", "::1"}}) {
    const auto target = parse_target(server);
    EXPECT_EQ(target.host, host);
    EXPECT_EQ(target.port, "9092");
  }
}

TEST(Dial, ConnectsToWhoeverListens) {
  const test::Listener listener;
  const auto dial_result = dial({local(listener.port())}, AddressFamily::kAny, seconds{5});
  ASSERT_THAT(dial_result, SizeIs(1));
  EXPECT_EQ(dial_result[0].name_error, "");
  EXPECT_TRUE(dial_result[0].connected());
  EXPECT_EQ(dial_result[0].addresses(), "127.0.0.1");
}

TEST(Dial, SaysThatAPortIsClosed) {
  const auto port = test::Listener{}.port();
  const auto dial_result = dial({local(port)}, AddressFamily::kAny, seconds{5});
  EXPECT_FALSE(dial_result.at(0).connected());
  EXPECT_EQ(dial_result[0].name_error, "");
  ASSERT_THAT(dial_result[0].attempts, SizeIs(1));
  EXPECT_EQ(dial_result[0].attempts[0].address, "127.0.0.1");
  EXPECT_EQ(dial_result[0].attempts[0].error, "Connection refused");
}

TEST(Dial, SaysThatANameIsNotKnown) {
  const auto dial_result =
      dial({{"no-such-host.invalid", "9092"}}, AddressFamily::kAny, seconds{10});
  EXPECT_THAT(dial_result.at(0).name_error, Not(IsEmpty()));
  EXPECT_THAT(dial_result[0].attempts, IsEmpty());
  EXPECT_FALSE(dial_result[0].connected());
}

TEST(Dial, AnAddressOfTheOtherFamilyIsNone) {
  const auto dial_result = dial({local("9092")}, AddressFamily::kV6, seconds{10});
  EXPECT_THAT(dial_result.at(0).name_error, Not(IsEmpty()));
}

TEST(Dial, KeepsTargetsApart) {
  const test::Listener listener;
  const auto closed = test::Listener{}.port();
  const auto dial_result =
      dial({local(closed), {"no-such-host.invalid", "1"}, local(listener.port())},
           AddressFamily::kV4, seconds{10});
  ASSERT_THAT(dial_result, SizeIs(3));
  EXPECT_FALSE(dial_result[0].connected());
  EXPECT_THAT(dial_result[1].name_error, Not(IsEmpty()));
  EXPECT_TRUE(dial_result[2].connected());
}

}  // namespace
}  // namespace kie::kafka
