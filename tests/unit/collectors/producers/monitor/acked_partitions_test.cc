#include "collectors/producers/monitor/acked_partitions.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace kie::monitor {
namespace {

std::vector<std::string> segments_of(const AckedPartitions& acked, const std::string& topic) {
  std::vector<std::string> all;
  for (const auto& one : acked.copy())
    if (one.topic == topic)
      for (const auto& segment : one.segments)
        all.push_back(std::to_string(segment.number) + ": broker " +
                      std::to_string(segment.broker) + " to " + std::to_string(segment.next));
  return all;
}

using Texts = std::vector<std::string>;

TEST(AckedPartitionsTest, OneSegmentAsLongAsOneBrokerAcknowledgesInOrder) {
  AckedPartitions acked;
  for (int offset = 0; offset < 500; ++offset) acked.acknowledge("t", 0, offset, 10, 1, 0, 1000);
  EXPECT_EQ(segments_of(acked, "t"), (Texts{"0: broker 1 to 500"}));
}

TEST(AckedPartitionsTest, ANewSegmentWithBrokerConnectionAndOffsetsThatDoNotGrow) {
  AckedPartitions acked;
  acked.acknowledge("t", 0, 9, 10, 1, 0, 1000);
  acked.acknowledge("t", 0, 10, 10, 2, 0, 1000);  // another broker
  acked.acknowledge("t", 0, 5, 10, 2, 0, 1000);   // its log was cut
  acked.acknowledge("t", 0, 6, 10, 2, 1, 1000);   // another connection
  EXPECT_EQ(segments_of(acked, "t"), (Texts{"0: broker 1 to 10", "1: broker 2 to 11",
                                            "2: broker 2 to 6", "3: broker 2 to 7"}));
  acked.acknowledge("t", 0, 6, 10, 2, 1, 1000);  // the same offset once more
  EXPECT_EQ(segments_of(acked, "t"), (Texts{"1: broker 2 to 11", "2: broker 2 to 6",
                                            "3: broker 2 to 7", "4: broker 2 to 7"}));
}

TEST(AckedPartitionsTest, PartitionsAndTopicsAreKeptApart) {
  AckedPartitions acked;
  // Equal ends and lengths.
  acked.acknowledge("payments-east-europe", 0, 1, 10, 1, 0, 1000);
  acked.acknowledge("payments-west-europe", 0, 2, 10, 1, 0, 1000);
  acked.acknowledge("payments-east-europe", 1, 3, 10, 1, 0, 1000);
  acked.acknowledge("", 1, 4, 10, 1, 0, 1000);
  EXPECT_EQ(acked.size(), 4U);
  EXPECT_EQ(segments_of(acked, "payments-west-europe"), (Texts{"0: broker 1 to 3"}));
  EXPECT_EQ(segments_of(acked, ""), (Texts{"0: broker 1 to 5"}));
}

TEST(AckedPartitionsTest, AboveTheLimitTheOldOnesAreStillKept) {
  AckedPartitions acked;
  for (std::size_t i = 0; i < AckedPartitions::kMostPartitions; ++i)
    ASSERT_TRUE(acked.acknowledge("t", static_cast<std::int32_t>(i), 0, 10, 1, 0, 1000));
  EXPECT_FALSE(acked.acknowledge("another", 0, 0, 10, 1, 0, 1000));
  EXPECT_EQ(acked.totals().records, AckedPartitions::kMostPartitions + 1) << "it counts";
  EXPECT_TRUE(acked.acknowledge("t", 7, 1, 10, 1, 0, 1000));
  EXPECT_EQ(acked.size(), AckedPartitions::kMostPartitions);
}

TEST(AckedPartitionsTest, ThreadsThatAcknowledgeAndOneThatCopies) {
  AckedPartitions acked;
  constexpr int kRecords = 20'000;
  constexpr int kThreads = 3;
  std::vector<std::thread> threads;
  for (int broker = 0; broker < kThreads; ++broker)
    threads.emplace_back([&acked, broker] {
      // Each has its own partitions, as leaders have, and all meet in the lists.
      for (int offset = 0; offset < kRecords; ++offset)
        acked.acknowledge(("topic-" + std::to_string(offset % 50)).c_str(), broker, offset / 50, 10,
                          broker, 0, 1);
    });
  std::size_t most = 0;
  for (int i = 0; i < 50; ++i) most = std::max(most, acked.copy().size());
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(acked.totals().records, std::uint64_t{kRecords} * kThreads);
  EXPECT_EQ(acked.totals().bytes, std::uint64_t{kRecords} * kThreads * 10);
  const auto all = acked.copy();
  EXPECT_LE(most, all.size());
  ASSERT_EQ(all.size(), 50U * kThreads);
  for (const auto& one : all) {
    ASSERT_EQ(one.segments.size(), 1U);
    EXPECT_EQ(one.segments[0].next, kRecords / 50);
  }
}

}  // namespace
}  // namespace kie::monitor
