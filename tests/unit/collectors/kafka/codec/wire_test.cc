#include "collectors/kafka/codec/wire.h"

#include "tests/unit/collectors/kafka/codec/bytes.h"

#include <limits>

namespace kie::kafka::codec {
namespace {

struct Pair {
  std::int16_t number = 0;
  std::string_view text;
  std::int8_t since_two = 0;
};

struct Tree {
  std::vector<Tree> branches;
};

}  // namespace

template <>
struct Fields<Pair> {
  static constexpr void of(auto& wire, auto& pair) {
    wire(pair.number, pair.text);
    if (wire.version() >= 2) wire(pair.since_two);
  }
};

template <>
struct Fields<Tree> {
  static constexpr void of(auto& wire, auto& tree) { wire(tree.branches); }
};

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

enum class Color : std::int8_t { kRed = 1 };

template <class... T>
std::string compact(const T&... values) {
  WireWriter out{0, true};
  out(values...);
  return out.sink().out;
}

template <class... T>
std::string plain(const T&... values) {
  WireWriter out{0, false};
  out(values...);
  return out.sink().out;
}

/// What is read as one T.
template <class T>
struct Read {
  T value{};
  std::string problem;
};

template <class T>
Read<T> read(const std::string& from, bool is_flexible = true, std::int16_t version = 0) {
  Read<T> result;
  WireReader in{from, version, is_flexible};
  in(result.value);
  result.problem = in.problem().value_or("");
  return result;
}

TEST(Wire, NumbersHaveTheirMostSignificantByteFirst) {
  const auto written = compact(std::int8_t{-2}, std::int16_t{0x0102}, std::int32_t{-2},
                               std::int64_t{0x0102030405060708}, std::uint16_t{65534}, true, false);
  EXPECT_EQ(written, bytes("fe 0102 fffffffe 0102030405060708 fffe 01 00"));
  WireReader in{written, 0, true};
  std::int8_t tiny = 0;
  std::int16_t small = 0;
  std::int32_t normal = 0;
  std::int64_t large = 0;
  std::uint16_t port = 0;
  bool yes = false;
  bool no = true;
  in(tiny, small, normal, large, port, yes, no);
  EXPECT_EQ(in.problem(), std::nullopt);
  EXPECT_EQ(tiny, -2);
  EXPECT_EQ(small, 0x0102);
  EXPECT_EQ(normal, -2);
  EXPECT_EQ(large, 0x0102030405060708);
  EXPECT_EQ(port, 65534);
  EXPECT_TRUE(yes);
  EXPECT_FALSE(no);
}

TEST(Wire, IdsAndEnumsAreTheirNumbers) {
  const auto written = compact(BrokerId{3}, Offset{-1}, TopicId{1, -2}, Color::kRed);
  EXPECT_EQ(written, bytes("00000003 ffffffffffffffff 0000000000000001 fffffffffffffffe 01"));
  BrokerId broker;
  Offset offset;
  TopicId topic;
  Color color{};
  WireReader in{written, 0, true};
  in(broker, offset, topic, color);
  EXPECT_EQ(in.problem(), std::nullopt);
  EXPECT_EQ(broker, BrokerId{3});
  EXPECT_EQ(offset, Offset{-1});
  EXPECT_EQ(topic, (TopicId{1, -2}));
  EXPECT_EQ(color, Color::kRed);
}

TEST(Wire, AnyByteButZeroIsTrue) { EXPECT_TRUE(read<bool>(bytes("80")).value); }

TEST(Wire, UnsignedVarints) {
  const std::pair<std::uint32_t, const char*> all[] = {
      {0, "00"},         {127, "7f"},
      {128, "8001"},     {16383, "ff7f"},
      {16384, "808001"}, {std::numeric_limits<std::uint32_t>::max(), "ffffffff0f"}};
  for (const auto& [value, written] : all) {
    WireWriter out{0, true};
    out.unsigned_varint(value);
    EXPECT_EQ(out.sink().out, bytes(written));
    const auto again = bytes(written);
    WireReader in{again, 0, true};
    EXPECT_EQ(in.unsigned_varint(), value);
    EXPECT_EQ(in.problem(), std::nullopt);
  }
}

TEST(Wire, AVarintOfMoreThan32BitsIsRefused) {
  for (const char* written : {"ffffffff10", "ffffffffff", "808080808000"}) {
    const auto from = bytes(written);
    WireReader in{from, 0, true};
    EXPECT_EQ(in.unsigned_varint(), 0U);
    EXPECT_THAT(in.problem(), Optional(testing::HasSubstr("more than 32 bits")));
  }
}

TEST(Wire, Texts) {
  const std::string_view text = "abc";
  EXPECT_EQ(compact(text), bytes("04|abc|"));
  EXPECT_EQ(plain(text), bytes("0003|abc|"));
  EXPECT_EQ(read<std::string_view>(bytes("01")).value, "");
  EXPECT_EQ(read<std::string_view>(bytes("0000"), false).problem, "");
  const auto long_text = std::string(300, 'x');
  EXPECT_EQ(compact(std::string_view{long_text}), bytes("ad02") + long_text);
  const auto from = bytes("ad02") + long_text;
  EXPECT_EQ(read<std::string_view>(from).value, long_text);
}

TEST(Wire, NullableTexts) {
  using Text = std::optional<std::string_view>;
  EXPECT_EQ(compact(Text{}, Text{""}, Text{"a"}), bytes("00 01 02|a|"));
  EXPECT_EQ(plain(Text{}, Text{""}, Text{"a"}), bytes("ffff 0000 0001|a|"));
  for (const bool is_flexible : {true, false}) {
    const auto null = is_flexible ? bytes("00") : bytes("ffff");
    const auto empty = is_flexible ? bytes("01") : bytes("0000");
    EXPECT_EQ(read<Text>(null, is_flexible).value, std::nullopt);
    EXPECT_EQ(read<Text>(null, is_flexible).problem, "");
    EXPECT_THAT(read<Text>(empty, is_flexible).value, Optional(std::string_view{}));
    EXPECT_THAT(read<std::string_view>(null, is_flexible).problem, testing::HasSubstr("null"));
  }
}

TEST(Wire, ATextMayBecomeNullableLater) {
  WireWriter old{1, true};
  WireWriter now{2, true};
  old.nullable_since(2, std::nullopt);
  now.nullable_since(2, std::nullopt);
  EXPECT_EQ(old.sink().out, bytes("01"));
  EXPECT_EQ(now.sink().out, bytes("00"));
  const auto null = bytes("00");
  std::optional<std::string_view> text;
  WireReader before{null, 1, true};
  before.nullable_since(2, text);
  EXPECT_THAT(before.problem(), Optional(testing::HasSubstr("null")));
  WireReader after{null, 2, true};
  after.nullable_since(2, text);
  EXPECT_EQ(after.problem(), std::nullopt);
  EXPECT_EQ(text, std::nullopt);
}

TEST(Wire, Arrays) {
  const std::vector<std::int16_t> two{1, 2};
  EXPECT_EQ(compact(two), bytes("03 0001 0002"));
  EXPECT_EQ(plain(two), bytes("00000002 0001 0002"));
  EXPECT_THAT(read<std::vector<std::int16_t>>(compact(two)).value, ElementsAre(1, 2));
  EXPECT_THAT(read<std::vector<std::int16_t>>(plain(two), false).value, ElementsAre(1, 2));
  EXPECT_THAT(read<std::vector<std::int16_t>>(bytes("00")).problem, testing::HasSubstr("null"));
  EXPECT_THAT(read<std::vector<std::int16_t>>(bytes("ffffffff"), false).problem,
              testing::HasSubstr("null"));
}

TEST(Wire, NullableArrays) {
  using Numbers = std::optional<std::vector<std::int16_t>>;
  const std::vector<std::int16_t> none;
  const std::vector<std::int16_t> one{7};
  EXPECT_EQ(compact(Numbers{}, Numbers{none}, Numbers{one}), bytes("00 01 02 0007"));
  EXPECT_EQ(plain(Numbers{}, Numbers{none}, Numbers{one}),
            bytes("ffffffff 00000000 00000001 0007"));
  EXPECT_EQ(read<Numbers>(bytes("00")).value, std::nullopt);
  EXPECT_THAT(read<Numbers>(bytes("01")).value, Optional(IsEmpty()));
  EXPECT_THAT(read<Numbers>(bytes("02 0007")).value, Optional(ElementsAre(7)));
}

TEST(Wire, StructuresEndWithTaggedFieldsWhereTheVersionIsFlexible) {
  const Pair pair{.number = 5, .text = "a", .since_two = 9};
  EXPECT_EQ(compact(pair), bytes("0005 02|a| 00"));
  EXPECT_EQ(plain(pair), bytes("0005 0001|a|"));
}

TEST(Wire, AFieldIsThereFromItsVersionOn) {
  const auto written = bytes("0005 02|a| 09 00");
  EXPECT_EQ(read<Pair>(written, true, 2).value.since_two, 9);
  EXPECT_EQ(read<Pair>(written, true, 2).problem, "");
  EXPECT_EQ(read<Pair>(bytes("0005 02|a| 00"), true, 1).problem, "");
}

TEST(Wire, UnknownTaggedFieldsAreSkipped) {
  const auto one = bytes("0005 02|a| 03 00 00 05 02|xy| 8001 03|xyz|");
  const auto pair = read<Pair>(one);
  EXPECT_EQ(pair.problem, "");
  EXPECT_EQ(pair.value.text, "a");
  // In each element, too.
  const auto two = bytes("03 0005 02|a| 01 00 02|xy| 0006 02|b| 00");
  const auto all = read<std::vector<Pair>>(two);
  EXPECT_EQ(all.problem, "");
  EXPECT_EQ(all.value.at(1).text, "b");
}

TEST(Wire, TaggedFieldsThatAreNotThereAreRefused) {
  for (const char* tags :
       {"", "01", "01 00", "01 00 02|x|", "ffffffff0f", "ffffffff0f 00 00", "01 00 ffffffff0f |x|"})
    EXPECT_NE(read<Pair>(bytes("0005 02|a|") + bytes(tags)).problem, "") << tags;
}

TEST(Wire, NothingMayBeLeftOver) {
  EXPECT_EQ(read<std::int16_t>(bytes("0001 00")).problem, "1 byte is left over");
  EXPECT_EQ(read<std::int16_t>(bytes("0001 000000")).problem, "3 bytes are left over");
}

TEST(Wire, AfterTheFirstFaultAllIsEmptyAndTheFirstIsTold) {
  const auto from = bytes("0001 05|ab|");
  WireReader in{from, 0, true};
  std::int16_t number = 0;
  std::string_view text;
  std::int32_t after = 7;
  std::string_view more = "more";
  std::vector<Pair> pairs;
  std::optional<std::vector<std::int16_t>> numbers;
  in(number, text, after, more, pairs, numbers);
  EXPECT_EQ(number, 1);
  EXPECT_EQ(text, "");
  EXPECT_EQ(after, 0);
  EXPECT_EQ(more, "");
  EXPECT_THAT(pairs, IsEmpty());
  EXPECT_EQ(in.problem(), "ends in the middle of a field (at byte 3 of 5)");
}

TEST(Wire, NoMemoryIsTakenForElementsThatCannotBeThere) {
  // 2^32 - 2 of them, and one more than the bytes suffice for: a Pair takes four at least.
  for (const char* written : {"ffffffff0f", "04 0005 02|a| 00 0005 01 00 00"}) {
    const auto pairs = read<std::vector<Pair>>(bytes(written));
    EXPECT_THAT(pairs.value, IsEmpty());
    EXPECT_EQ(pairs.value.capacity(), 0U);
    EXPECT_THAT(pairs.problem, testing::HasSubstr("counts more than can be in it"));
  }
  for (const char* written : {"7fffffff", "fffffffe", "80000000"}) {
    const auto pairs = read<std::vector<Pair>>(bytes(written), false);
    EXPECT_EQ(pairs.value.capacity(), 0U);
    EXPECT_THAT(pairs.problem, testing::HasSubstr("counts more than can be in it"));
  }
}

TEST(Wire, ANegativeLengthOfATextIsRefused) {
  EXPECT_NE(read<std::string_view>(bytes("fffe |ab|"), false).problem, "");
  EXPECT_NE(read<std::optional<std::string_view>>(bytes("8000 |ab|"), false).problem, "");
}

TEST(Wire, WhatElementsToComeNeedIsNotCountedAgainForThoseBefore) {
  // Three elements of two bytes at least: the first may have one branch of its own, not two.
  EXPECT_EQ(read<Tree>(bytes("04 02 01 00 00 01 00 01 00 00")).problem, "");
  const auto tree = read<Tree>(bytes("04 03 00 01 00 01 00"));
  EXPECT_THAT(tree.problem, testing::HasSubstr("counts more"));
  EXPECT_EQ(tree.value.branches.at(0).branches.capacity(), 0U);
}

TEST(Wire, TheLeastSizeIsThatOfTheEmptyValue) {
  EXPECT_EQ(least_size<Pair>(0, true), 4U);
  EXPECT_EQ(least_size<Pair>(2, true), 5U);
  EXPECT_EQ(least_size<Pair>(2, false), 5U);
  EXPECT_EQ(least_size<BrokerId>(0, true), 4U);
  EXPECT_EQ(least_size<TopicId>(0, true), 16U);
  EXPECT_EQ(least_size<Tree>(0, true), 2U);
}

}  // namespace
}  // namespace kie::kafka::codec
