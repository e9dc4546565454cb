#include "exporter/cluster/wake_up.h"

#include <future>
#include <thread>

namespace kie {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Answers as a poll thread does.
class WakeUpTest : public testing::Test {
 protected:
  std::future<bool> ask(milliseconds patience = seconds{20}) {
    return std::async(std::launch::async, [this, patience] {
      return wake_up.await_poll(steady_clock::now() + patience);
    });
  }

  /// When the next poll is due; nullopt: not within `most`.
  std::optional<steady_clock::time_point> next_poll(milliseconds most = seconds{20}) {
    const auto end = steady_clock::now() + most;
    while (steady_clock::now() < end) {
      wake_up.wait_until(end, std::stop_token{});
      if (wake_up.is_poll_due()) return steady_clock::now();
    }
    return std::nullopt;
  }

  static bool is_open(const std::future<bool>& answer) {
    return answer.wait_for(milliseconds{50}) == std::future_status::timeout;
  }

  WakeUp wake_up;
};

TEST_F(WakeUpTest, NobodyAsksNothingIsDue) { EXPECT_FALSE(next_poll(milliseconds{50})); }

TEST_F(WakeUpTest, APollThatBeganBeforeTheQuestionIsNoAnswer) {
  const auto before = steady_clock::now();
  auto answer = ask();
  ASSERT_TRUE(next_poll());
  wake_up.poll_ended(before);
  EXPECT_TRUE(is_open(answer));
  const auto due = next_poll();
  ASSERT_TRUE(due);
  EXPECT_GE(*due - before, seconds{1}) << "one a second at most";
  wake_up.poll_ended(*due);
  EXPECT_TRUE(answer.get());
  EXPECT_FALSE(wake_up.is_poll_due());
}

TEST_F(WakeUpTest, NobodyWaitsLongerThanTheDeadline) { EXPECT_FALSE(ask(milliseconds{50}).get()); }

TEST_F(WakeUpTest, TheEndEndsEveryWait) {
  auto answer = ask();
  EXPECT_TRUE(is_open(answer));
  wake_up.end();
  EXPECT_FALSE(answer.get());
  EXPECT_FALSE(ask().get()) << "also that of who comes later";
}

}  // namespace
}  // namespace kie
