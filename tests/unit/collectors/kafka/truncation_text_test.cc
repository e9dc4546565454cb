#include "collectors/kafka/truncation_text.h"

namespace kie::kafka {
namespace {

using testing::Eq;
using testing::Optional;

// The words are the same, to the letter, in the libraries of
// librdkafka 2.3.0, 2.6.1, 2.8.0, 2.11.1, 2.13.2 and 2.16.1: four formats, put together as "REASON:
// DESCRIPTION (broker N)", or without the broker where librdkafka does not know it.
constexpr std::string_view kEnd =
    "Partition log truncation detected at offset 4611686018427387904 (leader epoch 3): broker end "
    "offset is 500 (offset leader epoch 1). Reset to INVALID.";
constexpr std::string_view kNone =
    "No epoch found less or equal to offset 4611686018427387904 (leader epoch 7): broker end "
    "offset is -1 (offset leader epoch -1). Reset using configured policy.";
constexpr std::string_view kDescription = ": Local: Partition log truncation detected";
constexpr std::string_view kBroker = " (broker 2)";

constexpr Offset kAsked{4611686018427387904};

std::string text_of(std::string_view reason, std::string_view description = kDescription,
                    std::string_view broker = kBroker) {
  return std::string(reason).append(description).append(broker);
}

/// `from` with its first `what` replaced.
std::string with(std::string from, std::string_view what, std::string_view other) {
  return from.replace(from.find(what), what.size(), other);
}

TEST(TruncationText, SaysWhereAnEpochEnds) {
  EXPECT_THAT(parse_truncation_text(text_of(kEnd)),
              Optional(TruncationText{
                  kAsked, LeaderEpoch{3}, {{LeaderEpoch{1}, Offset{500}}}, BrokerId{2}}));
}

TEST(TruncationText, SaysThatTheBrokerKnowsNoSuchEpoch) {
  EXPECT_THAT(parse_truncation_text(text_of(kNone)),
              Optional(TruncationText{kAsked, LeaderEpoch{7}, std::nullopt, BrokerId{2}}));
}

TEST(TruncationText, AnEmptyLogEndsAtItsStart) {
  const auto parsed = parse_truncation_text(with(text_of(kEnd), "is 500", "is 0"));
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->end, Optional(TruncationText::End{LeaderEpoch{1}, Offset{0}}));
}

TEST(TruncationText, OnlyOneOfTheTwoNumbersMayBeMissing) {
  for (const auto* end : {"is 7 (offset leader epoch -1)", "is -1 (offset leader epoch 4)"}) {
    const auto parsed =
        parse_truncation_text(with(text_of(kNone), "is -1 (offset leader epoch -1)", end));
    ASSERT_TRUE(parsed) << end;
    EXPECT_THAT(parsed->end, Eq(std::nullopt));
  }
}

TEST(TruncationText, TheBrokerIsUnknownWhereItIsNotNamed) {
  for (const auto reason : {kEnd, kNone})
    for (const auto description : {kDescription, std::string_view{}}) {
      const auto parsed = parse_truncation_text(text_of(reason, description, ""));
      ASSERT_TRUE(parsed);
      EXPECT_THAT(parsed->broker, Eq(std::nullopt));
    }
}

TEST(TruncationText, TakesTheLargestNumbers) {
  auto text = with(text_of(kEnd), "is 500", "is 9223372036854775807");
  text = with(text, "leader epoch 3", "leader epoch 2147483647");
  text = with(text, "broker 2", "broker 2147483647");
  EXPECT_THAT(parse_truncation_text(text),
              Optional(TruncationText{kAsked,
                                      LeaderEpoch{2147483647},
                                      {{LeaderEpoch{1}, Offset{9223372036854775807}}},
                                      BrokerId{2147483647}}));
}

TEST(TruncationText, OtherErrorsOfAConsumerAreNotOfThisKind) {
  for (const auto* text :
       {"", "Partition", "No epoch found less or equal to ",
        // librdkafka 2.8.0, with the same code.
        "fetch failed due to requested offset not available on the broker: Broker: Offset out of "
        "range (broker 1)",
        "no previously committed offset available: Local: No offset stored",
        "unable to validate offset and epoch: Local: Partition log truncation detected (broker 1)"})
    EXPECT_THAT(parse_truncation_text(text), Eq(std::nullopt)) << text;
}

TEST(TruncationText, WhatIsNotExactlySoIsNotRead) {
  const auto good = text_of(kEnd);
  for (const auto& text : {
           with(good, "is 500", "is 500 "),
           with(good, "is 500", "is +500"),
           with(good, "is 500", "is 0500"),
           with(good, "is 500", "is "),
           with(good, "is 500", "is 9223372036854775808"),
           with(good, "is 500", "is -1"),
           with(good, "offset leader epoch 1", "offset leader epoch -1"),
           with(good, "(leader epoch 3)", "(leader epoch -1)"),
           with(good, "(leader epoch 3)", "(leader epoch 2147483648)"),
           // rd_kafka_offset2str() has names for what is no offset.
           with(good, "4611686018427387904", "INVALID"),
           with(good, "4611686018427387904", "TAIL(5)"),
           with(good, "4611686018427387904", "-1"),
           with(good, "detected at", "found at"),
           with(good, "Reset to INVALID", "Reset using configured policy"),
           with(good, "(broker 2)", "(broker -1)"),
           with(good, "(broker 2)", "(broker )"),
           with(good, "(broker 2)", "(broker 2"),
           good + " ",
           " " + good,
           good.substr(0, good.find(" (broker")) + " (",
           text_of(kEnd, ": Broker: Offset out of range"),
           with(text_of(kNone), "is -1 (offset leader epoch -1)", "is 5 (offset leader epoch 1)"),
       })
    EXPECT_THAT(parse_truncation_text(text), Eq(std::nullopt)) << text;
}

TEST(TruncationText, NewWordsForItAreNoticed) {
  EXPECT_TRUE(looks_like_truncation_text("Log truncation at 5: end 3"));
  EXPECT_TRUE(looks_like_truncation_text("No epoch at or below 5"));
  EXPECT_FALSE(looks_like_truncation_text(
      "fetch failed due to requested offset not available on the broker: Broker: Offset out of "
      "range (broker 1)"));
}

}  // namespace
}  // namespace kie::kafka
