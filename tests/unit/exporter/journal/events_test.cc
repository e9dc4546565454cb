#include "exporter/journal/events.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace kie {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::seconds;

constexpr model::Instant kInstant{hours{7}};
constexpr history::Time kTime{hours{400'000}};
const history::Clocks kClocks{kInstant, kTime};

std::vector<BrokerId> ids_of(const std::vector<int>& ids) {
  std::vector<BrokerId> result;
  for (const int id : ids) result.emplace_back(id);
  return result;
}

replication::ReplicationEvent election() {
  replication::ReplicationEvent event;
  event.kind = replication::ReplicationEventKind::kElection;
  event.from = kInstant - seconds{10};
  event.to = kInstant;
  event.topic = "orders";
  event.partition = PartitionId{4};
  event.leader_after = BrokerId{2};
  event.isr_before = ids_of({1});
  event.isr_after = ids_of({2, 3});
  event.leader_origin = replication::LeaderOrigin::kOutsideIsr;
  return event;
}

loss::LossEvent lost() {
  loss::LossEvent event;
  event.topic = "orders";
  event.partition = PartitionId{4};
  event.epoch = LeaderEpoch{6};
  event.new_epoch = LeaderEpoch{8};
  event.leader_before = BrokerId{1};
  event.leader_after = BrokerId{2};
  event.first = Offset{500};
  event.end = Offset{1500};
  event.verdict = loss::ElectionVerdict::kUnclean;
  event.from = kInstant - seconds{10};
  event.to = kInstant;
  return event;
}

template <class Event>
history::StoredEvent journal(const Event& event,
                             std::optional<history::Time> before = std::nullopt) {
  return JournalEvents{kClocks, kTime + seconds{3}, before}.of(event);
}

template <class Event>
json details(const Event& event) {
  return json::parse(journal(event).details);
}

TEST(JournalEvents, AnElectionInFull) {
  const auto event = journal(election());
  EXPECT_EQ(event.kind, "election");
  EXPECT_EQ(event.topic, "orders");
  EXPECT_EQ(event.partition, 4);
  EXPECT_EQ(event.broker, std::nullopt);
  EXPECT_EQ(event.from, kTime - seconds{10});
  EXPECT_EQ(event.to, kTime);
  EXPECT_EQ(json::parse(event.details), json::parse(R"({
    "leader_before": null, "leader_after": 2, "in_sync_replicas_before": [1],
    "in_sync_replicas_after": [2, 3], "leader": "outside_isr"})"));
}

TEST(JournalEvents, OnlyAnElectionSaysWhereTheLeaderStood) {
  auto event = election();
  event.kind = replication::ReplicationEventKind::kIsrShrink;
  EXPECT_FALSE(details(event).contains("leader"));
}

TEST(JournalEvents, ATopicsOrABrokersHasNoPartition) {
  replication::ReplicationEvent event;
  event.kind = replication::ReplicationEventKind::kBrokerLost;
  event.to = kInstant;
  event.broker = BrokerId{3};
  EXPECT_EQ(journal(event).broker, 3);
  EXPECT_EQ(journal(event).topic, "");
  EXPECT_EQ(journal(event).partition, std::nullopt);
  EXPECT_EQ(journal(event).details, "{}");
}

TEST(JournalEvents, ALossInFull) {
  const auto event = journal(lost());
  EXPECT_EQ(event.kind, "loss");
  EXPECT_EQ(event.topic, "orders");
  EXPECT_EQ(event.partition, 4);
  EXPECT_EQ(event.broker, 2) << "who has lost it";
  EXPECT_EQ(event.to, kTime) << "when it happened and not when it became known";
  EXPECT_EQ(json::parse(event.details), json::parse(R"({
    "epoch": 6, "new_epoch": 8, "leader_before": 1, "leader_after": 2,
    "first_offset": 500, "end_offset": 1500, "records": 1000, "at_least": false,
    "acks": "all", "measure": "high_watermark", "election": "unclean", "known": 1440000003.0})"));
}

TEST(JournalEvents, ALossThatCanNotBeToldSaysWhyAndHasNoNumber) {
  auto event = lost();
  event.kind = loss::LossEventKind::kLossUnknown;
  event.doubt = loss::UnknownReason::kLogStart;
  const auto unknown = details(event);
  EXPECT_EQ(unknown.at("why"), "log_start");
  EXPECT_FALSE(unknown.contains("records"));
  EXPECT_FALSE(unknown.contains("first_offset"));
}

TEST(JournalEvents, AnUncleanElectionNamesItsLeaders) {
  auto event = lost();
  event.kind = loss::LossEventKind::kUncleanElection;
  EXPECT_EQ(details(event), json::parse(R"({"epoch": 6, "new_epoch": 8, "leader_before": 1,
                                            "leader_after": 2, "known": 1440000003.0})"));
}

TEST(JournalEvents, AChangeOfTheControllerInFull) {
  quorum::ControllerEvent event;
  event.kind = quorum::ControllerEventKind::kControllerChange;
  event.from = kInstant - seconds{10};
  event.to = kInstant;
  event.id_before = BrokerId{101};
  event.id_after = BrokerId{102};
  event.epoch_before = LeaderEpoch{7};
  event.epoch_after = LeaderEpoch{8};
  const auto written = journal(event);
  EXPECT_EQ(written.kind, "controller_change");
  EXPECT_EQ(written.topic, "");
  EXPECT_EQ(written.broker, std::nullopt);
  EXPECT_EQ(written.from, kTime - seconds{10});
  EXPECT_EQ(written.to, kTime);
  EXPECT_EQ(json::parse(written.details), json::parse(R"({
    "controller_before": 101, "controller_after": 102, "epoch_before": 7, "epoch_after": 8})"));
  event.kind = quorum::ControllerEventKind::kControllerLost;
  event.id_after.reset();
  EXPECT_TRUE(details(event).at("controller_after").is_null());
}

TEST(JournalEvents, WhatHappenedBeforeTheFirstSnapshotIsSinceTheLastOfTheProcessBefore) {
  auto event = election();
  event.from.reset();
  EXPECT_EQ(journal(event, kTime - hours{2}).from, kTime - hours{2});
  EXPECT_EQ(journal(event).from, kTime) << "nobody looked before";
  EXPECT_EQ(journal(event, kTime + hours{2}).from, kTime) << "the clock was set back";
  EXPECT_EQ(journal(election(), kTime - hours{2}).from, kTime - seconds{10});
}

/// All that an enum's to_string has a name for.
template <class Kind>
void add_kinds(std::set<std::string_view>& kinds) {
  for (int i = 0; i < 256; ++i)
    if (const auto name = to_string(static_cast<Kind>(i)); name != "unknown") kinds.insert(name);
}

TEST(JournalEvents, AllKindsAreListed) {
  std::set<std::string_view> kinds;
  add_kinds<replication::ReplicationEventKind>(kinds);
  add_kinds<quorum::ControllerEventKind>(kinds);
  add_kinds<loss::LossEventKind>(kinds);
  kinds.insert(
      {kProducerStarted, kProducerFatal, kProducerIdChange, kProducerEnded, kProducerVanished});
  const auto listed = journal_kinds();
  EXPECT_EQ(std::set(listed.begin(), listed.end()), kinds);
  EXPECT_EQ(listed.size(), kinds.size()) << "each once";
}

}  // namespace
}  // namespace kie
