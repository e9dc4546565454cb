#include "exporter/log/survive.h"

#include <new>
#include <stdexcept>
#include <thread>

namespace kie {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Survives, AnExceptionIsLoggedAndToldAndThatIsAll) {
  testing::internal::CaptureStderr();
  std::vector<std::string> told;
  const auto tell = [&](const std::string& error) { told.push_back(error); };
  EXPECT_TRUE(survives("page", [] {}, tell));
  EXPECT_FALSE(survives("page", [] { throw std::runtime_error{"no more threads"}; }, tell));
  EXPECT_FALSE(survives("page", [] { throw std::bad_alloc{}; }, tell));
  EXPECT_FALSE(survives("page", [] { throw 7; }, tell));  // NOLINT(hicpp-exception-baseclass)
  EXPECT_THAT(told, ElementsAre("no more threads", HasSubstr("alloc"), "not a std::exception"));
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("level=error"), HasSubstr("thread=page"),
                    HasSubstr("error=\"no more threads\"")));
}

TEST(Survives, NotEvenTellingMayFail) {
  testing::internal::CaptureStderr();
  EXPECT_FALSE(survives(
      "page", [] { throw std::runtime_error{"first"}; },
      [](const std::string& /*error*/) { throw std::runtime_error{"second"}; }));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("first"));
}

TEST(RunUntilStopped, WorkThatFailsBeginsAgainAfterAPause) {
  testing::internal::CaptureStderr();
  std::stop_source stop;
  int runs = 0;
  int failures = 0;
  const auto begun = std::chrono::steady_clock::now();
  run_until_stopped(
      "poll", stop.get_token(),
      [&] {
        if (++runs < 3) throw std::runtime_error{"not yet"};
        stop.request_stop();
      },
      [&](const std::string& /*error*/) { ++failures; }, milliseconds{20});
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(failures, 2);
  EXPECT_GE(std::chrono::steady_clock::now() - begun, milliseconds{40});
  testing::internal::GetCapturedStderr();
}

TEST(RunUntilStopped, TheEndDoesNotWaitForThePause) {
  testing::internal::CaptureStderr();
  std::stop_source stop;
  const auto begun = std::chrono::steady_clock::now();
  std::jthread ender;
  run_until_stopped(
      "poll", stop.get_token(), [] { throw std::runtime_error{"always"}; },
      [&](const std::string& /*error*/) { ender = std::jthread{[&] { stop.request_stop(); }}; },
      std::chrono::hours{1});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::minutes{1});
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace kie
