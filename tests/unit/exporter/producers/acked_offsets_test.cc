#include "exporter/producers/acked_offsets.h"

namespace kie {
namespace {

using std::chrono::seconds;
using testing::IsEmpty;
using testing::SizeIs;

const loss::Instant kNow = loss::Instant{} + std::chrono::hours{5};

producers::ReportedSegment segment(std::int64_t number, std::int64_t next) {
  producers::ReportedSegment one;
  one.topic = "orders";
  one.partition = PartitionId{3};
  one.number = number;
  one.broker = BrokerId{1};
  one.next = Offset{next};
  one.age = seconds{2};
  return one;
}

TEST(AckedOffsets, HandsOnWhatConcernsAClusterThatIsWatched) {
  AckedOffsets board;
  board.post("abc", "i-1", {segment(1, 10)}, kNow);
  board.watch("abc");
  EXPECT_THAT(board.take("abc"), IsEmpty()) << "nobody watched it then";
  board.post("abc", "i-1", {segment(2, 5), segment(1, 10)}, kNow);
  board.post("other", "i-1", {segment(1, 99)}, kNow);
  const auto all = board.take("abc");
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].segment, 1);
  EXPECT_EQ(all[0].topic, "orders");
  EXPECT_EQ(all[0].partition, PartitionId{3});
  EXPECT_EQ(all[0].instance, "i-1");
  EXPECT_EQ(all[0].broker, BrokerId{1});
  EXPECT_EQ(all[0].next, Offset{10});
  EXPECT_EQ(all[0].at, kNow - seconds{2});
  EXPECT_EQ(all[0].arrived, kNow);
  EXPECT_EQ(all[1].segment, 2);
  EXPECT_THAT(board.take("abc"), IsEmpty());
}

TEST(AckedOffsets, KeepsTheNewestOfASegment) {
  AckedOffsets board;
  board.watch("abc");
  board.post("abc", "i-1", {segment(1, 10)}, kNow);
  board.post("abc", "i-1", {segment(1, 20)}, kNow + seconds{5});
  board.post("abc", "i-2", {segment(1, 15)}, kNow);
  const auto all = board.take("abc");
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].next, Offset{20});
  EXPECT_EQ(all[1].next, Offset{15});
}

TEST(AckedOffsets, ForgetsAClusterThatNobodyWatchesAnyMore) {
  AckedOffsets board;
  board.watch("abc");
  board.post("abc", "i-1", {segment(1, 10)}, kNow);
  board.release("abc");
  board.post("abc", "i-1", {segment(1, 10)}, kNow);
  EXPECT_THAT(board.take("abc"), IsEmpty());
}

}  // namespace
}  // namespace kie
