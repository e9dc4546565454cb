#include "exporter/exposition/text.h"

#include <cstdlib>
#include <limits>

namespace kie::exposition {
namespace {

std::string label_value(std::string_view value) {
  std::string out;
  append_label_value(out, value);
  return out;
}

template <class Number>
std::string number(Number value) {
  std::string out;
  append_number(out, value);
  return out;
}

std::string header(Type type, std::string_view name, std::string_view help, Format format) {
  std::string out;
  append_header(out,
                {FamilyId::kClusterUp, name, type, FamilyWriter::kCluster, SeriesPer::kPerCluster,
                 Lifetime::kLasting, "", help},
                format);
  return out;
}

TEST(LabelValue, PlainTextStaysAsItIs) {
  for (const auto* text : {"", "orders", "a b", "{}=,#'", "\t", "Übergröße 注文 🦊"})
    EXPECT_EQ(label_value(text), text);
}

TEST(LabelValue, BackslashQuoteAndLineFeedAreEscaped) {
  EXPECT_EQ(label_value(R"(a"b)"), R"(a\"b)");
  EXPECT_EQ(label_value(R"(a\b)"), R"(a\\b)");
  EXPECT_EQ(label_value("a\nb"), R"(a\nb)");
  EXPECT_EQ(label_value("\\n"), R"(\\n)");
  EXPECT_EQ(label_value("\"\\\n"), R"(\"\\\n)");
}

TEST(LabelValue, WhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(label_value("\xff"), "\uFFFD");
  EXPECT_EQ(label_value("a\xff\xfez"), "a\uFFFD\uFFFDz");
  EXPECT_EQ(label_value("\u00e9\xe9\u20ac\U0001f98a"), "\u00e9\uFFFD\u20ac\U0001f98a");
  EXPECT_EQ(label_value("cut off \xe2\x82"), "cut off \uFFFD\uFFFD");
  EXPECT_EQ(label_value("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "a surrogate";
  EXPECT_EQ(label_value("\xc0\xa2\"\n"), "\uFFFD\uFFFD\\\"\\n") << "a quote in two bytes";
}

TEST(LabelValue, WhatIsUtf8StaysWhereTheRestIsReplaced) {
  const std::string valid = "\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffff";
  EXPECT_EQ(label_value(valid), valid);
  EXPECT_EQ(label_value(valid + "\x80" + valid), valid + "\uFFFD" + valid);
}

TEST(Label, IsPrecededByACommaUnlessItIsTheFirst) {
  std::string out = "{";
  append_label(out, "topic", "orders");
  append_label(out, "partition", "0");
  EXPECT_EQ(out, R"({topic="orders",partition="0")");
}

TEST(Label, AValueThatEndsWithABraceIsNoBeginning) {
  std::string out = "{";
  append_label(out, "topic", "x{");
  append_label(out, "partition", "0");
  EXPECT_EQ(out, R"({topic="x{",partition="0")");
}

TEST(Number, IsWrittenInFull) {
  EXPECT_EQ(number(std::int64_t{0}), "0");
  EXPECT_EQ(number(std::int64_t{-1}), "-1");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::max()), "9223372036854775807");
  EXPECT_EQ(number(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(number(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
}

TEST(Number, AWholeOneHasNoExponentAndNoFraction) {
  EXPECT_EQ(number(0.0), "0");
  EXPECT_EQ(number(-3.0), "-3");
  EXPECT_EQ(number(100'000.0), "100000");
  EXPECT_EQ(number(52'428'800.0), "52428800");
  EXPECT_EQ(number(9007199254740992.0), "9007199254740992");
}

TEST(Number, CanBeReadBackWithoutLoss) {
  for (const double value :
       {0.1, 0.1 + 0.2, 1.0 / 3, 1764000000.123456, -2.5e-7, 1e16 + 2, 1.8446744073709552e19,
        std::numeric_limits<double>::max(), std::numeric_limits<double>::denorm_min()})
    EXPECT_EQ(std::strtod(number(value).c_str(), nullptr), value) << number(value);
  EXPECT_EQ(number(0.25), "0.25");
}

TEST(Number, WhatIsNoneHasTheNameOfTheFormat) {
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number(-std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(Sample, IsALine) {
  std::string out;
  append_sample(out, "kafka_cluster_up", "", std::int64_t{1});
  append_sample(out, "kafka_topic_partitions", R"({topic="orders"})", std::uint64_t{3});
  EXPECT_EQ(out, "kafka_cluster_up 1\nkafka_topic_partitions{topic=\"orders\"} 3\n");
}

TEST(Header, HasHelpAndType) {
  EXPECT_EQ(header(Type::kCounter, "some_total", "What it is.", Format::kText),
            "# HELP some_total What it is.\n# TYPE some_total counter\n");
  for (const auto format : {Format::kText, Format::kOpenMetrics})
    EXPECT_EQ(header(Type::kGauge, "some", "That.", format),
              "# HELP some That.\n# TYPE some gauge\n");
}

TEST(Header, InOpenMetricsACounterIsNamedWithoutTotal) {
  EXPECT_EQ(header(Type::kCounter, "some_total", "What it is.", Format::kOpenMetrics),
            "# HELP some What it is.\n# TYPE some counter\n");
}

TEST(Header, HelpIsEscapedAsTheFormatHasIt) {
  EXPECT_EQ(header(Type::kGauge, "some", "a\\b \"c\"\nd", Format::kText),
            "# HELP some a\\\\b \"c\"\\nd\n# TYPE some gauge\n");
  EXPECT_EQ(header(Type::kGauge, "some", "a\\b \"c\"\nd", Format::kOpenMetrics),
            "# HELP some a\\\\b \\\"c\\\"\\nd\n# TYPE some gauge\n");
}

}  // namespace
}  // namespace kie::exposition
