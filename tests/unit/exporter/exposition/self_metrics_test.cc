#include "exporter/exposition/self_metrics.h"

#include "tests/unit/exporter/exposition/exposition_text.h"

namespace kie::exposition {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

class SelfMetricsTest : public testing::Test {
 protected:
  std::string text(Format format = Format::kText) {
    std::string out;
    append_self_metrics(out, self.collect(), format);
    return out;
  }

  std::map<std::string, std::string> samples() {
    std::string out;
    const auto series = append_self_metrics(out, self.collect(), Format::kText);
    auto parsed = test::parse_page(out);
    EXPECT_EQ(parsed.size(), series);
    return parsed;
  }

  double value(const std::string& series) { return std::stod(samples().at(series)); }

  SelfMetrics self{"1.2.3", "abcdef", "2.8.0"};
};

TEST_F(SelfMetricsTest, SayWhatRuns) {
  EXPECT_THAT(text(), HasSubstr("# TYPE kafka_isr_exporter_build_info gauge\n"));
  for (const auto* label : {R"(version="1.2.3")", R"(revision="abcdef")", R"(librdkafka="2.8.0")"})
    EXPECT_THAT(text(), HasSubstr(label));
}

TEST_F(SelfMetricsTest, FamiliesWithoutSeriesAreLeftOut) {
  EXPECT_THAT(samples(), Not(Contains(Key(HasSubstr("collector_success")))));
  EXPECT_THAT(text(), Not(HasSubstr("collector_success")));
}

TEST_F(SelfMetricsTest, ASeriesIsBornWithZero) {
  self.counter(FamilyId::kPolls);
  self.gauge(FamilyId::kCollectorSuccess, {{"collector", "metadata"}});
  EXPECT_THAT(samples(), Contains(Pair("kafka_isr_exporter_polls_total", "0")));
  EXPECT_THAT(samples(),
              Contains(Pair(R"(kafka_isr_exporter_collector_success{collector="metadata"})", "0")));
}

TEST_F(SelfMetricsTest, TheSameLabelsAreTheSameSeries) {
  self.counter(FamilyId::kPolls, {{"kafka_cluster", "a"}}).Increment();
  self.counter(FamilyId::kPolls, {{"kafka_cluster", "a"}}).Increment();
  self.counter(FamilyId::kPolls, {{"kafka_cluster", "b"}}).Increment();
  EXPECT_THAT(samples(),
              Contains(Pair(R"(kafka_isr_exporter_polls_total{kafka_cluster="a"})", "2")));
  EXPECT_THAT(samples(),
              Contains(Pair(R"(kafka_isr_exporter_polls_total{kafka_cluster="b"})", "1")));
}

TEST_F(SelfMetricsTest, WhatIsSaidOfOneClusterGoesWithIt) {
  for (const std::map<std::string, std::string>& cluster :
       {std::map<std::string, std::string>{}, {{"kafka_cluster", "a"}}, {{"kafka_cluster", "b"}}}) {
    self.counter(FamilyId::kPolls, cluster);
    auto labels = cluster;
    labels.emplace("collector", "metadata");
    self.gauge(FamilyId::kCollectorLastSuccess, labels);
  }
  self.counter(FamilyId::kScrapes);
  const auto all = samples();
  const auto left = [&] {
    std::vector<std::string> series;
    for (const auto& [one, value] : samples())
      if (one.find("polls") != one.npos || one.find("collector") != one.npos) series.push_back(one);
    return series;
  };
  constexpr const char* kTime = "kafka_isr_exporter_collector_last_success_timestamp_seconds";
  const std::vector<std::string> without_name{std::string(kTime) + R"({collector="metadata"})",
                                              "kafka_isr_exporter_polls_total"};
  const std::vector<std::string> b{
      std::string(kTime) + R"({collector="metadata",kafka_cluster="b"})",
      R"(kafka_isr_exporter_polls_total{kafka_cluster="b"})"};
  self.remove_cluster("a");
  EXPECT_THAT(left(), testing::UnorderedElementsAre(without_name[0], without_name[1], b[0], b[1]));
  self.remove_cluster("");
  EXPECT_THAT(left(), testing::UnorderedElementsAreArray(b));
  EXPECT_THAT(samples(), Contains(Key("kafka_isr_exporter_scrapes_total")));
  EXPECT_EQ(samples().size(), all.size() - 4);
}

TEST_F(SelfMetricsTest, LabelsAreEscaped) {
  self.counter(FamilyId::kPolls, {{"kafka_cluster", "a\"b\\c\nd"}});
  EXPECT_THAT(samples(),
              Contains(Key(R"(kafka_isr_exporter_polls_total{kafka_cluster="a\"b\\c\nd"})")));
}

TEST_F(SelfMetricsTest, FamiliesAreInTheOrderOfTheTable) {
  self.counter(FamilyId::kPolls);
  const auto out = text();
  EXPECT_LT(out.find("kafka_isr_exporter_build_info"), out.find("kafka_isr_exporter_polls_total"));
  EXPECT_LT(out.find("kafka_isr_exporter_polls_total"), out.find("process_cpu_seconds_total"));
  EXPECT_LT(out.find("process_cpu_seconds_total"), out.find("process_resident_memory_bytes"));
}

TEST_F(SelfMetricsTest, AreInBothFormats) {
  self.counter(FamilyId::kPolls, {{"kafka_cluster", "a"}}).Increment(3);
  const auto collected = self.collect();
  std::string plain;
  std::string openmetrics;
  EXPECT_EQ(append_self_metrics(plain, collected, Format::kText),
            append_self_metrics(openmetrics, collected, Format::kOpenMetrics));
  EXPECT_EQ(test::parse_page(plain), test::parse_page(openmetrics, Format::kOpenMetrics));
  EXPECT_THAT(openmetrics, HasSubstr("# TYPE kafka_isr_exporter_polls counter\n"
                                     "kafka_isr_exporter_polls_total{kafka_cluster=\"a\"} 3\n"));
}

TEST_F(SelfMetricsTest, TheProcessIsThis) {
  EXPECT_GT(value("process_resident_memory_bytes"), 1e6);
  EXPECT_GE(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
  EXPECT_GE(value("process_threads"), 1);
  EXPECT_GE(value("process_open_fds"), 3);
  EXPECT_GE(value("process_max_fds"), value("process_open_fds"));
  EXPECT_GE(value("process_cpu_seconds_total"), 0);
  const double now = unix_seconds(std::chrono::system_clock::now());
  EXPECT_NEAR(value("process_start_time_seconds"), now, 3600);
}

TEST_F(SelfMetricsTest, CpuTimeNeverFalls) {
  double last = 0;
  for (int i = 0; i < 20; ++i) {
    const double cpu = value("process_cpu_seconds_total");
    EXPECT_GE(cpu, last);
    last = cpu;
  }
}

TEST(UnixSeconds, HaveFractions) {
  EXPECT_DOUBLE_EQ(
      unix_seconds(std::chrono::system_clock::time_point{std::chrono::milliseconds{1'500}}), 1.5);
}

}  // namespace
}  // namespace kie::exposition
