#include "exporter/log/rdkafka_log.h"

#include "exporter/log/log.h"
#include "tests/unit/exporter/log/logged.h"

#include <thread>

namespace kie {
namespace {

using config::LogLevel;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RdkafkaLogTest : public testing::Test {
 protected:
  RdkafkaLogTest() { set_log({.level = LogLevel::kInfo}); }

  std::string say(const std::string& text, LogLevel level = LogLevel::kError,
                  const std::string& facility = "FAIL") {
    return logged([&] { rdkafka.line(level, facility, text); });
  }

  RdkafkaLog rdkafka{"production"};
};

TEST_F(RdkafkaLogTest, PassesALineOn) {
  EXPECT_THAT(
      say("[thrd:kafka-1:9092/1]: Connect failed"),
      AllOf(HasSubstr("level=error"), HasSubstr("from=librdkafka"), HasSubstr("facility=FAIL"),
            HasSubstr("cluster=production"), HasSubstr("Connect failed")));
}

TEST_F(RdkafkaLogTest, TheSameComplaintOfABrokerIsSaidOnce) {
  EXPECT_THAT(say("[thrd:kafka-1:9092/1]: Connect failed (after 1ms)"), Not(IsEmpty()));
  EXPECT_THAT(say("[thrd:kafka-1:9092/1]: Connect failed (after 2ms)"), IsEmpty());
  EXPECT_THAT(say("[thrd:kafka-2:9092/2]: Connect failed"), Not(IsEmpty())) << "another broker";
  EXPECT_THAT(say("[thrd:kafka-1:9092/1]: x", LogLevel::kWarn, "REQTMOUT"), Not(IsEmpty()))
      << "another complaint";
}

TEST_F(RdkafkaLogTest, ItIsSaidAgainAfterAllWasWell) {
  EXPECT_THAT(say("[thrd:a]: gone"), Not(IsEmpty()));
  rdkafka.all_well();
  EXPECT_THAT(say("[thrd:a]: gone"), Not(IsEmpty()));
}

TEST_F(RdkafkaLogTest, TheRestIsThereAtLevelDebug) {
  set_log({.level = LogLevel::kDebug});
  say("[thrd:a]: gone");
  EXPECT_THAT(say("[thrd:a]: gone"), HasSubstr("level=debug"));
  set_log({.level = LogLevel::kInfo});
}

TEST_F(RdkafkaLogTest, ANoteIsHeldBackLikeAComplaint) {
  EXPECT_THAT(say("[thrd:a]: note", LogLevel::kInfo), Not(IsEmpty()));
  EXPECT_THAT(say("[thrd:a]: note", LogLevel::kInfo), IsEmpty());
}

TEST_F(RdkafkaLogTest, KeepsTheLastReasonOfAFailureUntilAllIsWell) {
  EXPECT_EQ(rdkafka.last_reason(), "");
  say("[thrd:a:1/1]: a:1/1: Authentication failed");
  say("[thrd:a:1/1]: 1/1 brokers are down", LogLevel::kError, "ERROR");
  EXPECT_EQ(rdkafka.last_reason(), "a:1/1: Authentication failed");
  rdkafka.forget_reason();
  EXPECT_EQ(rdkafka.last_reason(), "");
}

TEST_F(RdkafkaLogTest, AClosedConnectionIsNoComplaintButMayBeTheReason) {
  EXPECT_THAT(say("[thrd:a:1/1]: a:1/1: Disconnected (after 5ms in state UP)", LogLevel::kInfo),
              IsEmpty());
  EXPECT_EQ(rdkafka.last_reason(), "") << "it gives none";
  const std::string why = "a:1/1: Disconnected: verify that security.protocol is right (after 1ms)";
  EXPECT_THAT(say("[thrd:a:1/1]: " + why, LogLevel::kWarn), IsEmpty());
  say("[thrd:a:1/1]: a:1/1: Disconnected (after 5ms in state UP)", LogLevel::kInfo);
  EXPECT_EQ(rdkafka.last_reason(), why);
  const std::string asking =
      "a:1/1: Disconnected while requesting ApiVersion: might be (after 1ms)";
  EXPECT_THAT(say("[thrd:a:1/1]: " + asking, LogLevel::kInfo), IsEmpty());
  EXPECT_EQ(rdkafka.last_reason(), asking);
  EXPECT_THAT(say("[thrd:a:1/1]: a:1/1: Connect failed"), Not(IsEmpty()))
      << "it must not hide what comes after it";
}

TEST_F(RdkafkaLogTest, TakesLinesOfSeveralThreads) {
  const auto text = logged([&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 50; ++n)
          rdkafka.line(LogLevel::kError, "FAIL", "[thrd:" + std::to_string(n) + "]: gone");
      });
  });
  EXPECT_EQ(lines(text), 50);
}

}  // namespace
}  // namespace kie
