#include "exporter/exposition/cluster_text.h"

#include "collectors/cluster/stop.h"
#include "tests/unit/collectors/replication/snapshots.h"
#include "tests/unit/exporter/exposition/exposition_text.h"

#include <re2/re2.h>

#include <set>

namespace kie::exposition {
namespace {

using replication::test::at;
using replication::test::cluster;
using replication::test::topic;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Key;
using testing::Not;
using testing::Pair;

constexpr seconds kStale{30};

/// A cluster whose view is rendered as the worker does it.
class ReplicationText : public testing::Test {
 protected:
  void see(model::ClusterSnapshot snapshot) {
    now = snapshot.at;
    replication::advance(state, std::move(snapshot));
  }

  void render_all() {
    const replication::Freshness freshness{
        .now = now, .staleness = kStale, .is_old_news = quorum.is_lost};
    const auto summary = replication::summarize(state, settings, freshness);
    const auto of_quorum = quorum::summarize(quorum, now, kStale);
    const auto stops = summarize_stops(state, summary, settings, quorum, of_quorum, freshness);
    render({.config = config,
            .up = up,
            .replication = state,
            .summary = summary,
            .loss = loss,
            .settings = settings,
            .risks = risks,
            .freshness = freshness,
            .takes_reports = takes_reports,
            .quorum = of_quorum,
            .stop_blocked = &stops.blocked},
           rendered);
  }

  std::string text() {
    render_all();
    std::string page;
    for (const auto& one : families()) page += rendered[one.id].text;
    return page;
  }

  std::map<std::string, std::string> samples() {
    render_all();
    std::string page;
    for (const auto& one : families()) {
      if (rendered[one.id].series == 0) continue;
      append_header(page, one, Format::kText);
      page += rendered[one.id].text;
    }
    return test::parse_page(page);
  }

  config::ClusterConfig config;
  bool up = true;
  bool takes_reports = false;
  risk::Findings risks;
  replication::ReplicationState state;
  loss::LossState loss;
  quorum::QuorumState quorum;
  model::Configs settings;
  model::Instant now = at(0);
  ClusterSamples rendered;
};

TEST_F(ReplicationText, ASmallClusterInFull) {
  auto snapshot = cluster(
      at(0),
      {topic("orders",
             {{.isr = {1, 2}, .replicas = {1, 2}, .epoch = 7, .latest = 120, .earliest = 20}})},
      std::vector{1, 2});
  snapshot.brokers->at(0).rack = "a";
  snapshot.brokers->at(1).host = "::1";
  see(std::move(snapshot));
  settings.topics["orders"].min_insync_replicas = {2, model::ConfigSource::kTopic};
  EXPECT_EQ(text(),
            R"(kafka_brokers 2
kafka_broker_info{id="1",address="broker1:9092"} 1
kafka_broker_info{id="2",address="[::1]:9092"} 1
kafka_topic_partitions{topic="orders"} 1
kafka_topic_partition_current_offset{topic="orders",partition="0"} 120
kafka_topic_partition_oldest_offset{topic="orders",partition="0"} 20
kafka_topic_partition_leader{topic="orders",partition="0"} 1
kafka_topic_partition_leader_is_preferred{topic="orders",partition="0"} 1
kafka_topic_partition_replicas{topic="orders",partition="0"} 2
kafka_topic_partition_in_sync_replica{topic="orders",partition="0"} 2
kafka_topic_partition_under_replicated_partition{topic="orders",partition="0"} 0
kafka_cluster_up 1
kafka_cluster_confirmed 1
kafka_cluster_partitions 1
kafka_cluster_under_replicated_partitions 0
kafka_cluster_under_min_isr_partitions 0
kafka_cluster_at_min_isr_partitions 1
kafka_cluster_offline_partitions 0
kafka_cluster_reassigning_partitions 0
kafka_cluster_last_replica_partitions 0
kafka_topic_under_replicated_partitions{topic="orders"} 0
kafka_topic_under_min_isr_partitions{topic="orders"} 0
kafka_topic_at_min_isr_partitions{topic="orders"} 1
kafka_topic_offline_partitions{topic="orders"} 0
kafka_topic_reassigning_partitions{topic="orders"} 0
kafka_topic_last_replica_partitions{topic="orders"} 0
kafka_topic_partition_at_min_isr{topic="orders",partition="0"} 1
kafka_topic_partition_leader_epoch{topic="orders",partition="0"} 7
kafka_topic_replication_factor{topic="orders"} 2
kafka_topic_isr_shrinks_total{topic="orders"} 0
kafka_topic_isr_expands_total{topic="orders"} 0
kafka_topic_leader_changes_total{topic="orders"} 0
kafka_topic_isr_shrinks_last_hour{topic="orders"} 0
kafka_cluster_leader_elections_total{leader="in_isr"} 0
kafka_cluster_leader_elections_total{leader="outside_isr"} 0
kafka_cluster_leader_elections_total{leader="unknown"} 0
kafka_cluster_topic_recreations_total 0
kafka_topic_at_risk_records{topic="orders"} 0
kafka_topic_unclean_leader_elections_total{topic="orders"} 0
kafka_topic_unclean_leader_elections_last_hour{topic="orders"} 0
kafka_topic_lost_records_total{topic="orders",acks="all"} 0
kafka_topic_lost_records_last_hour{topic="orders",acks="all"} 0
kafka_loss_assessments_pending 0
kafka_loss_assessments_total{result="none"} 0
kafka_loss_assessments_total{result="lost"} 0
kafka_loss_assessments_total{result="unknown"} 0
kafka_loss_assessments_unknown_last_hour{topic="orders"} 0
kafka_topic_config_min_insync_replicas{topic="orders"} 2
kafka_broker_up{broker="1"} 1
kafka_broker_up{broker="2"} 1
kafka_broker_rack_info{broker="1",rack="a"} 1
kafka_broker_leader_partitions{broker="1"} 1
kafka_broker_leader_partitions{broker="2"} 0
kafka_broker_replicas{broker="1"} 1
kafka_broker_replicas{broker="2"} 1
kafka_broker_out_of_sync_replicas{broker="1"} 0
kafka_broker_out_of_sync_replicas{broker="2"} 0
kafka_broker_stop_blocked_partitions{broker="1"} 1
kafka_broker_stop_blocked_partitions{broker="2"} 1
kafka_isr_exporter_series_left_out{reason="partition_metrics"} 0
kafka_isr_exporter_series_left_out{reason="max_series"} 0
)");
}

TEST_F(ReplicationText, ANamedClusterHasItsLabelFirstEverywhere) {
  config.name = R"(a"b)";
  config.expected_brokers = 3;
  see(cluster(at(0), {topic("orders", {{.isr = {1}, .epoch = 1, .latest = 2, .earliest = 1}})}));
  settings.topics["orders"].min_insync_replicas = {2, model::ConfigSource::kTopic};
  const auto all = samples();
  EXPECT_THAT(all, testing::Each(Key(HasSubstr(R"({kafka_cluster="a\"b")"))));
  EXPECT_THAT(all, IsSupersetOf({std::pair<const std::string, std::string>(
                                     R"(kafka_cluster_up{kafka_cluster="a\"b"})", "1"),
                                 std::pair<const std::string, std::string>(
                                     R"(kafka_expected_brokers{kafka_cluster="a\"b"})", "3"),
                                 std::pair<const std::string, std::string>(
                                     R"(kafka_broker_up{kafka_cluster="a\"b",broker="1"})", "1")}));
}

TEST_F(ReplicationText, SamplesAreCountedAndHaveTheLabelsOfTheTable) {
  see(cluster(at(0), {topic("orders", {{.isr = {1}, .epoch = 1, .latest = 2, .earliest = 1},
                                       {.partition = 1, .leader = std::nullopt, .isr = {}}})}));
  settings.topics["orders"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  render_all();
  for (const auto& one : families()) {
    const auto lines = test::lines_of(rendered[one.id].text);
    EXPECT_EQ(lines.size(), rendered[one.id].series) << one.name;
    std::string wanted;
    for (const char c : one.labels) wanted += c;
    for (const auto& line : lines) {
      std::string labels;
      for (std::size_t i = line.find('{'); i != std::string::npos && i < line.size();) {
        const auto equals = line.find("=\"", i);
        if (equals == std::string::npos) break;
        labels += (labels.empty() ? "" : ",") + line.substr(i + 1, equals - i - 1);
        i = line.find('"', equals + 2) + 1;
      }
      EXPECT_EQ(labels, wanted) << line;
    }
  }
}

TEST_F(ReplicationText, ALeaderlessPartitionHasTheLeaderMinusOne) {
  see(cluster(at(0), {topic("orders", {{.leader = std::nullopt, .isr = {}}})}));
  const auto all = samples();
  const auto of = [](const char* family) {
    return std::string{"kafka_topic_partition_"} + family + R"({topic="orders",partition="0"})";
  };
  EXPECT_THAT(all, Contains(Pair(of("leader"), "-1")));
  EXPECT_THAT(all, Contains(Pair(of("leader_is_preferred"), "0")));
  EXPECT_THAT(all, Contains(Pair(of("in_sync_replica"), "0")));
  EXPECT_THAT(all, Contains(Pair(of("offline"), "1")));
  EXPECT_THAT(all, Not(Contains(Key(of("current_offset")))));
}

TEST_F(ReplicationText, TheOneFamiliesAreThereOnlyWhereTheyAreOne) {
  see(cluster(at(0), {topic("orders", {{}})}));
  settings.topics["orders"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  render_all();
  for (const auto id : {FamilyId::kPartitionOffline, FamilyId::kPartitionUnderMinIsr,
                        FamilyId::kPartitionAtMinIsr, FamilyId::kPartitionReassigning})
    EXPECT_EQ(rendered[id].series, 0U) << family(id).name;
}

TEST_F(ReplicationText, AnUnknownMinIsrIsAbsentAndNotZero) {
  see(cluster(at(0), {topic("orders", {{.isr = {1}}})}));
  const auto all = samples();
  for (const auto* family :
       {"kafka_topic_under_min_isr_partitions{topic=\"orders\"}",
        "kafka_topic_at_min_isr_partitions{topic=\"orders\"}",
        "kafka_cluster_under_min_isr_partitions", "kafka_cluster_at_min_isr_partitions",
        "kafka_topic_partition_under_min_isr{topic=\"orders\",partition=\"0\"}"})
    EXPECT_THAT(all, Not(Contains(Key(family))));
  EXPECT_THAT(all,
              Contains(Pair("kafka_topic_under_replicated_partitions{topic=\"orders\"}", "1")));
}

TEST_F(ReplicationText, ANonPreferredLeaderIsSaid) {
  see(cluster(at(0), {topic("orders", {{.leader = 2}})}));
  EXPECT_THAT(
      samples(),
      Contains(
          Pair(R"(kafka_topic_partition_leader_is_preferred{topic="orders",partition="0"})", "0")));
}

TEST_F(ReplicationText, AReplicaBeingAddedCountsAsKafkaExporterHasItOnly) {
  see(cluster(at(0), {topic("orders", {{.isr = {1, 2}, .replicas = {1, 2}}})}));
  see(cluster(at(10), {topic("orders", {{.isr = {1, 2}, .replicas = {1, 2, 3}}})}));
  const auto all = samples();
  EXPECT_THAT(all,
              Contains(Pair(R"(kafka_topic_under_replicated_partitions{topic="orders"})", "0")));
  EXPECT_THAT(
      all, Contains(Pair(
               R"(kafka_topic_partition_under_replicated_partition{topic="orders",partition="0"})",
               "1")));
  EXPECT_THAT(all, Contains(Pair(
                       R"(kafka_topic_partition_reassigning{topic="orders",partition="0"})", "1")));
}

TEST_F(ReplicationText, WhatIsStaleIsLeftOutAndCountersStay) {
  see(cluster(at(0), {topic("orders", {{.latest = 5, .earliest = 0}})}));
  see(cluster(at(10), {topic("orders", {{.isr = {1}}})}));
  // Nobody answers any more.
  up = false;
  now = at(41);
  const auto all = samples();
  std::vector<std::string> names;
  for (const auto& [series, value] : all) names.push_back(series);
  EXPECT_THAT(names,
              testing::UnorderedElementsAre(
                  "kafka_cluster_up", R"(kafka_cluster_leader_elections_total{leader="in_isr"})",
                  R"(kafka_cluster_leader_elections_total{leader="outside_isr"})",
                  R"(kafka_cluster_leader_elections_total{leader="unknown"})",
                  "kafka_cluster_topic_recreations_total", "kafka_loss_assessments_pending",
                  R"(kafka_loss_assessments_total{result="none"})",
                  R"(kafka_loss_assessments_total{result="lost"})",
                  R"(kafka_loss_assessments_total{result="unknown"})",
                  R"(kafka_loss_assessments_unknown_last_hour{topic="orders"})",
                  R"(kafka_topic_lost_records_total{topic="orders",acks="all"})",
                  R"(kafka_topic_lost_records_last_hour{topic="orders",acks="all"})",
                  R"(kafka_topic_unclean_leader_elections_total{topic="orders"})",
                  R"(kafka_topic_unclean_leader_elections_last_hour{topic="orders"})",
                  R"(kafka_topic_isr_shrinks_total{topic="orders"})",
                  R"(kafka_topic_isr_expands_total{topic="orders"})",
                  R"(kafka_topic_leader_changes_total{topic="orders"})",
                  R"(kafka_topic_isr_shrinks_last_hour{topic="orders"})",
                  R"(kafka_isr_exporter_series_left_out{reason="partition_metrics"})",
                  R"(kafka_isr_exporter_series_left_out{reason="max_series"})"));
  EXPECT_EQ(all.at("kafka_cluster_up"), "0");
  EXPECT_EQ(all.at(R"(kafka_topic_isr_shrinks_total{topic="orders"})"), "1");
}

TEST_F(ReplicationText, StaleOffsetsGoWhileTheRowStays) {
  see(cluster(at(0), {topic("orders", {{.epoch = 1, .latest = 5, .earliest = 0}})}));
  see(cluster(at(20), {topic("orders", {{}})}));
  now = at(31);
  const auto all = samples();
  const std::string labels = R"({topic="orders",partition="0"})";
  EXPECT_THAT(all, Contains(Key("kafka_topic_partition_leader" + labels)));
  for (const auto* family : {"current_offset", "oldest_offset", "leader_epoch"})
    EXPECT_THAT(all, Not(Contains(Key("kafka_topic_partition_" + (family + labels)))));
}

TEST_F(ReplicationText, AStalePartitionAmongFreshOnesMakesHealthUnknown) {
  see(cluster(at(0), {topic("orders", {{}, {.partition = 1}})}));
  see(cluster(at(20), {topic("orders", {{}, {.partition = 1, .unknown = true}})}));
  now = at(31);
  const auto all = samples();
  EXPECT_THAT(all, Not(Contains(Key(R"(kafka_topic_offline_partitions{topic="orders"})"))));
  EXPECT_THAT(all, Not(Contains(Key("kafka_cluster_offline_partitions"))));
  EXPECT_THAT(all, Contains(Pair(R"(kafka_topic_partitions{topic="orders"})", "2")));
}

TEST_F(ReplicationText, BeforeTheFirstAnswerOnlyThatItIsDownIsSaid) {
  up = false;
  EXPECT_EQ(text(),
            R"(kafka_cluster_up 0
kafka_cluster_leader_elections_total{leader="in_isr"} 0
kafka_cluster_leader_elections_total{leader="outside_isr"} 0
kafka_cluster_leader_elections_total{leader="unknown"} 0
kafka_cluster_topic_recreations_total 0
kafka_loss_assessments_pending 0
kafka_loss_assessments_total{result="none"} 0
kafka_loss_assessments_total{result="lost"} 0
kafka_loss_assessments_total{result="unknown"} 0
kafka_isr_exporter_series_left_out{reason="partition_metrics"} 0
kafka_isr_exporter_series_left_out{reason="max_series"} 0
)");
}

TEST_F(ReplicationText, ADeletedTopicKeepsItsHourOnly) {
  see(cluster(at(0), {topic("orders", {{}})}));
  see(cluster(at(10), {topic("orders", {{.isr = {1}}})}));
  see(cluster(at(20), {replication::test::absent("orders", model::Presence::kDeleted)}));
  const auto count = [&] {
    int found = 0;
    for (const auto& [series, value] : samples())
      if (series.find(R"(topic="orders")") != std::string::npos) ++found;
    return found;
  };
  EXPECT_THAT(samples(),
              Contains(Pair(R"(kafka_topic_isr_shrinks_last_hour{topic="orders"})", "1")));
  EXPECT_EQ(count(), 4) << "its windows";
  see(cluster(at(3620), {}));
  EXPECT_EQ(count(), 0);
}

TEST_F(ReplicationText, HostileNamesAreEscaped) {
  see(cluster(at(0), {topic("a\"b\\c\nd", {{}})}));
  EXPECT_THAT(samples(), Contains(Pair(R"(kafka_topic_partitions{topic="a\"b\\c\nd"})", "1")));
}

TEST_F(ReplicationText, StateGoesStaleAndCountersDoNot) {
  see(cluster(at(0), {topic("orders", {{}})}));
  render_all();
  EXPECT_EQ(rendered[FamilyId::kPartitionLeader].valid_until, at(30));
  EXPECT_EQ(rendered[FamilyId::kBrokers].valid_until, at(30));
  for (const auto id :
       {FamilyId::kClusterUp, FamilyId::kTopicIsrShrinks, FamilyId::kTopicIsrExpands,
        FamilyId::kTopicLeaderChanges, FamilyId::kTopicIsrShrinksLastHour,
        FamilyId::kClusterTopicRecreations, FamilyId::kExpectedBrokers, FamilyId::kTopicLostRecords,
        FamilyId::kTopicLostRecordsLastHour, FamilyId::kTopicUncleanElections})
    EXPECT_EQ(rendered[id].valid_until, std::nullopt) << family(id).name;
}

TEST_F(ReplicationText, WhatWasLostIsSaidAndLeavesTheWindowByItself) {
  see(cluster(at(0), {topic("orders", {{}}), topic("quiet", {{}})}));
  auto& lost = loss.topics["orders"];
  lost.lost = 1700;
  lost.unclean_elections = 2;
  lost.recent_lost = {{at(-3599), 700}, {at(-10), 1000}};
  lost.recent_unclean = {{at(-10), 1}};
  lost.recent_unknown = {{at(-10), 3}};
  lost.last_loss = std::chrono::system_clock::time_point{std::chrono::milliseconds{1500}};
  lost.partitions.push_back({.id = PartitionId{0}, .pending = {{}, {}}});
  loss.assessments = {5, 2, 3};
  const std::string orders = R"({topic="orders")";
  const auto value = [&](const std::string& series) { return samples().at(series); };
  EXPECT_EQ(value("kafka_topic_lost_records_total" + orders + R"(,acks="all"})"), "1700");
  EXPECT_EQ(value("kafka_topic_lost_records_last_hour" + orders + R"(,acks="all"})"), "1700");
  EXPECT_EQ(value("kafka_topic_unclean_leader_elections_total" + orders + "}"), "2");
  EXPECT_EQ(value("kafka_topic_unclean_leader_elections_last_hour" + orders + "}"), "1");
  EXPECT_EQ(value("kafka_loss_assessments_unknown_last_hour" + orders + "}"), "3");
  EXPECT_EQ(value("kafka_topic_last_loss_timestamp_seconds" + orders + "}"), "1.5");
  EXPECT_EQ(value("kafka_loss_assessments_pending"), "2");
  EXPECT_EQ(value(R"(kafka_loss_assessments_total{result="lost"})"), "2");
  EXPECT_EQ(value(R"(kafka_loss_assessments_total{result="unknown"})"), "3");
  EXPECT_THAT(samples(),
              Not(Contains(Key(R"(kafka_topic_last_loss_timestamp_seconds{topic="quiet"})"))));
  now = at(1);
  EXPECT_EQ(value("kafka_topic_lost_records_last_hour" + orders + R"(,acks="all"})"), "1000");
  now = at(3590);
  EXPECT_EQ(value("kafka_topic_lost_records_last_hour" + orders + R"(,acks="all"})"), "0");
  EXPECT_EQ(value("kafka_topic_lost_records_total" + orders + R"(,acks="all"})"), "1700");
}

TEST_F(ReplicationText, WhatLeadersAcknowledgedAloneIsThereOnlyIfReportsAreTakenOrWere) {
  see(cluster(at(0), {topic("orders", {{}}), topic("quiet", {{}})}));
  loss.topics["orders"].lost = 5;
  const std::string one = R"(kafka_topic_lost_records_total{topic="orders",acks="1"})";
  const std::string hour = R"(kafka_topic_lost_records_last_hour{topic="orders",acks="1"})";
  const std::string quiet = R"(kafka_topic_lost_records_total{topic="quiet",acks="1"})";
  EXPECT_THAT(samples(), Not(Contains(Key(one))));
  loss.topics["orders"].lost_by_one = 9;
  loss.topics["orders"].recent_lost_by_one = {{at(-10), 9}};
  EXPECT_EQ(samples().at(one), "9");
  EXPECT_EQ(samples().at(hour), "9");
  EXPECT_THAT(samples(), Not(Contains(Key(quiet))));
  takes_reports = true;
  EXPECT_EQ(samples().at(quiet), "0");
  EXPECT_EQ(samples().at(R"(kafka_topic_lost_records_total{topic="orders",acks="all"})"), "5");
}

TEST_F(ReplicationText, AtRiskIsWhatExistsOnce) {
  const auto risk = [&]() -> std::optional<std::string> {
    const auto all = samples();
    const auto found = all.find(R"(kafka_topic_at_risk_records{topic="orders"})");
    return found == all.end() ? std::nullopt : std::optional{found->second};
  };
  see(cluster(at(0), {topic("orders", {{.epoch = 0, .latest = 500}})}));
  EXPECT_EQ(risk(), "0");
  see(cluster(at(10), {topic("orders", {{.isr = {1}, .epoch = 0, .latest = 1500}})}));
  EXPECT_EQ(risk(), "1000");
  see(cluster(at(20), {topic("orders", {{.leader = std::nullopt, .isr = {}}})}));
  EXPECT_EQ(risk(), "1000") << "while nobody leads";
  see(cluster(at(30), {topic("orders", {{.epoch = 2, .latest = 1500}})}));
  EXPECT_EQ(risk(), "0");
}

TEST_F(ReplicationText, WhatTheOthersHaveMustHaveBeenSeenForARisk) {
  see(cluster(at(0), {topic("orders", {{.isr = {1}, .epoch = 0, .latest = 500}})}));
  EXPECT_THAT(samples(), Not(Contains(Key(R"(kafka_topic_at_risk_records{topic="orders"})"))));
}

risk::Finding finding_of(risk::RuleId rule, const std::string& name) {
  risk::Finding finding;
  finding.rule = rule;
  finding.severity = risk::rule(rule).severity;
  finding.name = name;
  return finding;
}

class LimitedText : public ReplicationText {
 protected:
  /// "a" and "b" have three partitions each, the second of "b" has lost a replica.
  LimitedText() {
    std::vector<replication::test::Row> rows;
    for (const int partition : {0, 1, 2})
      rows.push_back({.partition = partition, .epoch = 4, .latest = 9, .earliest = 1});
    auto one_behind = rows;
    one_behind[1].isr = {1, 2};
    see(cluster(at(0), {topic("a", rows), topic("b", one_behind)}));
    settings.topics["a"].min_insync_replicas = {1, model::ConfigSource::kTopic};
    settings.topics["b"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  }

  /// The partitions that have series, as TOPIC/PARTITION; a topic with topic series as TOPIC.
  std::set<std::string> shown() {
    static const re2::RE2 of_partition{R"re(topic="([^"]*)",partition="(\d+)")re"};
    static const re2::RE2 of_topic{R"re(topic="([^"]*)")re"};
    std::set<std::string> result;
    for (const auto& [series, value] : samples()) {
      std::string name;
      std::string partition;
      if (re2::RE2::PartialMatch(series, of_partition, &name, &partition)) {
        result.insert(name + "/" + partition);
      } else if (re2::RE2::PartialMatch(series, of_topic, &name)) {
        result.insert(name);
      }
    }
    return result;
  }

  std::size_t left_out(const std::string& reason) {
    return std::stoul(
        samples().at("kafka_isr_exporter_series_left_out{reason=\"" + reason + "\"}"));
  }

  /// All that is known, without limits.
  std::size_t all() {
    const auto limited = std::exchange(config, {});
    const auto count = samples().size();
    config = limited;
    return count;
  }
};

TEST_F(LimitedText, OnlyUnhealthyPartitionsAreShownWhereOnlyTheyAreWanted) {
  config.partition_metrics = config::PartitionMetrics::kUnhealthy;
  EXPECT_THAT(shown(), testing::ElementsAre("a", "b", "b/1"));
  EXPECT_EQ(samples().size() + left_out("partition_metrics"), all());
  EXPECT_EQ(left_out("max_series"), 0U);
}

TEST_F(LimitedText, NoPartitionIsShownWhereNoneIsWanted) {
  config.partition_metrics = config::PartitionMetrics::kNone;
  EXPECT_THAT(shown(), testing::ElementsAre("a", "b"));
  EXPECT_EQ(samples().size() + left_out("partition_metrics"), all());
  EXPECT_EQ(samples().at("kafka_cluster_under_replicated_partitions"), "1");
}

TEST_F(LimitedText, TheLimitIsNeverPassedAndWhatIsLeftOutIsCounted) {
  const auto everything = all();
  const auto basis = [&] {
    config.max_series = 1;
    return samples().size();
  }();
  std::size_t last = 0;
  for (std::size_t limit = basis; limit < everything + 200; ++limit) {
    config.max_series = static_cast<std::int64_t>(limit);
    const auto now_shown = samples().size();
    EXPECT_LE(now_shown, limit);
    EXPECT_GE(now_shown, last) << "a higher limit shows no less";
    EXPECT_EQ(now_shown + left_out("max_series"), everything);
    last = now_shown;
  }
  EXPECT_EQ(last, everything);
}

TEST_F(LimitedText, TopicsComeBeforePartitionsAndBothByName) {
  const auto everything = all();
  std::set<std::set<std::string>> choices;
  for (std::size_t limit = 1; limit < everything + 200; ++limit) {
    config.max_series = static_cast<std::int64_t>(limit);
    choices.insert(shown());
  }
  EXPECT_EQ(choices, (std::set<std::set<std::string>>{
                         {},
                         {"a"},
                         {"a", "b"},
                         {"a", "b", "a/0"},
                         {"a", "b", "a/0", "a/1"},
                         {"a", "b", "a/0", "a/1", "a/2"},
                         {"a", "b", "a/0", "a/1", "a/2", "b/0"},
                         {"a", "b", "a/0", "a/1", "a/2", "b/0", "b/1"},
                         {"a", "b", "a/0", "a/1", "a/2", "b/0", "b/1", "b/2"},
                     }));
}

TEST_F(LimitedText, WhatIsLeftOutDoesNotChangeWithTheHealth) {
  config.expected_brokers = 3;
  const auto most = all() + 200;
  const auto choices = [&] {
    std::vector<std::set<std::string>> result;
    for (std::size_t limit = 1; limit < most; ++limit) {
      config.max_series = static_cast<std::int64_t>(limit);
      result.push_back(shown());
    }
    return result;
  };
  const auto before = choices();
  settings.topics["a"].min_insync_replicas = {3, model::ConfigSource::kTopic};
  settings.topics["b"].min_insync_replicas = {3, model::ConfigSource::kTopic};
  risks.found = {finding_of(risk::RuleId::kMinIsr1, "a")};
  EXPECT_EQ(choices(), before);

  // A broker dies, and the others contradict each other about two partitions.
  const std::vector<replication::test::Row> well{
      {.partition = 0}, {.partition = 1}, {.partition = 2}};
  auto ill = well;
  for (auto& row : ill) row.unknown = row.partition < 2;
  for (const int when : {10, 40})
    see(cluster(at(when), {topic("a", ill), topic("b", well)}, std::vector{1, 2}));
  auto without_stale = before;
  for (auto& choice : without_stale)
    for (const auto* stale : {"a/0", "a/1"}) choice.erase(stale);
  EXPECT_NE(without_stale, before);
  EXPECT_EQ(choices(), without_stale);

  // It is back, and then nobody tells the list of brokers.
  see(cluster(at(50), {topic("a", well), topic("b", well)}));
  EXPECT_EQ(choices(), before);
  see(cluster(at(90), {topic("a", well), topic("b", well)}, std::nullopt));
  EXPECT_THAT(samples(), Not(Contains(Key("kafka_brokers"))));
  EXPECT_EQ(choices(), before);
}

TEST_F(LimitedText, WithoutTheCompatibleFamiliesNoneOfThemIsThere) {
  config.compatible_metrics = false;
  const auto rest = samples();
  for (const auto& one : families().first(static_cast<std::size_t>(FamilyId::kClusterUp)))
    EXPECT_EQ(rendered[one.id].series, 0U) << one.name;
  EXPECT_TRUE(rest.contains(R"(kafka_topic_under_replicated_partitions{topic="b"})"));
  EXPECT_TRUE(rest.contains(R"(kafka_topic_partition_leader_epoch{topic="b",partition="0"})"));
  EXPECT_EQ(left_out("partition_metrics") + left_out("max_series"), 0U);
}

TEST_F(ReplicationText, RenderingTwiceGivesTheSame) {
  see(cluster(at(0), {topic("orders", {{.latest = 1}})}));
  const auto once = text();
  EXPECT_EQ(text(), once);
}

TEST_F(ReplicationText, SettingsOfATopic) {
  see(cluster(at(0), {topic("a", {{}})}));
  settings.topics["a"] = {.min_insync_replicas = {{2, model::ConfigSource::kTopic}},
                          .unclean_leader_election = {{true, model::ConfigSource::kStatic}},
                          .retention_ms = {{604'800'500, model::ConfigSource::kTopic}}};
  auto shown = samples();
  EXPECT_EQ(shown["kafka_topic_config_min_insync_replicas{topic=\"a\"}"], "2");
  EXPECT_EQ(shown["kafka_topic_config_unclean_leader_election_enable{topic=\"a\"}"], "1");
  EXPECT_EQ(shown["kafka_topic_config_retention_seconds{topic=\"a\"}"], "604800.5");
  settings.topics["a"].retention_ms->value = -1;
  EXPECT_EQ(samples()["kafka_topic_config_retention_seconds{topic=\"a\"}"], "+Inf");
  risks.found = {finding_of(risk::RuleId::kMinIsr1, "a")};
  now += kStale + seconds{1};
  EXPECT_THAT(text(), Not(HasSubstr("kafka_topic_config"))) << "stale";
  EXPECT_THAT(text(), Not(HasSubstr("kafka_config_risk"))) << "stale";
  now -= kStale + seconds{1};
  settings = {};
  EXPECT_THAT(text(), Not(HasSubstr("kafka_topic_config")));
}

TEST_F(ReplicationText, RisksAreShownUnlessTheyAreExempt) {
  see(cluster(at(0), {topic("a", {{}})}));
  risks.has_topics = risks.has_brokers = true;
  risks.found = {finding_of(risk::RuleId::kMinIsr1, "a"), finding_of(risk::RuleId::kMinIsr1, "b")};
  risks.found.back().exemption = "a cache";
  auto shown = samples();
  EXPECT_EQ(shown["kafka_config_risk{scope=\"topic\",name=\"a\",rule=\"min_isr_1\","
                  "severity=\"warning\"}"],
            "1");
  EXPECT_THAT(text(), Not(HasSubstr("name=\"b\"")));
  EXPECT_EQ(shown["kafka_config_risks{scope=\"topic\",rule=\"min_isr_1\",severity=\"warning\"}"],
            "1");
  for (const auto* severity : {"warning", "critical"})
    EXPECT_EQ(shown["kafka_config_risks{scope=\"topic\",rule=\"min_isr_above_rf\",severity=\"" +
                    std::string(severity) + "\"}"],
              "0");
}

TEST_F(ReplicationText, NoRiskIsSaidToBeNowhereWhileSomeAreNotKnown) {
  see(cluster(at(0), {topic("a", {{}})}));
  EXPECT_THAT(text(), Not(HasSubstr("kafka_config_risks")));
  risks.has_topics = risks.has_brokers = true;
  risks.unknown_brokers = {BrokerId{2}};
  risks.found = {finding_of(risk::RuleId::kDefaultMinIsr1, "1")};
  const auto page = text();
  EXPECT_THAT(page, HasSubstr("kafka_config_risks{scope=\"topic\""));
  EXPECT_THAT(page, HasSubstr("kafka_config_risks{scope=\"broker\",rule=\"default_min_isr_1\","
                              "severity=\"warning\"} 1\n"));
  EXPECT_THAT(page, Not(HasSubstr("rule=\"default_unclean_election\"")));
  EXPECT_THAT(page, HasSubstr("kafka_config_risk{scope=\"broker\",name=\"1\""))
      << "what is found is found";
}

TEST_F(ReplicationText, RisksAreTheFirstToGoAboveMaxSeries) {
  see(cluster(at(0), {topic("a", {{}})}));
  risks.has_topics = risks.has_brokers = true;
  for (int i = 0; i < 200; ++i)
    risks.found.push_back(finding_of(risk::RuleId::kMinIsr1, std::to_string(i)));
  config.max_series = 250;
  const auto shown = samples();
  EXPECT_LE(shown.size(), 250U);
  EXPECT_TRUE(shown.contains("kafka_topic_partitions{topic=\"a\"}"));
  EXPECT_NE(samples()["kafka_isr_exporter_series_left_out{reason=\"max_series\"}"], "0");
}

}  // namespace
}  // namespace kie::exposition
