#include "tests/unit/collectors/kafka/codec/samples.h"

#include <string>

// What holds for all messages in all versions.
namespace kie::kafka::codec {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Calls `use(message, version)` with one message of each kind, once for each version.
template <class Use>
void for_each_version(const Use& use) {
  samples::for_each([&]<class Message>(const Message& message) {
    const auto& api = Message::kApi;
    for (std::int16_t version = api.oldest; version <= api.newest; ++version) {
      SCOPED_TRACE(std::string{api.name} + " v" + std::to_string(version));
      use(message, version);
    }
  });
}

TEST(Messages, WhatIsDecodedIsWhatWasEncoded) {
  for_each_version([]<class Message>(const Message& message, std::int16_t version) {
    const auto written = encode(message, version);
    const auto read = decode<Message>(written, version);
    ASSERT_TRUE(read) << read.error().text;
    // The samples have fields that older versions lack.
    EXPECT_TRUE(*read == message || version < Message::kApi.newest);
    EXPECT_EQ(encode(*read, version), written);
  });
}

TEST(Messages, DefaultsAreWhatIsDecodedOfThem) {
  for_each_version([]<class Message>(const Message&, std::int16_t version) {
    const auto written = encode(Message{}, version);
    const auto read = decode<Message>(written, version);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_TRUE(*read == Message{});
  });
}

TEST(Messages, AnEndAtAnyByteIsAnError) {
  for_each_version([]<class Message>(const Message& message, std::int16_t version) {
    const auto written = encode(message, version);
    for (std::size_t size = 0; size < written.size(); ++size) {
      // A copy of its own, so that a sanitizer sees what is read beyond it.
      const std::vector<char> part(written.begin(),
                                   written.begin() + static_cast<std::ptrdiff_t>(size));
      const auto read = decode<Message>(std::string_view{part.data(), part.size()}, version);
      ASSERT_FALSE(read) << size;
      EXPECT_EQ(read.error().code, kBadMessage);
      EXPECT_THAT(read.error().text, StartsWith(std::string{Message::kApi.name} + " v" +
                                                std::to_string(version) + ": "));
    }
  });
}

TEST(Messages, ALeftOverByteIsAnError) {
  for_each_version([]<class Message>(const Message& message, std::int16_t version) {
    const auto written = encode(message, version) + '\0';
    const auto read = decode<Message>(written, version);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text, HasSubstr(": 1 byte is left over"));
  });
}

TEST(Messages, AnUnknownTaggedFieldAtTheEndIsSkipped) {
  for_each_version([]<class Message>(const Message& message, std::int16_t version) {
    if (!is_flexible(Message::kApi, version)) return;
    auto written = encode(message, version);
    ASSERT_EQ(written.back(), '\0');
    const auto without = written;
    written.back() = '\1';
    written += "\x07\x02xy";
    const auto read = decode<Message>(written, version);
    ASSERT_TRUE(read) << read.error().text;
    EXPECT_EQ(encode(*read, version), without);
  });
}

TEST(Messages, AByteThatIsChangedNeverDoesMoreThanToBeRefused) {
  for_each_version([]<class Message>(const Message& message, std::int16_t version) {
    const auto written = encode(message, version);
    for (std::size_t i = 0; i < written.size(); ++i)
      for (const unsigned bit : {0x01U, 0x02U, 0x80U, 0xFFU}) {
        auto changed = written;
        changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ bit);
        const auto read = decode<Message>(changed, version);
        if (!read) continue;
        const auto again = encode(*read, version);
        EXPECT_TRUE(decode<Message>(again, version)) << i;
      }
  });
}

TEST(Messages, VersionsThatAreNotKnownAreAnError) {
  const auto older = decode<MetadataResponse>(std::string_view{}, 10);
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().text, "Metadata v10: this version is not known");
  EXPECT_FALSE(decode<MetadataResponse>(std::string_view{}, 14));
  EXPECT_FALSE(decode<ApiVersionsResponse>(std::string_view{}, -1));
}

}  // namespace
}  // namespace kie::kafka::codec
