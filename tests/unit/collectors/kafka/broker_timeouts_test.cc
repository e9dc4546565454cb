#include "collectors/kafka/broker_timeouts.h"

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;

constexpr BrokerId kOne{1};
constexpr BrokerId kTwo{2};
constexpr auto kAsked = Question::kListOffsets;
constexpr milliseconds kTimeout{3000};
constexpr BrokerTimeouts::Instant kNow{};

TEST(BrokerTimeouts, ABrokerThatNeverAnsweredGetsASecondAndAHalf) {
  const BrokerTimeouts timeouts{kTimeout};
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{1500});
  EXPECT_FALSE(timeouts.is_unresponsive(kOne));
}

TEST(BrokerTimeouts, WhoAnsweredGetsSeveralTimesAsLongAsItTook) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.answered(kAsked, kOne, milliseconds{200}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{800});
  timeouts.answered(kAsked, kOne, milliseconds{300}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{1200});
}

TEST(BrokerTimeouts, HasBounds) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.answered(kAsked, kOne, milliseconds{0}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{250});
  timeouts.answered(kAsked, kOne, milliseconds{2900}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), kTimeout);
}

TEST(BrokerTimeouts, ATimeoutBelowTheLeastWaitIsStillTheMost) {
  BrokerTimeouts timeouts{milliseconds{100}};
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{100});
  timeouts.answered(kAsked, kOne, milliseconds{1}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{100});
  timeouts.unanswered(kAsked, kTwo);
  EXPECT_EQ(timeouts.wait(kAsked, kTwo), milliseconds{100});
}

TEST(BrokerTimeouts, WhoNeverAnsweredGetsTheShortestWait) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.unanswered(kAsked, kOne);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{250});
  EXPECT_TRUE(timeouts.is_unresponsive(kOne));
}

TEST(BrokerTimeouts, WhoIsSilentGetsTheShortestWaitForAFirstQuestionToo) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.unanswered(kAsked, kOne);
  EXPECT_EQ(timeouts.wait(Question::kConfigs, kOne), milliseconds{250});
}

TEST(BrokerTimeouts, WhoIsSilentGetsTheShortestWaitUntilItAnswersAgain) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.answered(kAsked, kOne, milliseconds{500}, kNow);
  timeouts.unanswered(kAsked, kOne);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{250});
  EXPECT_TRUE(timeouts.is_unresponsive(kOne));
  timeouts.answered(Question::kConfigs, kOne, milliseconds{10}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{2000});
}

TEST(BrokerTimeouts, ALateAnswerDoublesTheWaitUpToTheTimeout) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.unanswered(kAsked, kOne);
  for (const int wanted : {500, 1000, 2000, 3000, 3000}) {
    timeouts.answered_late(kAsked, kOne, kNow);
    EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{wanted});
    EXPECT_FALSE(timeouts.is_unresponsive(kOne));
  }
}

TEST(BrokerTimeouts, AnAnswerEndsSilence) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.unanswered(kAsked, kOne);
  timeouts.answered(kAsked, kOne, milliseconds{1}, kNow);
  EXPECT_FALSE(timeouts.is_unresponsive(kOne));
}

TEST(BrokerTimeouts, EveryBrokerAndQuestionIsLearntForItself) {
  BrokerTimeouts timeouts{kTimeout};
  timeouts.answered(kAsked, kOne, milliseconds{500}, kNow);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{2000});
  EXPECT_EQ(timeouts.wait(kAsked, kTwo), milliseconds{1500});
  EXPECT_EQ(timeouts.wait(Question::kConfigs, kOne), milliseconds{500}) << "it is connected";
  timeouts.unanswered(Question::kConfigs, kTwo);
  EXPECT_TRUE(timeouts.is_unresponsive(kTwo));
  EXPECT_FALSE(timeouts.is_unresponsive(kOne));
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{2000});
}

TEST(BrokerTimeouts, TheLeastWaitMayBeLonger) {
  BrokerTimeouts timeouts{kTimeout, milliseconds{2000}};
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{2000});
  timeouts.unanswered(kAsked, kOne);
  EXPECT_EQ(timeouts.wait(kAsked, kOne), milliseconds{2000});
}

TEST(BrokerTimeouts, KnowWhenABrokerLastAnswered) {
  BrokerTimeouts timeouts{kTimeout};
  EXPECT_EQ(timeouts.last_answer(kOne), std::nullopt);
  timeouts.answered(kAsked, kOne, milliseconds{1}, kNow);
  EXPECT_EQ(timeouts.last_answer(kOne), kNow);
  timeouts.answered_late(Question::kConfigs, kOne, kNow + milliseconds{5});
  timeouts.unanswered(kAsked, kOne);
  EXPECT_EQ(timeouts.last_answer(kOne), kNow + milliseconds{5});
  EXPECT_EQ(timeouts.last_answer(kTwo), std::nullopt);
}

}  // namespace
}  // namespace kie::kafka
