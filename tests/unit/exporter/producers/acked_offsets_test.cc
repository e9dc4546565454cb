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
  AckedOffsets offsets;
  offsets.post("abc", "i-1", {segment(1, 10)}, kNow);
  AckedOffsetsWatch watch{&offsets};
  watch.follow("abc");
  EXPECT_THAT(watch.take(), IsEmpty()) << "it was not watched then";
  offsets.post("abc", "i-1", {segment(2, 5), segment(1, 10)}, kNow);
  offsets.post("other", "i-1", {segment(1, 99)}, kNow);
  const auto all = watch.take();
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
  EXPECT_THAT(watch.take(), IsEmpty());
}

TEST(AckedOffsets, KeepsTheNewestOfASegment) {
  AckedOffsets offsets;
  AckedOffsetsWatch watch{&offsets};
  watch.follow("abc");
  offsets.post("abc", "i-1", {segment(1, 10)}, kNow);
  offsets.post("abc", "i-1", {segment(1, 20)}, kNow + seconds{5});
  offsets.post("abc", "i-2", {segment(1, 15)}, kNow);
  const auto all = watch.take();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].next, Offset{20});
  EXPECT_EQ(all[1].next, Offset{15});
}

TEST(AckedOffsets, ForgetsAClusterThatIsNotWatchedAnyMore) {
  AckedOffsets offsets;
  AckedOffsetsWatch watch{&offsets};
  watch.follow("abc");
  offsets.post("abc", "i-1", {segment(1, 10)}, kNow);
  watch.end();
  offsets.post("abc", "i-1", {segment(1, 20)}, kNow);
  watch.follow("abc");
  EXPECT_THAT(watch.take(), IsEmpty());
}

TEST(AckedOffsets, StayForAnEntryThatTakesAClusterOver) {
  AckedOffsets offsets;
  AckedOffsetsWatch first{&offsets};
  first.follow("abc");
  AckedOffsetsWatch second{&offsets};
  second.follow("abc");
  offsets.post("abc", "i-1", {segment(1, 10)}, kNow);
  first.follow("other");
  EXPECT_THAT(second.take(), SizeIs(1));
}

TEST(AckedOffsets, WithoutReportsThereIsNothingToTake) {
  AckedOffsetsWatch watch{nullptr};
  watch.follow("abc");
  EXPECT_THAT(watch.take(), IsEmpty());
}

}  // namespace
}  // namespace kie
