#include "exporter/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace kie {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::ExitedWithCode;

/// In a process of its own: no other thread takes its signals, and what they end is not the test.
[[noreturn]] void take_signals() {
  hold_reloads();
  kill(getpid(), SIGHUP);
  int ends = 0;
  Signals signals{[&] { ++ends; }};
  // As during a start that hangs: nobody awaits anything yet.
  kill(getpid(), SIGTERM);
  signals.await_end();
  kill(getpid(), SIGINT);
  const std::stop_source stop;
  if (!signals.await_reload(stop.get_token())) _exit(1);
  _exit(10 + ends);
}

[[noreturn]] void stop_awaiting() {
  Signals signals{[] {}};
  std::jthread thread{[&](const std::stop_token& stop) {
    if (signals.await_reload(stop)) _exit(1);
  }};
  thread.request_stop();
  thread.join();
  _exit(10);
}

[[noreturn]] void wait_for_ever(const std::string& what, milliseconds limit) {
  Deadline deadline;
  deadline.awaits("the start");
  deadline.awaits(what);
  deadline.begin(limit);
  while (true) pause();
}

/// The process is begun anew: other tests have left threads, and TSan starts none after a fork
/// then.
class SignalsTest : public testing::Test {
 protected:
  SignalsTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
  ~SignalsTest() override { GTEST_FLAG_SET(death_test_style, "fast"); }
};
class DeadlineTest : public SignalsTest {};

TEST_F(SignalsTest, AreTakenBeforeAnybodyAwaitsThem) {
  EXPECT_EXIT(take_signals(), ExitedWithCode(11), "shutting down.*SIGTERM");
}

TEST_F(SignalsTest, WhoAwaitsAReloadCanBeStopped) {
  EXPECT_EXIT(stop_awaiting(), ExitedWithCode(10), "");
}

TEST_F(SignalsTest, NobodyIsNeededToEndThem) {
  EXPECT_EXIT(
      {
        {
          const Signals signals{[] {}};
        }
        _exit(10);
      },
      ExitedWithCode(10), "");
}

TEST_F(DeadlineTest, EndsTheProcessAndSaysWhatWasWaitedFor) {
  EXPECT_EXIT(wait_for_ever("a Kafka request", milliseconds{1}), ExitedWithCode(0),
              "for=\"a Kafka request\"");
}

TEST_F(DeadlineTest, TheLastStepMayTakeMore) {
  EXPECT_EXIT(
      {
        Deadline longer;
        longer.begin(milliseconds{2000});
        longer.awaits("the history", hours{1});
        wait_for_ever("another one", milliseconds{3000});
      },
      ExitedWithCode(0), "for=\"another one\"");
}

TEST_F(DeadlineTest, DoesNothingAsLongAsItHasNotBegun) {
  EXPECT_EXIT(
      {
        {
          Deadline deadline;
          deadline.awaits("the history", milliseconds{1});
        }
        {
          Deadline deadline;
          deadline.begin(hours{1});
        }
        _exit(10);
      },
      ExitedWithCode(10), "");
}

}  // namespace
}  // namespace kie
