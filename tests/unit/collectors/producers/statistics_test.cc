#include "collectors/producers/statistics.h"

#include "collectors/producers/errors.h"

#include <filesystem>
#include <fstream>

namespace kie::producers {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::filesystem::path kFixtures = std::filesystem::path{KIE_SOURCE_DIR} / "tests/fixtures";
const auto kStats = kFixtures / "stats";
const auto kByRelease = kFixtures / "stats-by-release";

class StatisticsTest : public testing::Test {
 protected:
  tl::expected<Statistics, std::string> read(std::string text) {
    const auto length = text.size();
    text.resize(length + StatisticsReader::padding());
    return reader.read(std::string_view{text}.substr(0, length));
  }

  Statistics read_fixture(const std::string& name) {
    std::ifstream file{kStats / (name + ".json")};
    auto statistics = read({std::istreambuf_iterator{file}, {}});
    if (!statistics) throw std::runtime_error(name + ": " + statistics.error());
    return std::move(*statistics);
  }

  std::string refused(const std::string& text) {
    const auto statistics = read(text);
    return statistics ? "not refused" : statistics.error();
  }

  /// With these fields instead of, or beside, those of a client that did nothing yet.
  static std::string document(const std::string& more) {
    return R"({"name":"n#producer-1","client_id":"n","type":"producer","ts":5000000,"age":2000000)" +
           (more.empty() ? more : "," + more) + "}";
  }

  StatisticsReader reader;
};

TEST_F(StatisticsTest, OfALiveClient) {
  const auto read = read_fixture("producer_idempotent_healthy_2.8.0");
  EXPECT_EQ(read.name, "orders-producer#producer-1");
  EXPECT_EQ(read.client_id, "orders-producer");
  EXPECT_EQ(read.messages_limit, 100'000U);
  EXPECT_EQ(read.bytes_limit, 1'073'741'824U);
  EXPECT_GT(read.transmitted_bytes, 0U);
  ASSERT_TRUE(read.idempotence);
  EXPECT_EQ(read.idempotence->state, "Assigned");
  EXPECT_EQ(read.idempotence->transaction_state, "Init");
  EXPECT_GT(read.idempotence->producer_id, 0);
  EXPECT_FALSE(read.fatal);
}

TEST_F(StatisticsTest, OfThatClientAfterItsFatalError) {
  const auto before = read_fixture("producer_idempotent_healthy_2.8.0");
  const auto after = read_fixture("producer_idempotent_ooosn_2.8.0");
  EXPECT_EQ(after.ts - *after.age, before.ts - *before.age) << "it is the same client";
  EXPECT_GT(after.ts, before.ts);
  ASSERT_TRUE(after.fatal);
  EXPECT_EQ(fatal_error(after.fatal->description), "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_THAT(after.fatal->reason, HasSubstr("sequence desynchronization with broker 2"));
  EXPECT_EQ(after.idempotence->state, "FatalError");
}

TEST_F(StatisticsTest, OfAllClientsThatWereRecorded) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator{kStats}) {
    const auto read = read_fixture(entry.path().stem().string());
    EXPECT_FALSE(read.client_id.empty());
    EXPECT_TRUE(read.idempotence) << entry;
    EXPECT_EQ(read.fatal.has_value(), read.idempotence->state == "FatalError") << entry;
    ++count;
  }
  EXPECT_EQ(count, 11);
}

TEST_F(StatisticsTest, RoundTripIsTheSlowestBrokers) {
  const auto read = this->read(document(
      R"("brokers":{"a":{"txerrs":1,"req_timeouts":2,"rtt":{"cnt":3,"p50":1000,"p99":2000,"max":9000}},
          "b":{"txerrs":10,"req_timeouts":20,"rtt":{"cnt":1,"p50":4000,"p99":1000,"max":4000}},
          "c":{"rtt":{"cnt":0,"p50":0,"p99":0,"max":0}}})"));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->socket_send_errors, 11U);
  EXPECT_EQ(read->request_timeouts, 22U);
  ASSERT_TRUE(read->round_trip);
  EXPECT_DOUBLE_EQ(read->round_trip->median, 0.004);
  EXPECT_DOUBLE_EQ(read->round_trip->p99, 0.002);
  EXPECT_DOUBLE_EQ(read->round_trip->longest, 0.009);
}

TEST_F(StatisticsTest, WithoutAnAnswerThereIsNoRoundTrip) {
  EXPECT_FALSE(read(document(R"("brokers":{"a":{"rtt":{"cnt":0,"p50":0}}})"))->round_trip);
}

// As librdkafka 2.8.0 told of a broker that had been frozen for a second and a half.
TEST_F(StatisticsTest, ARoundTripBeyondItsHistogramIsNotLeftOutOfQuantiles) {
  const auto of = [&](const std::string& window) {
    return *read(document(R"("brokers":{"a":{"rtt":)" + window + "}}"))->round_trip;
  };
  auto told = of(R"({"max":1597632,"p50":40191,"p99":120319,"cnt":4,"outofrange":1})");
  EXPECT_DOUBLE_EQ(told.median, 0.040191);
  EXPECT_DOUBLE_EQ(told.p99, 1.597632);
  told = of(R"({"max":1597632,"p50":40191,"p99":120319,"cnt":101,"outofrange":1})");
  EXPECT_DOUBLE_EQ(told.p99, 0.120319);
  told = of(R"({"max":1597632,"p50":0,"p99":0,"cnt":4,"outofrange":2})");
  EXPECT_DOUBLE_EQ(told.median, 1.597632);
}

TEST_F(StatisticsTest, SaysWhatIsWrongAndAtWhichKey) {
  EXPECT_THAT(refused(document(R"("msg_cnt":"secret")")),
              AllOf(HasSubstr("at msg_cnt: "), Not(HasSubstr("secret"))));
  EXPECT_THAT(refused(document(R"("msg_cnt":-1)")), HasSubstr("msg_cnt"));
  EXPECT_THAT(refused(document(R"("msg_cnt":123456789012345678901234567890)")),
              HasSubstr("number"));
  EXPECT_THAT(refused(document(R"("brokers":[1])")), HasSubstr("brokers"));
  EXPECT_THAT(refused(document("\"client_id\":\"\xff\"")), HasSubstr("UTF-8"));
  EXPECT_THAT(refused(R"({"name":"n","type":"producer","ts":1,"age":2})"), HasSubstr("age"));
  EXPECT_THAT(refused(R"({"name":"n","type":"producer","ts":1,"age":-1})"), HasSubstr("age"));
  EXPECT_THAT(refused(R"({"name":"n","type":"consumer","ts":2,"age":1})"),
              HasSubstr("not a producer"));
  EXPECT_THAT(refused("{}"), HasSubstr("not statistics of librdkafka"));
  for (const auto* text : {"", "x", "[]", "1", "\"x\"", "null", "{", "}", R"({"name":)", R"("{}")"})
    EXPECT_NE(refused(text), "not refused") << text;
}

TEST_F(StatisticsTest, OfEachReleaseAreTaken) {
  int count = 0;
  int without_age = 0;
  for (const auto& entry : std::filesystem::directory_iterator{kByRelease}) {
    std::ifstream file{entry.path()};
    const auto read = this->read({std::istreambuf_iterator{file}, {}});
    ASSERT_TRUE(read) << entry << ": " << read.error();
    EXPECT_TRUE(read->name.starts_with(read->client_id + "#producer-")) << entry;
    EXPECT_GT(read->transmitted_bytes, 0U) << entry;
    EXPECT_EQ(read->idempotence.has_value(),
              entry.path().filename().string().starts_with("producer_idemp"))
        << entry;
    without_age += read->age ? 0 : 1;
    ++count;
  }
  EXPECT_EQ(count, 27);
  EXPECT_EQ(without_age, 11) << "librdkafka 0.11.6 to 1.6.1";
}

TEST_F(StatisticsTest, TheNamesOfAClientAreReadThoughLibrdkafkaDoesNotEscapeThem) {
  const auto names = [&](const std::string& id) {
    const auto read = this->read(R"({ "name": ")" + id + R"(#producer-1", "client_id": ")" + id +
                                 R"(", "type": "producer", "ts":20000000, "age":10000000 })");
    if (!read) return std::pair{read.error(), std::string{}};
    EXPECT_EQ(read->age, 10'000'000) << id;
    return std::pair{read->name, read->client_id};
  };
  for (const std::string id :
       {R"(CORP\app)", R"(CORP\new)", R"(my "app")", "a\tb", R"(ends\)", "caf\u00e9", R"({"a":1})"})
    EXPECT_EQ(names(id), (std::pair{id + "#producer-1", id})) << id;
  EXPECT_EQ(names("\xff"), (std::pair{std::string{"?#producer-1"}, std::string{"?"}}))
      << "no UTF-8";
}

TEST_F(StatisticsTest, NamesThatSomebodyEscapedAreReadAsJson) {
  const auto read = this->read(
      R"({"name":"CORP\\app#producer-1","client_id":"CORP\\app","type":"producer","ts":2,"age":1})");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->client_id, R"(CORP\app)");
}

TEST_F(StatisticsTest, WhoSendsSomethingElseIsToldWhatToSend) {
  EXPECT_THAT(refused(R"({"level":6,"fac":"STATS","message":"{ \"name\": \"n\" }"})"),
              HasSubstr(R"(another document is in "message", send that alone)"));
  EXPECT_THAT(refused(R"("{\"name\":\"n\"}")"), HasSubstr("send the JSON that is in it"));
}

TEST_F(StatisticsTest, CutOffAnywhereAreRefused) {
  std::ifstream file{kStats / "producer_idempotent_ooosn_2.8.0.json"};
  const std::string whole{std::istreambuf_iterator{file}, {}};
  const auto end = whole.find_last_of('}');
  for (std::size_t length = 0; length < end; length += 97)
    EXPECT_NE(refused(whole.substr(0, length)), "not refused") << length;
}

TEST_F(StatisticsTest, DeepNestingIsRefusedOrPassedOver) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += '[';
  EXPECT_NE(refused(document("\"x\":" + deep)), "not refused");
  EXPECT_TRUE(read(document("\"x\":[[[[[[]]]]]]")));
}

TEST(FatalErrors, AreNamedByTheirDescription) {
  EXPECT_EQ(fatal_error("Broker: Broker received an out of order sequence number"),
            "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_EQ(fatal_error("Local: This instance has been fenced by a newer instance"), "_FENCED");
  EXPECT_EQ(fatal_error("Broker: Unknown Producer Id"), "UNKNOWN_PRODUCER_ID");
  EXPECT_EQ(fatal_error("Local: Success"), "other");
  EXPECT_EQ(fatal_error(""), "other");
}

TEST(FatalErrors, AreAClosedListThatEndsWithOther) {
  const auto all = fatal_errors();
  EXPECT_EQ(all.back(), "other");
  EXPECT_TRUE(std::ranges::is_sorted(all.first(all.size() - 1)));
}

}  // namespace
}  // namespace kie::producers
