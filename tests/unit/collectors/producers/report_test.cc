#include "collectors/producers/report.h"

#include "collectors/producers/errors.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>

namespace kie::producers {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

class ReportTest : public testing::Test {
 protected:
  static std::string document(const std::string& more = {}) {
    return R"({"version":1,"instance":"9f2c-1","sequence":17,"time":1795432100.5,)"
           R"("client_id":"shop","acknowledged":120)" +
           more + "}";
  }

  tl::expected<ProducerReport, std::string> parse(std::string text) {
    const auto length = text.size();
    text.resize(length + StatisticsReader::padding());
    return reader.read(std::string_view{text}.substr(0, length));
  }

  ProducerReport read(const std::string& text) {
    auto report = parse(text);
    EXPECT_TRUE(report) << report.error();
    return report.value_or(ProducerReport{});
  }

  std::string refused(const std::string& text) {
    const auto report = parse(text);
    return report ? "not refused" : report.error();
  }

  ReportReader reader;
};

TEST_F(ReportTest, IsReadInFull) {
  const auto report = read(document(
      R"(,"name":"shop#producer-1","started":77,"host":"app-1","pid":17,"client":"librdkafka 2.8.0",
         "cluster_id":"abc","settings":{"acks":"all","retries":5,"enable.idempotence":true,
         "sasl.password":"hunter2"},"bytes":34000,
         "failed":[{"error":"_MSG_TIMED_OUT","persisted":"possibly","records":3},
                   {"error":"NEW_ONE","persisted":"no","records":1},
                   {"error":"ANOTHER","persisted":"no","records":2}],
         "fatal":{"error":"OUT_OF_ORDER_SEQUENCE_NUMBER","reason":"why","time":1},
         "offsets":[{"topic":"orders","partition":3,"segment":2,"broker":1,"acks":"all",
                     "next":1500,"time":1795432100.25},
                    {"topic":"orders","partition":4,"acks":"1","next":7,"time":1795432100.5}],
         "round_trip":{"p50":0.001,"p99":0.002,"max":0.004},"retried":12,
         "queue":{"bytes":5,"bytes_limit":100},"ended":true,"dropped":9)"));
  EXPECT_EQ(report.instance, "9f2c-1");
  EXPECT_EQ(report.sequence, 17);
  EXPECT_EQ(report.client_id, "shop");
  EXPECT_EQ(report.name, "shop#producer-1");
  EXPECT_EQ(report.started, 77);
  EXPECT_EQ(report.host, "app-1");
  EXPECT_EQ(report.pid, 17);
  EXPECT_EQ(report.client, "librdkafka 2.8.0");
  EXPECT_EQ(report.cluster_id, "abc");
  EXPECT_THAT(report.settings,
              Optional(ElementsAre(Pair("acks", "all"), Pair("enable.idempotence", "true"),
                                   Pair("retries", "5"))))
      << "and no secret";
  EXPECT_EQ(report.acknowledged, 120U);
  EXPECT_EQ(report.acknowledged_bytes, 34000U);
  ASSERT_EQ(report.failed.size(), 2U);
  EXPECT_EQ(report.failed[0].error, "_MSG_TIMED_OUT");
  EXPECT_EQ(report.failed[0].persisted, Persisted::kPossibly);
  EXPECT_EQ(report.failed[1].error, "other");
  EXPECT_EQ(report.failed[1].records, 3U);
  ASSERT_TRUE(report.fatal);
  EXPECT_EQ(report.fatal->error, "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_EQ(report.fatal->reason, "why");
  ASSERT_EQ(report.offsets.size(), 2U);
  const auto& first = report.offsets[0];
  EXPECT_EQ(first.topic, "orders");
  EXPECT_EQ(first.partition, PartitionId{3});
  EXPECT_EQ(first.number, 2);
  EXPECT_EQ(first.broker, BrokerId{1});
  EXPECT_TRUE(first.acks_all);
  EXPECT_EQ(first.next, Offset{1500});
  EXPECT_EQ(first.age, milliseconds{250});
  EXPECT_EQ(report.offsets[1].broker, std::nullopt);
  EXPECT_FALSE(report.offsets[1].acks_all);
  EXPECT_EQ(report.offsets[1].age, milliseconds{0});
  EXPECT_EQ(report.round_trip->p99, 0.002);
  EXPECT_EQ(report.retried, 12U);
  ASSERT_TRUE(report.queue);
  EXPECT_EQ(report.queue->bytes, 5U);
  EXPECT_EQ(report.queue->bytes_limit, 100U);
  EXPECT_TRUE(report.ended);
  EXPECT_EQ(report.dropped, 9U);
}

TEST_F(ReportTest, OnlyWhatCannotBeDoneWithoutIsNeeded) {
  const auto report = read(document());
  EXPECT_THAT(report.offsets, IsEmpty());
  EXPECT_EQ(report.fatal, std::nullopt);
  EXPECT_FALSE(
      read(document(R"(,"fatal":null,"round_trip":null,"cluster_id":null,"later":[1])")).fatal);
  for (const auto* key : {"version", "instance", "sequence", "time", "client_id", "acknowledged"}) {
    auto text = document();
    text.replace(text.find(key), 1, "x");
    EXPECT_NE(refused(text), "not refused") << key;
  }
}

TEST_F(ReportTest, AClockThatWasSetBackCostsNothing) {
  const auto report =
      read(document(R"(,"offsets":[{"topic":"t","partition":0,"next":1,"time":1795432101}])"));
  ASSERT_EQ(report.offsets.size(), 1U);
  EXPECT_EQ(report.offsets[0].age, milliseconds{0});
}

TEST_F(ReportTest, ATransactionsPurgedRecordsAreAborted) {
  const auto report =
      read(document(R"(,"failed":[{"error":"_PURGE_QUEUE","persisted":"aborted","records":4}])"));
  ASSERT_EQ(report.failed.size(), 1U);
  EXPECT_EQ(report.failed[0].persisted, Persisted::kAborted);
}

TEST_F(ReportTest, ASettingThatIsTooLongIsCutBetweenCharacters) {
  const auto kept = [&](const std::string& value) {
    const auto report = read(document(R"(,"settings":{"transactional.id":")" + value + "\"}"));
    return report.settings.value().at(0).second;
  };
  const std::string fits(256, 'x');
  EXPECT_EQ(kept(fits), fits);
  EXPECT_EQ(kept(fits + "y"), fits);
  const std::string rest(255, 'x');
  EXPECT_EQ(kept(rest + "\u00e9y"), rest);
}

TEST_F(ReportTest, WhoSendsSomethingElseIsToldWhatToSend) {
  EXPECT_THAT(refused(R"("{\"version\":1}")"), HasSubstr("send the JSON that is in it"));
  EXPECT_THAT(refused("[1]"), HasSubstr("not a JSON object"));
  EXPECT_THAT(refused(R"({"level":"info","message":"{\"version\":1}"})"),
              HasSubstr(R"(another document is in "message", send that alone)"));
  EXPECT_THAT(refused(R"({"event":{"client_id":"a"}})"), HasSubstr(R"(in "event")"));
}

TEST_F(ReportTest, WhatIsWrongIsNamed) {
  EXPECT_THAT(refused(document(R"(,"version":2)")), HasSubstr("version 1"));
  EXPECT_THAT(refused(document(R"(,"instance":"a b")")), HasSubstr("at instance: must be 1 to 64"));
  EXPECT_THAT(refused(document(R"(,"sequence":"1")")), HasSubstr("at sequence: "));
  EXPECT_THAT(refused(document(R"(,"acknowledged":-1)")), HasSubstr("at acknowledged: "));
  EXPECT_THAT(refused(document(R"(,"acknowledged":1e400)")), HasSubstr("umber"));
  EXPECT_THAT(refused(document(R"(,"failed":[{"records":1}])")), HasSubstr("at failed: "));
  EXPECT_THAT(refused(document(R"(,"failed":[{"error":"x","persisted":"maybe","records":1}])")),
              HasSubstr("at persisted: must be no, possibly, yes or aborted"));
  EXPECT_THAT(refused(document(R"(,"failed":[{"error":"x","records":18446744073709551615},)"
                               R"({"error":"y","records":1}])")),
              HasSubstr("too large"));
  EXPECT_THAT(refused(document(R"(,"fatal":{})")), HasSubstr("at fatal: the error is missing"));
  EXPECT_THAT(refused(document(R"(,"settings":{"acks":{"a":1}})")), HasSubstr("at acks: "));
  const auto offsets = [](const std::string& one) {
    return document(",\"offsets\":[" + one + "]");
  };
  EXPECT_THAT(refused(offsets(R"({"topic":"t","partition":0,"next":1})")),
              HasSubstr("at offsets: topic, partition, next or time is missing"));
  EXPECT_THAT(refused(offsets(R"({"topic":"t","partition":-1,"next":1,"time":1})")),
              HasSubstr("negative"));
  EXPECT_THAT(refused(offsets(R"({"topic":"t","partition":5000000000,"next":1,"time":1})")),
              HasSubstr("range"));
  EXPECT_THAT(refused(offsets(R"({"topic":"t","partition":0,"next":1,"time":1,"acks":"0"})")),
              HasSubstr("at acks: must be all or 1"));
  EXPECT_NE(refused("{\"version\":1"), "not refused");
  EXPECT_NE(refused(document(",\"host\":\"\xff\"")), "not refused");
}

TEST(DeliveryErrors, AreAClosedListInOrderThatEndsWithOther) {
  const auto all = delivery_errors();
  EXPECT_EQ(all.back(), "other");
  EXPECT_TRUE(std::ranges::is_sorted(all.first(all.size() - 1)));
  EXPECT_EQ(delivery_error_named("_MSG_TIMED_OUT"), "_MSG_TIMED_OUT");
  EXPECT_EQ(delivery_error_named("NO_SUCH"), "other");
}

TEST(DeliveryErrors, AreNamesOfLibrdkafka) {
  const rd_kafka_err_desc* described = nullptr;
  std::size_t count = 0;
  rd_kafka_get_err_descs(&described, &count);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i)
    if (described[i].name != nullptr) names.emplace_back(described[i].name);
  names.emplace_back("other");
  for (const auto name : delivery_errors()) EXPECT_THAT(names, testing::Contains(name));
}

}  // namespace
}  // namespace kie::producers
