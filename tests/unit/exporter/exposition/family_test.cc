#include "exporter/exposition/family.h"

#include "exporter/exposition/reference.h"

#include <map>
#include <set>
#include <sstream>

namespace kie::exposition {
namespace {

using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::vector<std::string> words_of(std::string_view text, char separator) {
  std::vector<std::string> words;
  std::istringstream stream{std::string{text}};
  for (std::string word; std::getline(stream, word, separator);) words.push_back(word);
  return words;
}

std::vector<std::string> names() {
  std::vector<std::string> result;
  for (const auto& one : families()) result.emplace_back(one.name);
  return result;
}

// The rules of promtool's linter (promlint).

TEST(Families, CountersAndOnlyTheyEndWithTotal) {
  for (const auto& one : families())
    EXPECT_EQ(one.name.ends_with("_total"), one.type == Type::kCounter) << one.name;
}

// OpenMetrics names a counter's family without _total, and lets it have a sample with _created.
TEST(Families, AreNotNamedLikeACounterInOpenMetrics) {
  const auto all = names();
  for (const auto& one : families()) {
    if (one.type != Type::kCounter) continue;
    const std::string counter{one.name.substr(0, one.name.rfind("_total"))};
    EXPECT_THAT(all, Not(testing::Contains(AnyOf(counter, counter + "_created")))) << one.name;
  }
}

TEST(Families, HaveHelpThatIsASentence) {
  for (const auto& one : families()) {
    EXPECT_THAT(std::string{one.help}, EndsWith(".")) << one.name;
    EXPECT_THAT(std::string{one.help}, Not(AnyOf(HasSubstr("\n"), HasSubstr("\\")))) << one.name;
  }
}

TEST(Families, HaveNamesInSnakeCaseOfTheirNamespace) {
  for (const auto& name : names()) EXPECT_THAT(name, MatchesRegex("(kafka|process)(_[a-z0-9]+)+"));
}

TEST(Families, DoNotEndLikePartsOfHistogramsAndSummaries) {
  for (const auto& name : names())
    EXPECT_THAT(name, Not(AnyOf(EndsWith("_count"), EndsWith("_sum"), EndsWith("_bucket"))));
}

TEST(Families, DoNotNameTheirType) {
  for (const auto& name : names())
    for (const auto& word : words_of(name, '_'))
      EXPECT_THAT(word, Not(AnyOf("counter", "gauge", "histogram", "summary"))) << name;
}

TEST(Families, AreInBaseUnits) {
  const std::set<std::string> wrong{
      "milliseconds", "ms",        "microseconds", "us",      "nanoseconds", "ns",
      "minutes",      "minute",    "hours",        "days",    "kilobytes",   "kb",
      "megabytes",    "mb",        "bits",         "percent", "percentage",  "celsius_degrees",
      "grams",        "kibibytes", "mebibytes"};
  for (const auto& name : names())
    for (const auto& word : words_of(name, '_')) EXPECT_FALSE(wrong.contains(word)) << name;
}

TEST(Families, AUnitIsTheLastWord) {
  for (const auto& name : names()) {
    auto words = words_of(name, '_');
    // A limit is in the unit of what it limits.
    if (words.back() == "total" || words.back() == "limit") words.pop_back();
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      EXPECT_NE(words[i], "seconds") << name;
      // page_bytes{encoding} and the like end with it.
      EXPECT_NE(words[i], "bytes") << name;
    }
  }
}

TEST(Families, HaveLabelsThatAreNamesAndEachOnce) {
  for (const auto& one : families()) {
    std::set<std::string> seen;
    for (const auto& label : words_of(one.labels, ',')) {
      EXPECT_THAT(label, MatchesRegex("[a-z]+(_[a-z]+)*")) << one.name;
      EXPECT_TRUE(seen.insert(label).second) << one.name << " has " << label << " twice";
      EXPECT_NE(label, "kafka_cluster") << "it is added to all that are about a cluster";
      EXPECT_EQ(one.name.find("_by_" + label), std::string_view::npos) << one.name;
    }
  }
}

TEST(Families, HaveASeriesForEachOfWhatTheirLabelsName) {
  const std::map<std::string_view, SeriesPer> pers{{"", SeriesPer::kPerCluster},
                                                   {"broker", SeriesPer::kPerBroker},
                                                   {"id,address", SeriesPer::kPerBroker},
                                                   {"broker,rack", SeriesPer::kPerBroker},
                                                   {"id", SeriesPer::kPerVoter},
                                                   {"topic", SeriesPer::kPerTopic},
                                                   {"topic,acks", SeriesPer::kPerTopicAndAcks},
                                                   {"topic,partition", SeriesPer::kPerPartition}};
  for (const auto& one : families()) {
    if (one.writer != FamilyWriter::kCluster) continue;
    const auto found = pers.find(one.labels);
    EXPECT_EQ(one.per, found == pers.end() ? SeriesPer::kPerValue : found->second) << one.name;
  }
}

TEST(Families, OfEventsDoNotGoStale) {
  for (const auto& one : families()) {
    if (one.writer != FamilyWriter::kCluster) continue;
    const bool is_counter = one.type == Type::kCounter,
               is_window = one.name.ends_with("_last_hour");
    if (!is_counter && !is_window) continue;
    EXPECT_EQ(one.lifetime, is_window ? Lifetime::kWindow : Lifetime::kLasting) << one.name;
  }
}

TEST(Families, AreEachDeclaredOnce) {
  const auto all = names();
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), all.size());
  EXPECT_EQ(all.size(), kFamilyCount);
}

TEST(Families, AreFoundByTheirId) {
  for (const auto& one : families()) EXPECT_EQ(&family(one.id), &one);
}

TEST(Families, OfTheExporterAndTheProcessAreItsOwn) {
  // What a cluster leaves out is counted while it is written.
  for (const auto& one : families()) {
    if (one.id == FamilyId::kSeriesLeftOut) continue;
    EXPECT_EQ(one.writer == FamilyWriter::kSelf,
              one.name.starts_with("kafka_isr_exporter_") || one.name.starts_with("process_"))
        << one.name;
  }
}

TEST(Families, HaveTheNamesOfKafkaExporter) {
  const auto all = names();
  for (const auto* name :
       {"kafka_brokers", "kafka_broker_info", "kafka_topic_partitions",
        "kafka_topic_partition_current_offset", "kafka_topic_partition_oldest_offset",
        "kafka_topic_partition_leader", "kafka_topic_partition_leader_is_preferred",
        "kafka_topic_partition_replicas", "kafka_topic_partition_in_sync_replica",
        "kafka_topic_partition_under_replicated_partition"})
    EXPECT_THAT(all, testing::Contains(name));
}

TEST(MetricsReference, IsATableWithARowForEachFamily) {
  const auto rows = words_of(metrics_reference(), '\n');
  ASSERT_EQ(rows.size(), kFamilyCount + 2);
  EXPECT_EQ(rows[0], "| name | type | labels | meaning |");
  EXPECT_EQ(rows[1], "| --- | --- | --- | --- |");
  for (std::size_t i = 0; i < kFamilyCount; ++i) {
    EXPECT_THAT(rows[i + 2], testing::StartsWith("| `" + std::string{families()[i].name} + "` | "));
    EXPECT_EQ(std::count(rows[i + 2].begin(), rows[i + 2].end(), '|'), 5) << rows[i + 2];
  }
  EXPECT_THAT(rows,
              testing::Contains("| `kafka_expected_brokers` | gauge |  | expected_brokers of the "
                                "configuration; absent if not set. |"));
}

}  // namespace
}  // namespace kie::exposition
