#include "collectors/producers/documents.h"

namespace kie::producers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(SplitDocuments, OneALineOrOneAfterTheOther) {
  EXPECT_THAT(split_documents(""), IsEmpty());
  EXPECT_THAT(split_documents(" \r\n\n"), IsEmpty());
  EXPECT_THAT(split_documents(R"({"a":1})"), ElementsAre(R"({"a":1})"));
  EXPECT_THAT(split_documents("{\"a\":1}\n{\"b\":2}\r\n\n{}\n"),
              ElementsAre(R"({"a":1})", R"({"b":2})", "{}"));
  EXPECT_THAT(split_documents(R"({"a":{"b":[1]}}{"c":"}{"} {"d":"\"}{"})"),
              ElementsAre(R"({"a":{"b":[1]}})", R"({"c":"}{"})", R"({"d":"\"}{"})"));
}

TEST(SplitDocuments, MayHaveLinesInside) {
  EXPECT_THAT(split_documents("{\n  \"a\": {\n  }\n}\n{ }"),
              ElementsAre("{\n  \"a\": {\n  }\n}", "{ }"));
}

TEST(SplitDocuments, MayBeAnArray) {
  EXPECT_THAT(split_documents(R"([{"a":[1]}, {"b":2}])"),
              ElementsAre(R"({"a":[1]})", R"({"b":2})"));
  EXPECT_THAT(split_documents("[\n  {\n    \"a\": 1\n  },\n{\"b\":2}\n]\n"),
              ElementsAre("{\n    \"a\": 1\n  }", R"({"b":2})"));
  EXPECT_THAT(split_documents("[]"), IsEmpty());
}

TEST(SplitDocuments, MayBeginWithAByteOrderMark) {
  EXPECT_THAT(split_documents("\xef\xbb\xbf{}"), ElementsAre("{}"));
}

TEST(SplitDocuments, ABrokenOneTakesNoOtherLineWithIt) {
  EXPECT_THAT(split_documents("{\"a\"b\":1}\n{\"b\":2}"),
              ElementsAre("{\"a\"b\":1}", R"({"b":2})"));
  EXPECT_THAT(split_documents("{\"a\":[[\n{\"b\":2}\nnonsense\n{}"),
              ElementsAre("{\"a\":[[", R"({"b":2})", "nonsense", "{}"));
}

TEST(SplitDocuments, AnythingHasAnEnd) {
  EXPECT_THAT(split_documents("}}"), ElementsAre("}", "}"));
  EXPECT_THAT(split_documents("\""), ElementsAre("\""));
  EXPECT_THAT(split_documents("{\"\\"), ElementsAre("{\"\\"));
}

}  // namespace
}  // namespace kie::producers
