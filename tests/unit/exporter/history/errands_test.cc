#include "exporter/history/errands.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <thread>
#include <utility>

namespace kie::history {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

class ErrandsTest : public testing::Test {
 protected:
  ~ErrandsTest() override { release(); }

  void release() {
    if (!std::exchange(is_released, true)) gate.set_value();
  }
  /// Work that takes until release().
  std::function<void()> hanging() {
    return [this] { opened.wait(); };
  }

  std::promise<void> gate;
  std::shared_future<void> opened = gate.get_future().share();
  bool is_released = false;
  Errands errands;
  std::jthread thread{[this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      try {
        errands.run(stop);
      } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): it goes on
      }
    }
  }};
};

TEST_F(ErrandsTest, WhatWasDoneIsTold) {
  bool done = false;
  EXPECT_EQ(errands.run_within(minutes{1}, [&] { done = true; }), ErrandResult::kDone);
  EXPECT_TRUE(done);
}

TEST_F(ErrandsTest, AnExceptionIsNotTakenForADiskThatDoesNotAnswer) {
  EXPECT_EQ(errands.run_within(minutes{1}, [] { throw std::runtime_error{"on purpose"}; }),
            ErrandResult::kFailed);
  EXPECT_EQ(errands.run_within(minutes{1}, [] {}), ErrandResult::kDone);
}

TEST_F(ErrandsTest, OneIsTooLateAndNobodyWaitsBehindIt) {
  auto result = errands.run_within(milliseconds{1}, hanging());
  EXPECT_EQ(result, ErrandResult::kTooLate);
  // Until one of them was begun: those that were not leave no trace.
  while (result == ErrandResult::kTooLate) result = errands.run_within(milliseconds{1}, hanging());
  EXPECT_EQ(result, ErrandResult::kStuck);
  EXPECT_EQ(errands.run_within(minutes{1}, [] {}), ErrandResult::kStuck);
}

TEST_F(ErrandsTest, ThoseWhoWaitAreRefusedWithTheRest) {
  std::promise<void> begun;
  auto waiting = std::async(std::launch::async, [&] {
    return errands.run_within(minutes{1}, [&, wait = hanging()] {
      begun.set_value();
      wait();
    });
  });
  begun.get_future().wait();
  errands.refuse();
  EXPECT_EQ(waiting.get(), ErrandResult::kRefused);
  EXPECT_EQ(errands.run_within(minutes{1}, [] {}), ErrandResult::kRefused);
}

}  // namespace
}  // namespace kie::history
