#include "exporter/history/packing.h"

#include "exporter/history/bytes.h"

#include <fstream>
#include <limits>

namespace kie::history {
namespace {

using model::Instant;
using model::Leadership;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Clocks::Instant kPackedInstant{hours{7}};
constexpr Clocks::Time kPackedTime{hours{400'000}};
const Clocks kClocks{kPackedInstant, kPackedTime};

std::vector<BrokerId> brokers(const std::vector<int>& ids) {
  std::vector<BrokerId> result;
  for (const int id : ids) result.emplace_back(id);
  return result;
}

replication::TopicState orders() {
  replication::PartitionState partition;
  partition.id = PartitionId{4};
  partition.leadership = Leadership::kLeader;
  partition.leader = BrokerId{2};
  partition.last_leader = BrokerId{1};
  partition.replicas = brokers({3, 2, 1});
  partition.isr = brokers({2});
  partition.last_isr = brokers({2});
  partition.adding = brokers({1});
  partition.missing = {{BrokerId{3}, Offset{500}}, {BrokerId{1}, std::nullopt}};
  partition.leader_epoch = LeaderEpoch{7};
  partition.elected =
      replication::UnresolvedElection{brokers({1}), BrokerId{1}, true, kPackedInstant - seconds{3}};
  partition.latest = Offset{1490};
  partition.committed = Offset{1500};
  partition.earliest = Offset{20};
  partition.seen = kPackedInstant;
  partition.offsets_seen = kPackedInstant;
  replication::PartitionState unknown;
  unknown.id = PartitionId{9};
  replication::TopicState topic;
  topic.name = "orders";
  topic.id = TopicId{-5, std::numeric_limits<std::int64_t>::min()};
  topic.partitions = {partition, unknown};
  topic.history = {3, 2, 1, {{PartitionId{4}, kPackedInstant - seconds{60}}}};
  return topic;
}

loss::TopicLoss lost() {
  loss::PartitionLoss partition;
  partition.id = PartitionId{4};
  partition.newest = LeaderEpoch{7};
  partition.leader = BrokerId{2};
  partition.pending = {{.epoch = LeaderEpoch{6},
                        .after = LeaderEpoch{7},
                        .committed_end = Offset{1500},
                        .acked = {loss::Acked{Offset{1600}, kPackedInstant}, {}},
                        .log_start = Offset{20},
                        .leader_before = BrokerId{1},
                        .leader_after = BrokerId{2},
                        .last_isr = brokers({1}),
                        .from_outside = true,
                        .from = kPackedInstant - seconds{3},
                        .to = kPackedInstant,
                        .is_late = true,
                        .election_counted = true}};
  partition.assessed = {{partition.pending[0], Offset{1200}, kPackedInstant - seconds{2}}};
  partition.present.acked.acks_one = loss::Acked{Offset{2000}, kPackedInstant - seconds{9}};
  partition.present.epoch = LeaderEpoch{7};
  partition.ends = {{LeaderEpoch{5}, Offset{900}, LeaderEpoch{6}}};
  partition.inherited_end = Offset{77};
  loss::TopicLoss topic;
  topic.id = TopicId{1, 2};
  topic.partitions = {partition};
  topic.lost = std::numeric_limits<std::uint64_t>::max();
  topic.lost_by_one = 12;
  topic.lost_by_one = 12;
  topic.recent_lost_by_one = {{kPackedInstant - seconds{29}, 12}};
  topic.unclean_elections = 2;
  topic.recent_lost_by_one = {{kPackedInstant - seconds{29}, 12}};
  topic.recent_lost = {{kPackedInstant - seconds{30}, 1000}};
  topic.recent_unclean = {{kPackedInstant - seconds{30}, 1}};
  topic.recent_unknown = {{kPackedInstant - seconds{31}, 1}};
  topic.last_loss = kPackedTime - seconds{30};
  topic.gone_since = kPackedInstant - seconds{5};
  return topic;
}

std::string row() {
  const auto topic = orders();
  const auto loss = lost();
  return pack_topic({.topic = &topic, .loss = &loss}, kClocks);
}

struct Unpacked {
  replication::ReplicationState replication;
  loss::LossState loss;
  bool ok = false;
};

Unpacked unpack(std::string_view bytes, const Clocks& clocks = kClocks) {
  Unpacked result;
  result.ok = unpack_topic("orders", bytes, clocks, result.replication, result.loss);
  return result;
}

TEST(Packing, KeepsAllThatTheNextProcessNeeds) {
  const auto unpacked = unpack(row());
  ASSERT_TRUE(unpacked.ok);
  ASSERT_EQ(unpacked.replication.topics.size(), 1U);
  const auto& topic = unpacked.replication.topics[0];
  EXPECT_EQ(topic.name, "orders");
  EXPECT_EQ(topic.id, orders().id);
  EXPECT_EQ(topic.history.isr_shrinks, 3U);
  EXPECT_EQ(topic.history.isr_expands, 2U);
  EXPECT_EQ(topic.history.leader_changes, 1U);
  ASSERT_EQ(topic.history.recent_shrinks.size(), 1U);
  EXPECT_EQ(topic.history.recent_shrinks[0].at, kPackedInstant - seconds{60});
  ASSERT_EQ(topic.partitions.size(), 2U);
  const auto& partition = topic.partitions[0];
  EXPECT_EQ(partition.id, PartitionId{4});
  EXPECT_EQ(partition.leadership, Leadership::kLeader);
  EXPECT_EQ(partition.leader, BrokerId{2});
  EXPECT_EQ(partition.last_leader, BrokerId{1});
  EXPECT_EQ(partition.replicas, brokers({3, 2, 1}));
  EXPECT_EQ(partition.isr, brokers({2}));
  EXPECT_EQ(partition.adding, brokers({1}));
  ASSERT_EQ(partition.missing.size(), 2U);
  EXPECT_EQ(partition.missing[0].has, Offset{500});
  EXPECT_EQ(partition.missing[1].has, std::nullopt);
  EXPECT_EQ(partition.leader_epoch, LeaderEpoch{7});
  ASSERT_TRUE(partition.elected);
  EXPECT_TRUE(partition.elected->from_outside);
  EXPECT_EQ(partition.elected->from, kPackedInstant - seconds{3});
  EXPECT_EQ(partition.committed, Offset{1500});
  EXPECT_EQ(partition.earliest, Offset{20});
  EXPECT_EQ(topic.partitions[1].leadership, Leadership::kUnknown);
  EXPECT_EQ(topic.partitions[1].committed, std::nullopt);

  ASSERT_TRUE(unpacked.loss.topics.contains("orders"));
  const auto& loss = unpacked.loss.topics.at("orders");
  EXPECT_EQ(loss.lost, lost().lost);
  EXPECT_EQ(loss.unclean_elections, 2U);
  EXPECT_EQ(loss.last_loss, kPackedTime - seconds{30});
  EXPECT_TRUE(loss.gone_since);
  ASSERT_EQ(loss.recent_lost.size(), 1U);
  EXPECT_EQ(loss.recent_lost[0].count, 1000U);
  ASSERT_EQ(loss.partitions.size(), 1U);
  EXPECT_EQ(loss.partitions[0].inherited_end, Offset{77});
  ASSERT_EQ(loss.partitions[0].ends.size(), 1U);
  EXPECT_EQ(loss.partitions[0].ends[0].end, Offset{900});
  ASSERT_EQ(loss.partitions[0].pending.size(), 1U);
  EXPECT_EQ(loss.partitions[0].pending[0].committed_end, Offset{1500});
  EXPECT_EQ(loss.partitions[0].pending[0].last_isr, brokers({1}));
  ASSERT_EQ(loss.partitions[0].assessed.size(), 1U);
  EXPECT_EQ(loss.partitions[0].assessed[0].counted, Offset{1200});
  EXPECT_EQ(loss.partitions[0].present.acked.acks_one->next, Offset{2000});
  EXPECT_EQ(loss.partitions[0].present.epoch, LeaderEpoch{7});
  EXPECT_EQ(loss.lost_by_one, 12U);

  // Packed again it is the same, but for the clocks.
  EXPECT_EQ(pack_topic({.topic = &topic, .loss = &loss}, kClocks), row());
}

TEST(Packing, AnEpochOfWhichNothingWasCountedHasA0InTheRow) {
  auto loss = lost();
  auto& counted = loss.partitions[0].assessed[0].counted;
  counted = Offset{0};
  const auto zero = pack_topic({.loss = &loss}, kClocks);
  counted.reset();
  const auto nothing = pack_topic({.loss = &loss}, kClocks);
  EXPECT_EQ(nothing, zero) << "as rows of earlier releases have it";
  const auto unpacked = unpack(nothing);
  ASSERT_TRUE(unpacked.ok);
  EXPECT_EQ(unpacked.loss.topics.at("orders").partitions[0].assessed[0].counted, std::nullopt);
}

TEST(Packing, WhenItWasHeardIsNotKeptBecauseItIsAnotherTimeAtEveryPoll) {
  const auto unpacked = unpack(row());
  EXPECT_EQ(unpacked.replication.topics.at(0).partitions.at(0).seen, std::nullopt);
  EXPECT_EQ(unpacked.replication.topics.at(0).partitions.at(0).offsets_seen, std::nullopt);
  auto later = orders();
  later.partitions[0].seen = kPackedInstant + seconds{10};
  later.partitions[0].offsets_seen = kPackedInstant + seconds{10};
  later.partitions[0].latest = Offset{1400};
  const auto loss = lost();
  EXPECT_EQ(pack_topic({.topic = &later, .loss = &loss}, kClocks), row());
}

TEST(Packing, MomentsAreThoseOfAnotherProcess) {
  const Clocks restarted{Clocks::Instant{seconds{1}}, kPackedTime + seconds{100}};
  const auto unpacked = unpack(row(), restarted);
  ASSERT_TRUE(unpacked.ok);
  EXPECT_EQ(unpacked.loss.topics.at("orders").recent_lost.at(0).at,
            Clocks::Instant{seconds{1}} - seconds{130});
}

TEST(Packing, ADeletedTopicIsKeptWithItsHour) {
  const replication::DeletedTopic deleted{
      TopicId{3, 4}, {1, 2, 3, {}}, kPackedInstant - seconds{5}};
  const auto loss = lost();
  const auto unpacked = unpack(pack_topic({.deleted = &deleted, .loss = &loss}, kClocks));
  ASSERT_TRUE(unpacked.ok);
  EXPECT_THAT(unpacked.replication.topics, IsEmpty());
  EXPECT_EQ(unpacked.loss.topics.at("orders").gone_since, deleted.at);
  const auto& found = unpacked.replication.deleted.at("orders");
  EXPECT_EQ(found.id, deleted.id);
  EXPECT_EQ(found.history.leader_changes, 3U);
  EXPECT_EQ(found.at, deleted.at);
}

TEST(Packing, TopicsComeInOrderHoweverTheyAreUnpacked) {
  Unpacked result;
  for (const auto* name : {"c", "a", "b"})
    ASSERT_TRUE(unpack_topic(name, row(), kClocks, result.replication, result.loss));
  std::vector<std::string> names;
  for (const auto& topic : result.replication.topics) names.push_back(topic.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
}

TEST(Packing, WhatIsCutOffOrGoesOnIsNotUnderstoodAndChangesNothing) {
  const auto whole = row();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto unpacked = unpack(std::string_view{whole}.substr(0, size));
    EXPECT_FALSE(unpacked.ok) << size;
    EXPECT_THAT(unpacked.replication.topics, IsEmpty());
    EXPECT_THAT(unpacked.loss.topics, IsEmpty());
  }
  EXPECT_FALSE(unpack(whole + '\0').ok);
}

TEST(Packing, DamageIsNotUnderstoodOrLeavesAStateThatIsSound) {
  const auto whole = row();
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      auto damaged = whole;
      damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ (1U << bit));
      const auto unpacked = unpack(damaged);
      EXPECT_EQ(unpacked.replication.topics.size(), unpacked.ok ? 1U : 0U);
      for (const auto& topic : unpacked.replication.topics)
        for (std::size_t n = 1; n < topic.partitions.size(); ++n)
          EXPECT_LT(topic.partitions[n - 1].id, topic.partitions[n].id);
    }
}

TEST(Packing, ARowOfALaterVersionIsNotUnderstood) {
  auto later = row();
  later[0] = 4;
  EXPECT_FALSE(unpack(later).ok);
  later[0] = 0;
  EXPECT_FALSE(unpack(later).ok);
}

/// As the first version wrote it.
TEST(Packing, ARowFromBeforeReportsIsUnderstood) {
  std::ifstream file{KIE_SOURCE_DIR "/tests/fixtures/history/row_version_1.hex"};
  std::string hex;
  ASSERT_TRUE(file >> hex);
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  const auto unpacked = unpack(bytes);
  ASSERT_TRUE(unpacked.ok);
  const auto& topic = unpacked.loss.topics.at("orders");
  EXPECT_EQ(topic.lost, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(topic.lost_by_one, 0U);
  const auto& pending = topic.partitions.at(0).pending.at(0);
  EXPECT_EQ(pending.epoch, LeaderEpoch{6});
  EXPECT_EQ(pending.after, LeaderEpoch{7}) << "the newest then";
  EXPECT_FALSE(pending.acked.acks_all);
  EXPECT_EQ(topic.partitions.at(0).ends.at(0).in, LeaderEpoch{6});
  EXPECT_EQ(unpacked.replication.topics.at(0).history.isr_shrinks, 3U);
}

TEST(Packing, ACountWithoutAsMuchBehindItTakesNoMemory) {
  ByteWriter writer;
  writer.number(1);                                          // version
  writer.number(1);                                          // a topic
  writer.number(0);                                          // without an id
  writer.number(std::numeric_limits<std::uint64_t>::max());  // partitions
  EXPECT_FALSE(unpack(writer.take()).ok);
}

TEST(Packing, TheClustersOwn) {
  replication::ReplicationState replication;
  replication.topic_recreations = 5;
  replication.elections = {1, 2, 3};
  loss::LossState loss;
  loss.assessments = {7, 8, 9};
  quorum::QuorumState quorum;
  quorum.is_lost = true;
  quorum.lost_since = quorum.seen = kPackedInstant;
  quorum.id = BrokerId{101};
  quorum.epoch = LeaderEpoch{7};
  const auto row = pack_cluster(replication, loss, quorum, kPackedTime);
  replication::ReplicationState replication_after;
  loss::LossState loss_after;
  quorum::QuorumState quorum_after;
  std::optional<Clocks::Time> polled;
  ASSERT_TRUE(unpack_cluster(row, replication_after, loss_after, quorum_after, polled));
  EXPECT_EQ(replication_after.topic_recreations, 5U);
  EXPECT_EQ(replication_after.elections, replication.elections);
  EXPECT_EQ(loss_after.assessments, loss.assessments);
  EXPECT_TRUE(quorum_after.is_lost);
  EXPECT_EQ(quorum_after.id, BrokerId{101});
  EXPECT_EQ(quorum_after.epoch, LeaderEpoch{7});
  EXPECT_EQ(quorum_after.seen, std::nullopt) << "nothing has answered this process";
  EXPECT_EQ(polled, kPackedTime);
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_FALSE(
        unpack_cluster(row.substr(0, size), replication_after, loss_after, quorum_after, polled));
}

TEST(Packing, TheClustersOwnFromBeforeControllersWereAskedFor) {
  ByteWriter writer;
  writer.number(2);  // version
  writer.number(5);  // recreations
  for (const int count : {1, 2, 3, 7, 8, 9}) writer.number(static_cast<std::uint64_t>(count));
  writer.number(0);  // never polled
  replication::ReplicationState replication;
  loss::LossState loss;
  quorum::QuorumState quorum;
  std::optional<Clocks::Time> polled;
  ASSERT_TRUE(unpack_cluster(writer.take(), replication, loss, quorum, polled));
  EXPECT_EQ(replication.topic_recreations, 5U);
  EXPECT_FALSE(quorum.is_lost);
  EXPECT_EQ(quorum.id, std::nullopt);
}

TEST(Packing, APartitionWhoseLeaderHasNoListener) {
  auto topic = orders();
  topic.partitions[0].leadership = Leadership::kNoListener;
  const auto unpacked = unpack(pack_topic({.topic = &topic}, kClocks));
  ASSERT_TRUE(unpacked.ok);
  EXPECT_EQ(unpacked.replication.topics.at(0).partitions.at(0).leadership, Leadership::kNoListener);
}

TEST(Bytes, KeepNumbersAtTheirEnds) {
  const std::vector<std::int64_t> integers{0,
                                           -1,
                                           1,
                                           63,
                                           -64,
                                           64,
                                           1'000'000,
                                           std::numeric_limits<std::int64_t>::max(),
                                           std::numeric_limits<std::int64_t>::min()};
  ByteWriter writer;
  for (const auto one : integers) writer.integer(one);
  writer.number(std::numeric_limits<std::uint64_t>::max());
  writer.text(std::string("a\0b", 3));
  const auto bytes = writer.take();
  ByteReader reader{bytes};
  for (const auto one : integers) EXPECT_EQ(reader.integer(), one);
  EXPECT_EQ(reader.number(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(reader.at_end());
  EXPECT_EQ(reader.text(), std::string("a\0b", 3));
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.number(), 0U);
  EXPECT_FALSE(reader.ok());
}

TEST(Bytes, ANumberHasOneWayToBeWritten) {
  const auto is_read = [](std::string_view bytes) {
    ByteReader reader{bytes};
    reader.number();
    return reader.at_end();
  };
  EXPECT_TRUE(is_read(std::string_view("\x80\x01", 2)));
  EXPECT_FALSE(is_read(std::string_view("\x80\x00", 2))) << "longer than need be";
  EXPECT_TRUE(is_read("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  EXPECT_FALSE(is_read("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x03")) << "65 bits";
  EXPECT_FALSE(is_read("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

}  // namespace
}  // namespace kie::history
