#include "collectors/kafka/client.h"
#include "tests/unit/config/loading.h"

#include <re2/re2.h>

#include <fstream>

namespace kie::config {
namespace {

using test::Load;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

/// The commented configuration that is delivered.
class ReferenceFile : public Load {
 protected:
  void SetUp() override {
    load_context.check_property = kafka::check_property;
    std::ifstream file{std::string{KIE_SOURCE_DIR} + "/config/kafka-isr-exporter.toml"};
    ASSERT_TRUE(file) << "config/kafka-isr-exporter.toml is not there";
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    ASSERT_FALSE(lines.empty());
  }

  static std::string join(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
  }

  /// A commented-out `key = value` line, and the key itself; comments in words are no such lines.
  static std::optional<std::string> uncommented(const std::string& line) {
    static const re2::RE2 kLine{R"(\s*#\s?((?:[a-z_]+|"[a-z._]+")(?:\.[a-z_]+)* = \S.*))"};
    std::string active;
    if (!re2::RE2::FullMatch(line, kLine, &active)) return std::nullopt;
    return active;
  }

  std::vector<std::string> lines;
};

TEST_F(ReferenceFile, LoadsAsItIs) { EXPECT_THAT(problems(join(lines)), IsEmpty()); }

TEST_F(ReferenceFile, LoadsWithEachLineUncommentedAlone) {
  int found = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto line = uncommented(lines[i]);
    if (!line) continue;
    ++found;
    auto changed = lines;
    changed[i] = *line;
    // What the example's machine has and this one has not is no mistake of the reference.
    EXPECT_THAT(problems(join(changed)),
                Each(testing::AnyOf(HasSubstr("is not set"), HasSubstr("cannot read"))))
        << "line " << i + 1;
  }
  EXPECT_GT(found, 10);
}

TEST_F(ReferenceFile, LoadsWithAllLinesUncommented) {
  auto changed = lines;
  for (auto& line : changed)
    if (const auto active = uncommented(line)) line = *active;
  EXPECT_THAT(problems(join(changed)),
              Each(testing::AnyOf(HasSubstr("is not set"), HasSubstr("cannot read"),
                                  HasSubstr("given twice"))));
}

TEST_F(ReferenceFile, HasEveryKey) {
  const auto text = join(lines);
  for (const auto* key : {"[web]",
                          "listen_address",
                          "telemetry_path",
                          "max_connections",
                          "request_timeout",
                          "[log]",
                          "level",
                          "[[cluster]]",
                          "name",
                          "servers",
                          "poll_interval",
                          "config_interval",
                          "expected_brokers",
                          "topic_include",
                          "topic_exclude",
                          "enable_lifecycle",
                          "format",
                          "[history]",
                          "file",
                          "max_age",
                          "max_size",
                          "[risk]",
                          "min_producer_id_expiration",
                          "min_transactional_id_expiration",
                          "producer_idle_gap",
                          "max_lag_time",
                          "min_delivery_timeout",
                          "min_retry_time",
                          "max_new_producers",
                          "exempt",
                          "[ingest]",
                          "token_file",
                          "allow_anonymous",
                          "max_body",
                          "max_inflated",
                          "max_clients",
                          "max_instances",
                          "max_label",
                          "max_offsets",
                          "watch_interval",
                          "partition_metrics",
                          "compatible_metrics",
                          "max_series",
                          "[cluster.librdkafka]",
                          "_file"})
    EXPECT_THAT(text, HasSubstr(key));
}

TEST_F(ReferenceFile, ShowsTheDefaultsThatAreInForce) {
  const auto as_is = good(join(lines));
  auto changed = lines;
  bool properties_below = false;
  for (auto& line : changed) {
    properties_below = properties_below || line.find("[cluster.librdkafka]") == 0;
    const auto active = uncommented(line);
    // Examples, which have no default.
    if (!active || properties_below || active->starts_with("name") ||
        active->starts_with("expected_brokers") || active->starts_with("token_file"))
      continue;
    line = *active;
  }
  const auto shown = good(join(changed));
  EXPECT_EQ(shown.web, as_is.web);
  EXPECT_EQ(shown.log.level, as_is.log.level);
  EXPECT_EQ(shown.log.format, as_is.log.format);
  EXPECT_EQ(shown.history, as_is.history);
  EXPECT_EQ(shown.ingest, as_is.ingest);
  const auto& a = shown.clusters.at(0);
  const auto& b = as_is.clusters.at(0);
  EXPECT_EQ(a.poll_interval, b.poll_interval);
  EXPECT_EQ(a.watch_interval, b.watch_interval);
  EXPECT_EQ(a.request_timeout, b.request_timeout);
  EXPECT_EQ(a.config_interval, b.config_interval);
  EXPECT_EQ(a.partition_metrics, b.partition_metrics);
  EXPECT_EQ(a.compatible_metrics, b.compatible_metrics);
  EXPECT_EQ(a.max_series, b.max_series);
  EXPECT_TRUE(a.topics.matches("anything"));
}

}  // namespace
}  // namespace kie::config
