#include "exporter/producers/document_queue.h"

#include <thread>

namespace kie {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<ProducerDocument> documents(std::size_t count) {
  return std::vector<ProducerDocument>(count, producers::Statistics{});
}

TEST(DocumentQueue, WhatIsPushedIsPoppedInOrderAndAnsweredFor) {
  DocumentQueue queue{4};
  auto first = queue.push(documents(1));
  auto second = queue.push(documents(2));
  ASSERT_TRUE(first && second);
  auto batches = queue.pop(steady_clock::now(), {});
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_THAT(batches[0].documents, SizeIs(1));
  EXPECT_THAT(batches[1].documents, SizeIs(2));
  batches[0].outcomes.set_value({{.refused = producers::Refusal::kWentBack}});
  EXPECT_EQ(first->get().at(0).refused, producers::Refusal::kWentBack);
  EXPECT_EQ(second->wait_for(milliseconds{0}), std::future_status::timeout);
  batches.clear();
  EXPECT_THROW(second->get(), std::future_error);
}

TEST(DocumentQueue, IsBounded) {
  DocumentQueue queue{2};
  EXPECT_TRUE(queue.push(documents(1)));
  EXPECT_TRUE(queue.push(documents(1)));
  EXPECT_FALSE(queue.push(documents(1)));
  queue.pop(steady_clock::now(), {});
  EXPECT_TRUE(queue.push(documents(1)));
}

TEST(DocumentQueue, WaitsForTheFirstAndNotLongerThanItMay) {
  DocumentQueue queue{2};
  EXPECT_THAT(queue.pop(steady_clock::now() + milliseconds{1}, {}), IsEmpty());
  const std::jthread sender{[&] { queue.push(documents(1)); }};
  EXPECT_THAT(queue.pop(steady_clock::now() + hours{1}, {}), SizeIs(1));
}

TEST(DocumentQueue, AStopEndsTheWait) {
  DocumentQueue queue{2};
  std::stop_source stop;
  const std::jthread stopper{[&] { stop.request_stop(); }};
  EXPECT_THAT(queue.pop(steady_clock::now() + hours{1}, stop.get_token()), IsEmpty());
}

}  // namespace
}  // namespace kie
