#include "exporter/journal/event_log.h"

#include <algorithm>

namespace kie {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

/// The lines of the log, without the time.
template <class Event>
std::vector<std::string> lines_of(const std::vector<Event>& events) {
  testing::internal::CaptureStderr();
  log_events("east", events);
  const auto text = testing::internal::GetCapturedStderr();
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  for (auto& line : lines) line.erase(0, line.find("level="));
  return lines;
}

replication::ReplicationEvent happened(replication::ReplicationEventKind kind,
                                       const std::string& topic, int partition) {
  replication::ReplicationEvent event;
  event.kind = kind;
  event.topic = topic;
  event.partition = PartitionId{partition};
  event.leader_before = BrokerId{1};
  event.isr_before = {BrokerId{1}, BrokerId{2}};
  event.isr_after = {BrokerId{2}};
  return event;
}

loss::LossEvent lost(int partition, std::int64_t first, std::int64_t end) {
  loss::LossEvent event;
  event.topic = "orders";
  event.partition = PartitionId{partition};
  event.leader_before = BrokerId{1};
  event.leader_after = BrokerId{2};
  event.first = Offset{first};
  event.end = Offset{end};
  event.verdict = loss::ElectionVerdict::kUnclean;
  return event;
}

TEST(EventLog, TheSameForManyPartitionsOfATopicIsOneLine) {
  using enum replication::ReplicationEventKind;
  EXPECT_THAT(lines_of<replication::ReplicationEvent>(
                  {happened(kIsrShrink, "orders", 3), happened(kIsrShrink, "orders", 5),
                   happened(kIsrShrink, "clicks", 0), happened(kOffline, "orders", 3)}),
              ElementsAre("level=info msg=isr_shrink cluster=east topic=clicks partitions=1 "
                          "first=0 leader=1->none isr=1,2->2",
                          "level=info msg=isr_shrink cluster=east topic=orders partitions=2 "
                          "first=3 leader=1->none isr=1,2->2",
                          "level=info msg=offline cluster=east topic=orders partitions=1 "
                          "first=3 leader=1->none isr=1,2->2"));
}

TEST(EventLog, ALeaderThatIsNotToldIsNotNone) {
  auto event = happened(replication::ReplicationEventKind::kIsrShrink, "orders", 3);
  event.is_hidden_after = true;
  EXPECT_THAT(lines_of<replication::ReplicationEvent>({event}),
              ElementsAre(HasSubstr("leader=1->unknown")));
}

TEST(EventLog, BrokersAndTopicsHaveLinesOfTheirOwn) {
  replication::ReplicationEvent broker;
  broker.kind = replication::ReplicationEventKind::kBrokerLost;
  broker.broker = BrokerId{3};
  replication::ReplicationEvent topic;
  topic.kind = replication::ReplicationEventKind::kDeleted;
  topic.topic = "orders";
  EXPECT_THAT(lines_of<replication::ReplicationEvent>({topic, broker}),
              ElementsAre("level=info msg=broker_lost cluster=east broker=3",
                          "level=info msg=deleted cluster=east topic=orders"));
}

TEST(EventLog, AnElectionIsSeenInWhatItChanged) {
  EXPECT_THAT(lines_of<replication::ReplicationEvent>(
                  {happened(replication::ReplicationEventKind::kElection, "a", 0)}),
              IsEmpty());
  EXPECT_THAT(lines_of<replication::ReplicationEvent>({}), IsEmpty());
}

TEST(EventLog, TheControllersComingsAndGoings) {
  quorum::ControllerEvent lost;
  lost.kind = quorum::ControllerEventKind::kControllerLost;
  lost.id_before = BrokerId{101};
  auto back = lost;
  back.kind = quorum::ControllerEventKind::kControllerBack;
  auto change = lost;
  change.kind = quorum::ControllerEventKind::kControllerChange;
  change.id_after = BrokerId{102};
  change.epoch_after = LeaderEpoch{8};
  EXPECT_THAT(lines_of<quorum::ControllerEvent>({lost, back, change}),
              ElementsAre("level=error msg=\"no controller answers, metadata is out of date\" "
                          "cluster=east last=101",
                          "level=info msg=\"a controller answers again\" cluster=east",
                          "level=info msg=\"controller changed\" "
                          "cluster=east controller=101->102 epoch=unknown->8"));
}

TEST(EventLog, LossesOfATopicAreAddedUp) {
  EXPECT_THAT(lines_of<loss::LossEvent>({lost(3, 500, 1500), lost(4, 0, 7)}),
              ElementsAre("level=error msg=\"committed records are lost\" cluster=east "
                          "topic=orders partitions=2 first=3 leader=1->2 records=1007 "
                          "offsets=\"[500, 1500)\" election=unclean"));
}

TEST(EventLog, ALowerBoundIsCalledSo) {
  auto more = lost(4, 0, 7);
  more.at_least = true;
  EXPECT_THAT(lines_of<loss::LossEvent>({lost(3, 500, 1500), more}),
              ElementsAre(HasSubstr("records=\"at least 1007\"")));
}

TEST(EventLog, WhatWasAcknowledgedByLeadersAloneAndWhatIsKnownLateAreLinesOfTheirOwn) {
  auto alone = lost(3, 500, 700);
  alone.acks_all = false;
  alone.verdict = loss::ElectionVerdict::kClean;
  auto late = lost(3, 1500, 1510);
  late.kind = loss::LossEventKind::kLossRevised;
  EXPECT_THAT(
      lines_of<loss::LossEvent>({lost(3, 500, 1500), alone, late}),
      UnorderedElementsAre(
          AllOf(HasSubstr("msg=\"committed records are lost\""), HasSubstr("records=1000")),
          AllOf(
              HasSubstr("msg=\"records that only the leader had acknowledged (acks=1) are lost\""),
              HasSubstr("records=200"), HasSubstr("election=clean")),
          AllOf(HasSubstr("msg=\"more committed records are lost than reported before\""),
                HasSubstr("records=10"), HasSubstr("offsets=\"[1500, 1510)\""))));
}

TEST(EventLog, AnUncleanElectionAndALossThatCanNotBeTold) {
  auto unclean = lost(3, 0, 0);
  unclean.kind = loss::LossEventKind::kUncleanElection;
  auto unknown = lost(4, 0, 0);
  unknown.kind = loss::LossEventKind::kLossUnknown;
  unknown.doubt = loss::UnknownReason::kUnseenEpoch;
  EXPECT_THAT(
      lines_of<loss::LossEvent>({unknown, unclean}),
      ElementsAre("level=error msg=\"unclean leader election\" cluster=east topic=orders "
                  "partitions=1 first=3 leader=1->2",
                  AllOf(HasSubstr("level=warn msg=\"record loss could not be assessed"),
                        EndsWith("why=\"the new leader knows an older epoch only, whose end was "
                                 "never seen\""))));
}

}  // namespace
}  // namespace kie
