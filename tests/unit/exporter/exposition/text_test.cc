#include "exporter/exposition/text.h"

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

TEST(Sample, IsALine) {
  std::string out;
  append_sample(out, "kafka_cluster_up", "", std::int64_t{1});
  append_sample(out, "kafka_topic_partitions", R"({topic="orders"})", std::uint64_t{3});
  EXPECT_EQ(out, "kafka_cluster_up 1\nkafka_topic_partitions{topic=\"orders\"} 3\n");
}

TEST(Header, HasHelpAndType) {
  std::string out;
  append_header(out, {FamilyId::kClusterUp, "some_total", Type::kCounter, Writer::kCluster, "",
                      "What it is."});
  append_header(out, {FamilyId::kClusterUp, "some", Type::kGauge, Writer::kCluster, "", "That."});
  EXPECT_EQ(out,
            "# HELP some_total What it is.\n# TYPE some_total counter\n"
            "# HELP some That.\n# TYPE some gauge\n");
}

}  // namespace
}  // namespace kie::exposition
