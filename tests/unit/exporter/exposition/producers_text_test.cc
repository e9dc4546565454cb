#include "exporter/exposition/producers_text.h"

#include "collectors/producers/advance.h"
#include "collectors/producers/errors.h"
#include "collectors/producers/forget.h"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace kie::exposition {
namespace {

using producers::Statistics;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ProducersText : public testing::Test {
 protected:
  static Statistics document(const std::string& name, const std::string& state = "Assigned") {
    Statistics one;
    one.name = name;
    one.client_id = "shop";
    one.age = 5;
    one.ts = 7;
    one.messages = 7;
    one.messages_limit = 100;
    one.transmitted_bytes = 9;
    one.idempotence = producers::IdempotenceState{state, "Init", 1, 0};
    return one;
  }

  void take(const Statistics& one) { ASSERT_TRUE(producers::advance(state, one, {}, now, {})); }

  std::vector<std::string> samples() {
    ClusterSamples samples;
    render(state, risks, now, samples);
    std::vector<std::string> lines;
    for (const auto& one : families()) {
      std::istringstream text{samples[one.id].text};
      std::size_t count = 0;
      for (std::string line; std::getline(text, line); ++count) lines.push_back(line);
      EXPECT_EQ(count, samples[one.id].series) << one.name;
    }
    return lines;
  }

  producers::ProducersState state;
  std::vector<risk::Finding> risks;
  producers::Instant now{std::chrono::hours{9}};
};

TEST_F(ProducersText, TheFullestQueueCountsAndOnesWithoutALimitDoNot) {
  auto full = document("p1");
  full.messages = 90;
  full.bytes = 10;
  full.bytes_limit = 1000;
  take(full);
  auto empty = document("p2");
  empty.messages = 0;
  empty.bytes_limit = 1000;
  take(empty);
  const auto has = [&](const char* sample) { return Contains(std::string{sample}); };
  EXPECT_THAT(samples(), has(R"(kafka_producer_queue_ratio{client_id="shop"} 0.9)"));
  EXPECT_THAT(samples(), has(R"(kafka_producer_queue_messages_limit{client_id="shop"} 200)"));

  auto unlimited = document("p3");
  unlimited.messages = 5000;
  unlimited.messages_limit = 0;
  unlimited.bytes_limit = 1000;
  take(unlimited);
  EXPECT_THAT(samples(), has(R"(kafka_producer_queue_messages{client_id="shop"} 5090)"));
  EXPECT_THAT(samples(), has(R"(kafka_producer_queue_messages_limit{client_id="shop"} 200)"));
  EXPECT_THAT(samples(), has(R"(kafka_producer_queue_ratio{client_id="shop"} 0.9)"));
}

TEST_F(ProducersText, RisksAreShownUnlessTheyAreExempt) {
  risks.resize(2);
  risks[0].rule = risks[1].rule = risk::RuleId::kAcksNotAll;
  risks[0].severity = risks[1].severity = risk::Severity::kCritical;
  risks[0].name = "shop";
  risks[1].name = "metrics";
  risks[1].exemption = "may be lost";
  const auto lines = samples();
  EXPECT_THAT(lines, Contains("kafka_config_risk{scope=\"producer\",name=\"shop\",rule="
                              "\"acks_not_all\",severity=\"critical\"} 1"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("metrics"))));
  EXPECT_THAT(lines, Contains("kafka_config_risks{scope=\"producer\",rule=\"acks_not_all\","
                              "severity=\"critical\"} 1"));
  EXPECT_THAT(lines, Contains("kafka_config_risks{scope=\"producer\",rule=\"retries_low\","
                              "severity=\"warning\"} 0"));
}

TEST_F(ProducersText, FatalErrorsAreThereBeforeThereIsAProducer) {
  const auto lines = samples();
  EXPECT_EQ(std::ranges::count_if(
                lines, [](const auto& line) { return line.starts_with("kafka_producer_"); }),
            std::ssize(producers::fatal_errors()));
  EXPECT_THAT(
      lines,
      Contains(R"(kafka_producer_fatal_errors_last_hour{error="OUT_OF_ORDER_SEQUENCE_NUMBER"} 0)"));
}

TEST_F(ProducersText, InstancesOfAClientAreShownTogether) {
  take(document("shop#producer-1"));
  take(document("shop#producer-2", "DrainBump"));
  take(document("shop#producer-3", "WaitPID"));
  const auto lines = samples();
  for (const auto* line :
       {R"(kafka_producer_instances{client_id="shop"} 3)",
        R"(kafka_producer_queue_messages{client_id="shop"} 21)",
        R"(kafka_producer_queue_messages_limit{client_id="shop"} 300)",
        R"(kafka_producer_transmitted_bytes_total{client_id="shop"} 27)",
        R"(kafka_producer_idempotence_state{client_id="shop",state="DrainBump"} 1)",
        R"(kafka_producer_transaction_state{client_id="shop",state="Init"} 1)"})
    EXPECT_THAT(lines, Contains(line));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("Assigned")))) << "the worst state alone";
  EXPECT_LT(std::ranges::count_if(lines,
                                  [](const auto& line) {
                                    return line.find("client_id=\"shop\"") != std::string::npos;
                                  }),
            25);
}

TEST_F(ProducersText, AStateThatIsNotKnownIsOther) {
  take(document("shop#producer-1", "Dreaming"));
  EXPECT_THAT(samples(),
              Contains(R"(kafka_producer_idempotence_state{client_id="shop",state="other"} 1)"));
}

TEST_F(ProducersText, OfAClientThatIsGoneOnlyWhatWasCountedStays) {
  auto dead = document("shop#producer-1", "FatalError");
  dead.fatal = producers::Fatal{"Broker: Unknown Producer Id", ""};
  take(dead);
  now += std::chrono::minutes{5};
  producers::forget(state, now);
  const auto lines = samples();
  EXPECT_THAT(lines, Contains(R"(kafka_producer_instances{client_id="shop"} 0)"));
  EXPECT_THAT(
      lines,
      Contains(
          R"(kafka_producer_fatal_errors_total{client_id="shop",error="UNKNOWN_PRODUCER_ID"} 1)"));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("kafka_producer_queue_messages{"))));
  EXPECT_THAT(lines, Not(Contains(HasSubstr("kafka_producer_idempotence_state"))));
}

TEST_F(ProducersText, FailuresHaveASeriesFromTheFirstOn) {
  take(document("shop#producer-1"));
  EXPECT_THAT(samples(), Not(Contains(HasSubstr("kafka_producer_delivery_failures_total{"))));
  producers::ProducerReport report;
  report.client_id = "shop";
  report.instance = "i-1";
  report.acknowledged = 12;
  report.failed = {{"_MSG_TIMED_OUT", producers::Persisted::kPossibly, 3},
                   {"_TRANSPORT", producers::Persisted::kPossibly, 0}};
  report.retried = 4;
  report.queue = producers::ReportedQueue{.bytes = 6, .bytes_limit = 60};
  ASSERT_TRUE(producers::advance(state, report, {}, now, {}));
  const auto lines = samples();
  for (
      const auto* line :
      {R"(kafka_producer_delivery_failures_total{client_id="shop",error="_MSG_TIMED_OUT",persisted="possibly"} 3)",
       R"(kafka_producer_acknowledged_records_total{client_id="shop"} 12)",
       R"(kafka_producer_retried_records_total{client_id="shop"} 4)",
       R"(kafka_producer_queue_bytes_limit{client_id="shop"} 60)",
       R"(kafka_producer_instances{client_id="shop"} 2)"})
    EXPECT_THAT(lines, Contains(line));
  EXPECT_EQ(
      std::ranges::count_if(lines,
                            [](const auto& line) {
                              return line.starts_with("kafka_producer_delivery_failures_total{");
                            }),
      1)
      << "errors that never happened have no series";
}

TEST_F(ProducersText, WhatNobodyCountsIsAbsent) {
  take(document("shop#producer-1"));
  EXPECT_THAT(samples(), Not(Contains(HasSubstr("kafka_producer_acknowledged_records_total"))));
  EXPECT_THAT(samples(), Not(Contains(HasSubstr("kafka_producer_retried_records_total"))));
  EXPECT_THAT(samples(), Not(Contains(HasSubstr("kafka_producer_round_trip_seconds"))));
}

}  // namespace
}  // namespace kie::exposition
