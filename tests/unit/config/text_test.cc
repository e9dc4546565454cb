#include "config/text.h"

namespace kie::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> keys{"poll_interval", "request_timeout", "servers", "name"};
  EXPECT_THAT(nearest("pol_interval", keys), Optional<std::string>("poll_interval"));
  EXPECT_THAT(nearest("poll-interval", keys), Optional<std::string>("poll_interval"));
  EXPECT_THAT(nearest("server", keys), Optional<std::string>("servers"));
  EXPECT_THAT(nearest("nmae", keys), Optional<std::string>("name"));
  EXPECT_THAT(nearest("servers", keys), Optional<std::string>("servers"));
}

TEST(Nearest, FindsNothingWhereNothingIsNear) {
  EXPECT_THAT(nearest("bootstrap", {"poll_interval", "name"}), Eq(std::nullopt));
  EXPECT_THAT(nearest("name", {}), Eq(std::nullopt));
  EXPECT_THAT(nearest("x", {"cluster"}), Eq(std::nullopt));
}

TEST(Nearest, PrefersTheNearer) {
  EXPECT_THAT(nearest("topic_includ", {"topic_exclude", "topic_include"}),
              Optional<std::string>("topic_include"));
}

class ExpandEnvironment : public testing::Test {
 protected:
  static Expansion expand(std::string_view text) {
    return expand_environment(text, [](const std::string& name) -> std::optional<std::string> {
      if (name == "USER") return "alice";
      if (name == "EMPTY") return "";
      if (name == "NESTED") return "${USER}";
      return std::nullopt;
    });
  }
};

TEST_F(ExpandEnvironment, PutsValuesIn) {
  EXPECT_EQ(expand("${USER}").text, "alice");
  EXPECT_EQ(expand("a ${USER} b ${USER} c").text, "a alice b alice c");
  EXPECT_EQ(expand("[${EMPTY}]").text, "[]");
  EXPECT_EQ(expand("").text, "");
}

TEST_F(ExpandEnvironment, LeavesPlainDollarsAndBraces) {
  for (const auto* text : {"$USER", "$", "cost: 5$", "{USER}", "}", "$}", "$ {USER}"})
    EXPECT_EQ(expand(text).text, text);
}

TEST_F(ExpandEnvironment, ADoubledDollarIsTheCharactersThemselves) {
  EXPECT_EQ(expand("$${USER}").text, "${USER}");
  EXPECT_EQ(expand("a$${USER}b${USER}").text, "a${USER}balice");
  EXPECT_EQ(expand("$${").text, "${");
  EXPECT_FALSE(expand("$${").unterminated);
}

TEST_F(ExpandEnvironment, DoesNotExpandAValueAgain) {
  EXPECT_EQ(expand("${NESTED}").text, "${USER}");
}

TEST_F(ExpandEnvironment, NamesAllThatIsNotSet) {
  const auto result = expand("${A} ${USER} ${B} ${}");
  EXPECT_THAT(result.unset, ElementsAre("A", "B", ""));
  EXPECT_FALSE(result.unterminated);
}

TEST_F(ExpandEnvironment, NoticesAMissingBrace) {
  EXPECT_TRUE(expand("${USER").unterminated);
  EXPECT_TRUE(expand("${USER} ${").unterminated);
  EXPECT_THAT(expand("${USER").unset, IsEmpty());
}

TEST(IsVariableName, AsShellsHaveThem) {
  for (const auto* name : {"A", "_", "kafka_PASSWORD_2"}) EXPECT_TRUE(is_variable_name(name));
  for (const auto* other : {"", "2A", "A-B", "a.b", "A B", "\u00e9"})
    EXPECT_FALSE(is_variable_name(other)) << other;
}

TEST(IsUtf8, TakesEveryCodePoint) {
  for (const auto* text :
       {"", "a", "\x7f", "\u0080", "\u00e9", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff",
        "\U00010000", "\U0010ffff", "a\u00e9\u20ac\U0001f600z"})
    EXPECT_TRUE(is_utf8(text)) << text;
  EXPECT_TRUE(is_utf8(std::string_view{"\0", 1}));
}

TEST(IsUtf8, RefusesEverythingElse) {
  const std::vector<std::pair<std::string, std::string_view>> cases{
      {"a byte that follows none", "\x80"},
      {"no byte of UTF-8", "\xff"},
      {"two bytes for 0x7f", "\xc1\xbf"},
      {"three bytes for 0x7ff", "\xe0\x9f\xbf"},
      {"four bytes for 0xffff", "\xf0\x8f\xbf\xbf"},
      {"a surrogate", "\xed\xa0\x80"},
      {"behind the last code point", "\xf4\x90\x80\x80"},
      {"five bytes", "\xf8\x88\x80\x80\x80"},
      {"cut off", "\xe2\x82"},
      {"cut off within", "\xe2\x82z"}};
  for (const auto& [what, text] : cases) {
    EXPECT_FALSE(is_utf8(text)) << what;
    EXPECT_FALSE(is_utf8("a" + std::string{text} + std::string(100, 'z'))) << what;
  }
}

TEST(Printable, AControlCharacterIsAQuestionMark) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable(" a~\u00a0\u00e9\u20ac\U0001f98a"), " a~\u00a0\u00e9\u20ac\U0001f98a");
  EXPECT_EQ(printable("a\r\nb\tc\x1b[31m\x7f"), "a??b?c?[31m?");
  EXPECT_EQ(printable(std::string_view{"\0", 1}), "?");
  EXPECT_EQ(printable("\u0080\u009b31m\u009f"), "??31m?") << "eight-bit control characters";
  EXPECT_EQ(printable("\xc2"), "\xc2");
  EXPECT_EQ(printable("\xc2\n"), "\xc2?");
}

TEST(CheckServer, TakesAHostAndAPort) {
  for (const auto* address : {"kafka-1:9092", "10.0.0.1:9092", "[::1]:9092", "[2001:db8::1]:1",
                              "localhost:65535", "a.b-c_d:9092"})
    EXPECT_THAT(check_server(address), Eq(std::nullopt)) << address;
}

TEST(CheckServer, RefusesEverythingElse) {
  for (const auto* address : {"",
                              "kafka",
                              ":9092",
                              "kafka:",
                              "kafka:0",
                              "kafka:65536",
                              "kafka:-1",
                              "kafka:9092x",
                              "kafka: 9092",
                              "kafka :9092",
                              "::1:9092",
                              "[::1]",
                              "[]:9092",
                              "[::1:9092",
                              "::1]:9092",
                              "a:9092,b:9092",
                              "PLAINTEXT://kafka:9092",
                              "kafka/x:9092",
                              "kafka\n:9092",
                              "kafka:99999999999"})
    EXPECT_THAT(check_server(address),
                Optional(AllOf(HasSubstr("HOST:PORT"), HasSubstr(std::string{address}))))
        << address;
}

TEST(CheckServer, DoesNotRepeatALogin) {
  for (const auto* address : {"user:hunter2@kafka:9092", "hunter2@kafka:9092",
                              "user:hunter2@hunter3@kafka:9092", "SASL://hunter2:@kafka:9092"})
    EXPECT_THAT(check_server(address),
                Optional(AllOf(HasSubstr("not \"...@kafka:9092\""), Not(HasSubstr("hunter")))))
        << address;
}

TEST(CheckListenAddress, TheHostMayBeMissingAndThePortZero) {
  for (const auto* address : {":10033", ":0", "127.0.0.1:0", "[::1]:10033", "localhost:80"})
    EXPECT_THAT(check_listen_address(address), Eq(std::nullopt)) << address;
}

TEST(CheckListenAddress, RefusesEverythingElse) {
  for (const auto* address :
       {"", "10033", ":", "::1:80", ":65536", ":80s", ":80,:81", "+80", "a b:80", "80r"})
    EXPECT_THAT(check_listen_address(address), Optional(HasSubstr(std::string{address})))
        << address;
  EXPECT_THAT(check_listen_address("hunter2@kafka:80"), Optional(Not(HasSubstr("hunter"))));
}

TEST(CheckTelemetryPath, TakesPlainPaths) {
  for (const auto* path : {"/metrics", "/a", "/kafka/metrics", "/metrics/", "/-x", "/api",
                           "/m.e-t_r~1", "/.well-known/metrics", "/..a/b..c"})
    EXPECT_THAT(check_telemetry_path(path), Eq(std::nullopt)) << path;
}

TEST(CheckTelemetryPath, RefusesWhatIsTakenOrNotPlain) {
  for (const auto* path : {"", "/", "metrics", "/-/metrics", "/api/v1", "/met rics", "/m?x", "/m#x",
                           "/m%20", "/m\"", "/mé", "/*"})
    EXPECT_THAT(check_telemetry_path(path), testing::Ne(std::nullopt)) << path;
}

TEST(CheckTelemetryPath, RefusesWhatTheServerWouldChange) {
  for (const auto* path :
       {"//", "//metrics", "/a//b", "/metrics//", "/.", "/..", "/./metrics", "/a/../metrics",
        "/metrics/.", "/metrics/..", "/metrics.", "/a./b", "/.../b"})
    EXPECT_THAT(check_telemetry_path(path),
                Optional(AllOf(HasSubstr("ends with a dot"), HasSubstr(std::string{path}))))
        << path;
}

}  // namespace
}  // namespace kie::config
