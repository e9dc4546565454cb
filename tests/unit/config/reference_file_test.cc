#include "collectors/kafka/client.h"
#include "tests/unit/config/loading.h"

#include <re2/re2.h>

#include <fstream>
#include <set>
#include <sstream>

namespace kie::config {
namespace {

using test::Load;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

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

  /// Whether the line has no default that it could show.
  static bool is_example(std::string_view line) {
    for (const auto* key :
         {"exempt ", "expected_brokers ", "name ", "producer_idle_gap ", "token_file "})
      if (line.starts_with(key)) return true;
    return false;
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

  /// The sections and keys that the reference shows: "web", "web.listen_address".
  std::set<std::string> shown() const {
    static const re2::RE2 kSection{R"(\[+([a-z.]+)\]+)"};
    static const re2::RE2 kKey{R"re(^"?([a-z_.]+)"? = )re"};
    std::set<std::string> found;
    std::string section;
    std::string key;
    for (const auto& line : lines) {
      if (re2::RE2::FullMatch(line, kSection, &section)) {
        found.insert(section);
      } else if (re2::RE2::PartialMatch(uncommented(line).value_or(line), kKey, &key)) {
        found.insert(section + "." + key);
      }
    }
    return found;
  }

  /// Those that the loader knows: it lists them beside a key that is like none of them.
  std::set<std::string> known() const {
    static const re2::RE2 kList{R"re(unknown key "([a-z.]*)zz"; known here: (.*))re"};
    std::set<std::string> found;
    std::string section;
    std::string list;
    for (const auto& problem : problems("zz = 1\n[web]\nzz = 1\n[log]\nzz = 1\n[history]\nzz = 1\n"
                                        "[ingest]\nzz = 1\n[risk]\nzz = 1\n[[cluster]]\nzz = 1\n"))
      if (re2::RE2::PartialMatch(problem, kList, &section, &list)) {
        std::istringstream words{list};
        for (std::string key; words >> key;) found.insert(section + key);
      }
    return found;
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
  const auto keys = known();
  EXPECT_GE(keys.size(), 40U);
  EXPECT_THAT(keys, testing::IsSubsetOf(shown()));
  EXPECT_THAT(shown(), Contains(AllOf(StartsWith("cluster.librdkafka."), EndsWith("_file"))));
  for (const auto* key : {"{rule = ", ", name = ", ", reason = "})
    EXPECT_THAT(join(lines), HasSubstr(key)) << "of risk.exempt";
}

TEST_F(ReferenceFile, ShowsTheDefaultsThatAreInForce) {
  const auto as_is = good(join(lines));
  auto changed = lines;
  bool properties_below = false;
  for (auto& line : changed) {
    properties_below = properties_below || line.find("[cluster.librdkafka]") == 0;
    const auto active = uncommented(line);
    if (!active || properties_below || is_example(*active)) continue;
    line = *active;
  }
  const auto as_shown = good(join(changed));
  EXPECT_EQ(as_shown.web, as_is.web);
  EXPECT_EQ(as_shown.log.level, as_is.log.level);
  EXPECT_EQ(as_shown.log.format, as_is.log.format);
  EXPECT_EQ(as_shown.history, as_is.history);
  EXPECT_EQ(as_shown.ingest, as_is.ingest);
  EXPECT_EQ(as_shown.risk, as_is.risk);
  const auto& a = as_shown.clusters.at(0);
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
