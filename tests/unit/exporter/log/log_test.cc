#include "exporter/log/log.h"

#include <re2/re2.h>

namespace kie {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class LogTest : public testing::Test {
 protected:
  ~LogTest() override { set_log({.level = config::LogLevel::kInfo}); }

  template <class Do>
  static std::string logged(Do action) {
    testing::internal::CaptureStderr();
    action();
    return testing::internal::GetCapturedStderr();
  }
};

TEST(LogfmtValue, PlainWordsStayAsTheyAre) {
  for (const auto* word : {"orders", "1,2,3", "kafka-1:9092", "a/b.c", "2->none", "{}"})
    EXPECT_EQ(logfmt_value(word), word);
}

TEST(LogfmtValue, WhatWouldEndAValueIsQuoted) {
  EXPECT_EQ(logfmt_value(""), R"("")");
  EXPECT_EQ(logfmt_value("two words"), R"("two words")");
  EXPECT_EQ(logfmt_value("a=b"), R"("a=b")");
  EXPECT_EQ(logfmt_value(R"(say "x")"), R"("say \"x\"")");
  EXPECT_EQ(logfmt_value(R"(a\b)"), R"("a\\b")");
}

TEST(LogfmtValue, Utf8StaysReadable) {
  EXPECT_THAT(logfmt_value("Übergröße 注文"), HasSubstr("Übergröße 注文"));
}

TEST(LogfmtValue, NothingBreaksTheLineOrTheTerminal) {
  EXPECT_EQ(logfmt_value("a\nb"), R"("a\nb")");
  EXPECT_EQ(logfmt_value("a\rb\tc"), R"("a\x0db\x09c")");
  EXPECT_EQ(logfmt_value("\x1b[31m"), R"("\x1b[31m")");
  EXPECT_EQ(logfmt_value("\x7f"), R"("\x7f")");
  EXPECT_EQ(logfmt_value(std::string("a\0b", 3)), R"("a\x00b")");
}

TEST_F(LogTest, ALineHasTimeLevelMessageAndFields) {
  const auto line =
      logged([] { log_info("serving metrics", {{"address", ":10033"}, {"n", "1 2"}}); });
  EXPECT_TRUE(re2::RE2::FullMatch(line, R"(ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info )"
                                        R"(msg="serving metrics" address=:10033 n="1 2"\n)"))
      << line;
}

TEST_F(LogTest, AFieldWithoutAValueIsLeftOut) {
  EXPECT_THAT(logged([] { log_warn("x", {{"cluster", ""}, {"error", "e"}}); }),
              HasSubstr("level=warn msg=x error=e\n"));
}

TEST_F(LogTest, ALevelHidesWhatIsBelowIt) {
  set_log({.level = config::LogLevel::kWarn});
  EXPECT_THAT(logged([] {
                log_debug("d");
                log_info("i");
              }),
              IsEmpty());
  EXPECT_THAT(logged([] { log_warn("w"); }), HasSubstr("level=warn msg=w"));
  EXPECT_THAT(logged([] { log_error("e"); }), HasSubstr("level=error msg=e"));
  set_log({.level = config::LogLevel::kDebug});
  EXPECT_THAT(logged([] { log_debug("d"); }), HasSubstr("level=debug msg=d"));
}

TEST_F(LogTest, BracesAreNoFormat) {
  EXPECT_THAT(logged([] { log_info("{} {0}", {{"a", "{}"}}); }), HasSubstr(R"(msg="{} {0}" a={})"));
}

TEST_F(LogTest, ALineOfJsonHasTimeLevelMessageAndFields) {
  set_log({.format = config::LogFormat::kJson});
  const auto line = logged([] {
    log_info("two words", {{"address", ":10033"}, {"nothing", ""}, {"quoted", "a\"b\n\x1b"}});
  });
  EXPECT_TRUE(re2::RE2::FullMatch(
      line, R"re(\{"ts":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","level":"info",)re"
            R"re("msg":"two words","address":":10033","quoted":"a\\"b\\n\\u001b"\}\n)re"))
      << line;
}

TEST_F(LogTest, WhatIsNotUtf8IsStillALineOfJson) {
  set_log({.format = config::LogFormat::kJson});
  EXPECT_THAT(logged([] {
                log_warn("x", {{"sent",
                                "a\xff"
                                "b"}});
              }),
              HasSubstr("\"sent\":\"a\ufffd"
                        "b\"}\n"));
}

}  // namespace
}  // namespace kie
