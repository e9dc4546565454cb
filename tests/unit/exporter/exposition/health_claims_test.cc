#include "collectors/cluster/health_text.h"
#include "collectors/cluster/stop.h"
#include "collectors/quorum/advance.h"
#include "exporter/exposition/cluster_text.h"
#include "tests/unit/collectors/quorum/snapshots.h"
#include "tests/unit/collectors/replication/snapshots.h"
#include "tests/unit/exporter/exposition/exposition_text.h"

#include <algorithm>

/// Whatever can be reached, is known of a leader, is confirmed and whichever controller answers: no
/// series claims health that nobody stands for.
namespace kie::exposition {
namespace {

using model::Confirmation;
using model::ControllerAnswer;
using replication::test::at;
using replication::test::Row;
using std::chrono::seconds;

constexpr seconds kStaleness{30};

/// What is known of the leader of the second of two partitions.
enum class LeaderIs : std::uint8_t { kLeader, kNoListener, kUnknown, kNever, kNoLonger };

struct Case {
  /// Broker 2 answers; nullopt: it was not asked.
  std::optional<bool> reachable;
  LeaderIs leader;
  Confirmation confirmation;
  /// After a first answer.
  ControllerAnswer controller;
  /// The second partition has lost replicas, is below min ISR and has the last replica only.
  bool ill;
};

std::vector<Case> all_cases() {
  using enum ControllerAnswer;
  std::vector<Case> all;
  for (const auto reachable : {std::optional<bool>{}, std::optional{true}, std::optional{false}})
    for (const auto leader : {LeaderIs::kLeader, LeaderIs::kNoListener, LeaderIs::kUnknown,
                              LeaderIs::kNever, LeaderIs::kNoLonger})
      for (const auto confirmation :
           {Confirmation::kPossible, Confirmation::kOneBrokerAnswers, Confirmation::kOneAddress})
        for (const auto controller : {kAnswered, kRefused, kNone, kUnknown, kUnsupported})
          for (const bool ill : {false, true})
            all.push_back({reachable, leader, confirmation, controller, ill});
  return all;
}

std::string name_of(const Case& one) {
  return "reachable " + (one.reachable ? std::to_string(int{*one.reachable}) : "unasked") +
         ", leader " + std::to_string(static_cast<int>(one.leader)) + ", confirmation " +
         std::to_string(static_cast<int>(one.confirmation)) + ", controller " +
         std::to_string(static_cast<int>(one.controller)) + (one.ill ? ", ill" : "");
}

/// A cluster of two brokers in the state of the case, as the page shows it.
class Shown {
 public:
  explicit Shown(const Case& one) : case_(one) {
    quorum::advance(quorum_, quorum::test::answered(0, 101, 7));
    see(0, one.leader == LeaderIs::kNoLonger ? LeaderIs::kLeader : one.leader);
    see(40, one.leader == LeaderIs::kNoLonger ? LeaderIs::kUnknown : one.leader);
    auto controller = quorum::test::answered(40, 101, 7);
    if (one.controller != ControllerAnswer::kAnswered)
      controller = quorum::test::without(40, one.controller);
    quorum::advance(quorum_, controller);
    // Of a first look that was too long ago nothing is left, but for what was lost.
    show();
  }

  std::optional<std::string> value(const std::string& series) const {
    const auto found = samples_.find(series);
    return found == samples_.end() ? std::nullopt : std::optional{found->second};
  }

  bool is_lost() const { return quorum_.is_lost; }
  const HealthSummary& words() const { return words_; }

 private:
  void see(int when, LeaderIs leader) {
    const std::vector<int> two{1, 2};
    std::vector<Row> rows{{.isr = two, .replicas = two, .epoch = 1, .latest = 5, .earliest = 0}};
    if (leader != LeaderIs::kNever) {
      auto& row = rows.emplace_back(Row{
          .partition = 1, .leader = 1, .isr = case_.ill ? std::vector{1} : two, .replicas = two});
      row.unknown = leader == LeaderIs::kUnknown;
      row.no_listener = leader == LeaderIs::kNoListener;
    }
    auto snapshot = replication::test::cluster(at(when), {replication::test::topic("orders", rows)},
                                               std::vector{1, 2});
    if (leader == LeaderIs::kNever)
      snapshot.topics.push_back(replication::test::topic(
          "refused", {{.partition = 0, .isr = two, .replicas = two, .unknown = true}}));
    snapshot.confirmation = case_.confirmation;
    snapshot.brokers->at(1).answered = case_.reachable;
    replication::advance(state_, std::move(snapshot));
  }

  void show() {
    model::Configs settings;
    for (const auto* topic : {"orders", "refused"})
      settings.topics[topic].min_insync_replicas = {2, model::ConfigSource::kTopic};
    const replication::Freshness freshness{
        .now = at(40), .staleness = kStaleness, .is_old_news = quorum_.is_lost};
    const auto summary = replication::summarize(state_, settings, freshness);
    const auto quorum = quorum::summarize(quorum_, at(40), kStaleness);
    const auto stops = summarize_stops(state_, summary, settings, quorum_, quorum, freshness);
    const config::ClusterConfig config;
    ClusterSamples samples;
    render({.config = config,
            .up = true,
            .replication = state_,
            .summary = summary,
            .loss = {},
            .settings = settings,
            .risks = {},
            .freshness = freshness,
            .takes_reports = false,
            .quorum = quorum,
            .stop_blocked = &stops.blocked},
           samples);
    std::string page;
    for (const auto& one : families()) {
      if (samples[one.id].series == 0) continue;
      append_header(page, one, Format::kText);
      page += samples[one.id].text;
    }
    samples_ = test::parse_page(page);
    words_ = describe(state_, summary, {}, quorum_, at(40));
  }

  Case case_;
  replication::ReplicationState state_;
  quorum::QuorumState quorum_;
  std::map<std::string, std::string> samples_;
  HealthSummary words_;
};

using Value = std::optional<std::string>;

TEST(HealthClaims, CountsOfIllPartitionsAreZeroOnlyIfAllIsKnownAndNotOldNews) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    const bool has_leader = one.leader == LeaderIs::kLeader || one.leader == LeaderIs::kNoListener;
    const bool counts_ill = one.ill && has_leader;
    const bool may_claim = has_leader && !shown.is_lost();
    const Value alarm = counts_ill ? Value{"1"} : may_claim ? Value{"0"} : std::nullopt;
    const Value never = may_claim ? Value{"0"} : std::nullopt;
    for (const auto* family : {"under_replicated", "under_min_isr", "last_replica"})
      EXPECT_EQ(shown.value("kafka_cluster_" + std::string(family) + "_partitions"), alarm)
          << family;
    for (const auto* family : {"offline", "reassigning"})
      EXPECT_EQ(shown.value("kafka_cluster_" + std::string(family) + "_partitions"), never)
          << family;
  }
}

TEST(HealthClaims, TheSameByTopic) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    const auto of = [&](const char* family, const char* topic) {
      return shown.value("kafka_topic_" + std::string(family) + "{topic=\"" + topic + "\"}");
    };
    const bool has_leader = one.leader == LeaderIs::kLeader ||
                            one.leader == LeaderIs::kNoListener || one.leader == LeaderIs::kNever;
    const bool counts_ill = one.ill && has_leader && one.leader != LeaderIs::kNever;
    const bool may_claim = has_leader && !shown.is_lost();
    EXPECT_EQ(of("under_replicated_partitions", "orders"), counts_ill  ? Value{"1"}
                                                           : may_claim ? Value{"0"}
                                                                       : std::nullopt);
    EXPECT_EQ(of("offline_partitions", "orders"), may_claim ? Value{"0"} : std::nullopt);
    EXPECT_EQ(of("offline_partitions", "refused"), std::nullopt);
    if (const auto records = of("at_risk_records", "orders"); records == "0") {
      EXPECT_TRUE(may_claim);
    }
  }
}

TEST(HealthClaims, CountsAreWhatMetadataHasOrAbsent) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    EXPECT_EQ(shown.value("kafka_topic_partitions{topic=\"orders\"}"),
              one.leader == LeaderIs::kNever ? "1" : "2");
    EXPECT_EQ(shown.value("kafka_cluster_partitions"), "2") << "whatever is known of their leaders";
    EXPECT_EQ(shown.value("kafka_topic_replication_factor{topic=\"orders\"}"), "2");
    EXPECT_EQ(shown.value("kafka_broker_replicas{broker=\"1\"}"), "2");
    EXPECT_EQ(shown.value("kafka_brokers"), shown.is_lost() ? std::nullopt : Value{"2"});
  }
}

TEST(HealthClaims, ABrokerIsUpOnlyWhileAControllerIsNotKnownToBeGone) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    for (const auto* broker : {"1", "2"})
      EXPECT_EQ(shown.value("kafka_broker_up{broker=\"" + std::string(broker) + "\"}"),
                shown.is_lost() ? std::nullopt : Value{"1"});
    EXPECT_EQ(shown.value("kafka_broker_reachable{broker=\"2\"}"),
              one.reachable ? Value{*one.reachable ? "1" : "0"} : std::nullopt);
    EXPECT_EQ(shown.value("kafka_broker_reachable{broker=\"1\"}"), std::nullopt);
  }
}

TEST(HealthClaims, NobodyMayStopABrokerUnlessAllIsKnownAndConfirmed) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    // Of two replicas, with min.insync.replicas 2, none can be missed.
    for (const auto* broker : {"1", "2"}) {
      const auto blocked = shown.value("kafka_broker_stop_blocked_partitions{broker=\"" +
                                       std::string(broker) + "\"}");
      EXPECT_NE(blocked, "0");
    }
  }
}

TEST(HealthClaims, APartitionsSeriesClaimNothingThatIsOldNews) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    const auto of = [&](const char* family, int partition) {
      return shown.value("kafka_topic_partition_" + std::string(family) +
                         "{topic=\"orders\",partition=\"" + std::to_string(partition) + "\"}");
    };
    EXPECT_EQ(of("leader", 0), shown.is_lost() ? std::nullopt : Value{"1"});
    EXPECT_EQ(of("leader_is_preferred", 0), shown.is_lost() ? std::nullopt : Value{"1"});
    EXPECT_EQ(of("in_sync_replica", 0), shown.is_lost() ? std::nullopt : Value{"2"});
    EXPECT_EQ(of("under_replicated_partition", 0), shown.is_lost() ? std::nullopt : Value{"0"});
    EXPECT_EQ(of("current_offset", 0), "5") << "its leader says so itself";
    EXPECT_EQ(of("replicas", 0), "2");
    EXPECT_EQ(of("leader", 1),
              one.leader == LeaderIs::kLeader && !shown.is_lost() ? Value{"1"} : std::nullopt);
    const bool has_leader = one.leader == LeaderIs::kLeader || one.leader == LeaderIs::kNoListener;
    EXPECT_EQ(of("in_sync_replica", 1), !has_leader || (shown.is_lost() && !one.ill)
                                            ? std::nullopt
                                            : Value{one.ill ? "1" : "2"});
  }
}

TEST(HealthClaims, TheControllerAndWhetherAnybodyConfirms) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    Value up;
    if (one.controller == ControllerAnswer::kAnswered ||
        one.controller == ControllerAnswer::kRefused)
      up = "1";
    if (one.controller == ControllerAnswer::kNone) up = "0";
    EXPECT_EQ(shown.value("kafka_controller_up"), up);
    const bool answered = one.controller == ControllerAnswer::kAnswered;
    EXPECT_EQ(shown.value("kafka_controller_id"), answered ? Value{"101"} : std::nullopt);
    EXPECT_EQ(shown.value("kafka_controller_voters"), answered ? Value{"3"} : std::nullopt);
    EXPECT_EQ(shown.value("kafka_broker_metadata_lag_seconds{broker=\"1\"}"),
              answered ? Value{"0"} : std::nullopt);
    // Two brokers that repeat the same old news confirm nothing.
    Value confirmed = "0";
    if (one.confirmation == Confirmation::kPossible)
      confirmed = one.controller == ControllerAnswer::kNone ? std::nullopt : Value{"1"};
    EXPECT_EQ(shown.value("kafka_cluster_confirmed"), confirmed);
  }
}

TEST(HealthClaims, ThePageSaysSoAndIsNotGreen) {
  for (const auto& one : all_cases()) {
    SCOPED_TRACE(name_of(one));
    const Shown shown{one};
    const bool is_well =
        !shown.is_lost() && one.confirmation == Confirmation::kPossible && one.reachable != false &&
        (one.leader == LeaderIs::kLeader || one.leader == LeaderIs::kNoListener) && !one.ill;
    const auto& sentences = shown.words().sentences;
    EXPECT_EQ(std::ranges::find(sentences, "Every replica is in sync.") != sentences.end(),
              is_well);
    if (shown.is_lost() || one.confirmation != Confirmation::kPossible || one.reachable == false) {
      EXPECT_TRUE(shown.words().needs_attention);
    }
  }
}

}  // namespace
}  // namespace kie::exposition
