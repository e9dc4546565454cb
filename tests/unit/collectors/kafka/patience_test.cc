#include "collectors/kafka/patience.h"

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;

constexpr BrokerId kOne{1};
constexpr BrokerId kTwo{2};
constexpr auto kAsked = Question::kListOffsets;
constexpr milliseconds kTimeout{3000};

TEST(Patience, ABrokerThatNeverAnsweredGetsASecondAndAHalf) {
  const Patience patience{kTimeout};
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{1500});
  EXPECT_FALSE(patience.is_silent(kOne));
}

TEST(Patience, WhoAnsweredGetsSeveralTimesAsLongAsItTook) {
  Patience patience{kTimeout};
  patience.answered(kAsked, kOne, milliseconds{200});
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{800});
  patience.answered(kAsked, kOne, milliseconds{300});
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{1200});
}

TEST(Patience, HasBounds) {
  Patience patience{kTimeout};
  patience.answered(kAsked, kOne, milliseconds{0});
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{250});
  patience.answered(kAsked, kOne, milliseconds{2900});
  EXPECT_EQ(patience.wait(kAsked, kOne), kTimeout);
}

TEST(Patience, ATimeoutBelowTheLeastWaitIsStillTheMost) {
  Patience patience{milliseconds{100}};
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{100});
  patience.answered(kAsked, kOne, milliseconds{1});
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{100});
  patience.silent(kAsked, kTwo);
  EXPECT_EQ(patience.wait(kAsked, kTwo), milliseconds{100});
}

TEST(Patience, WhoNeverAnsweredGetsTheShortestWait) {
  Patience patience{kTimeout};
  patience.silent(kAsked, kOne);
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{250});
  EXPECT_TRUE(patience.is_silent(kOne));
}

TEST(Patience, WhoIsSilentGetsTheShortestWaitForAFirstQuestionToo) {
  Patience patience{kTimeout};
  patience.silent(kAsked, kOne);
  EXPECT_EQ(patience.wait(Question::kConfigs, kOne), milliseconds{250});
}

TEST(Patience, WhoIsSilentGetsTheShortestWaitUntilItAnswersAgain) {
  Patience patience{kTimeout};
  patience.answered(kAsked, kOne, milliseconds{500});
  patience.silent(kAsked, kOne);
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{250});
  EXPECT_TRUE(patience.is_silent(kOne));
  patience.answered(Question::kConfigs, kOne, milliseconds{10});
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{2000});
}

TEST(Patience, ALateAnswerDoublesTheWaitUpToTheTimeout) {
  Patience patience{kTimeout};
  patience.silent(kAsked, kOne);
  for (const int wanted : {500, 1000, 2000, 3000, 3000}) {
    patience.answered_late(kAsked, kOne);
    EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{wanted});
    EXPECT_FALSE(patience.is_silent(kOne));
  }
}

TEST(Patience, AnAnswerEndsSilence) {
  Patience patience{kTimeout};
  patience.silent(kAsked, kOne);
  patience.answered(kAsked, kOne, milliseconds{1});
  EXPECT_FALSE(patience.is_silent(kOne));
}

TEST(Patience, EveryBrokerAndQuestionIsLearntForItself) {
  Patience patience{kTimeout};
  patience.answered(kAsked, kOne, milliseconds{500});
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{2000});
  EXPECT_EQ(patience.wait(kAsked, kTwo), milliseconds{1500});
  EXPECT_EQ(patience.wait(Question::kConfigs, kOne), milliseconds{500}) << "it is connected";
  patience.silent(Question::kConfigs, kTwo);
  EXPECT_TRUE(patience.is_silent(kTwo));
  EXPECT_FALSE(patience.is_silent(kOne));
  EXPECT_EQ(patience.wait(kAsked, kOne), milliseconds{2000});
}

}  // namespace
}  // namespace kie::kafka
