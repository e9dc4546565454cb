#include "collectors/producers/monitor/producer.h"

#include "collectors/producers/report.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>

namespace kie::monitor {
namespace {

/// What the functions of a librdkafka answer, which is not there.
struct FakeClient {
  std::map<std::string, std::string> conf{{"client.id", "orders"}, {"acks", "-1"}};
  rd_kafka_resp_err_t fatal = RD_KAFKA_RESP_ERR_NO_ERROR;
  const char* cluster_id = "2EWveygSRR68";
  rd_kafka_msg_status_t status = RD_KAFKA_MSG_STATUS_PERSISTED;
  std::int32_t broker = 1;
  int calls = 0;
  /// How often it was asked for the status of a message.
  int statuses = 0;
};

FakeClient* fake = nullptr;

ClientLibrary fake_library() {
  ClientLibrary library;
  library.version_str = [] { return "2.16.0"; };
  library.conf_get = [](const rd_kafka_conf_t*, const char* name, char* value, size_t* size) {
    const auto found = fake->conf.find(name);
    if (found == fake->conf.end()) return RD_KAFKA_CONF_UNKNOWN;
    std::strncpy(value, found->second.c_str(), *size - 1);
    *size = found->second.size() + 1;
    return RD_KAFKA_CONF_OK;
  };
  library.name = [](const rd_kafka_t*) {
    ++fake->calls;
    return "rdkafka#producer-1";
  };
  library.clusterid = [](rd_kafka_t*, int) {
    ++fake->calls;
    return fake->cluster_id == nullptr ? nullptr : strdup(fake->cluster_id);
  };
  library.fatal_error = [](rd_kafka_t*, char* text, size_t) {
    ++fake->calls;
    std::strcpy(text, "sequence desynchronization");
    return fake->fatal;
  };
  library.mem_free = [](rd_kafka_t*, void* memory) { std::free(memory); };
  library.err2name = &rd_kafka_err2name;
  library.topic_name = [](const rd_kafka_topic_t*) { return "payments"; };
  library.message_status = [](const rd_kafka_message_t*) {
    ++fake->statuses;
    return fake->status;
  };
  library.message_broker_id = [](const rd_kafka_message_t*) { return fake->broker; };
  return library;
}

class ProducerMonitorTest : public testing::Test {
 protected:
  void SetUp() override { fake = &client_; }

  Producer& producer() {
    if (!producer_) producer_.emplace(fake_library(), handle(), nullptr);
    return *producer_;
  }

  static bool outcome(Producer& producer, std::int64_t offset,
                      rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR) {
    rd_kafka_message_t message{};
    message.err = error;
    message.rkt = reinterpret_cast<rd_kafka_topic_t*>(fake);
    message.offset = offset;
    message.partition = 3;
    message.len = 10;
    message.key_len = 4;
    return producer.on_acknowledgement(message);
  }

  /// As the exporter reads it.
  producers::ProducerReport report(Producer& of) {
    std::string text;
    write_report(
        of.report(std::chrono::system_clock::time_point{std::chrono::milliseconds{1795432000100}}),
        text);
    auto read = producers::ReportReader{}.read(text);
    EXPECT_TRUE(read) << read.error() << ": " << text;
    return std::move(read).value();
  }

  FakeClient client_;

 private:
  rd_kafka_t* handle() { return reinterpret_cast<rd_kafka_t*>(&client_); }

  std::optional<Producer> producer_;
};

TEST_F(ProducerMonitorTest, TheExporterKeepsEachSettingThatItReports) {
  static std::set<std::string> asked;
  auto library = fake_library();
  library.conf_get = [](const rd_kafka_conf_t*, const char* name, char* value, size_t* size) {
    asked.insert(name);
    std::strncpy(value, "1", *size);
    *size = 2;
    return RD_KAFKA_CONF_OK;
  };
  Producer one{library, reinterpret_cast<rd_kafka_t*>(&client_), nullptr};
  asked.erase("client.id");
  const auto read = report(one);
  std::set<std::string> kept;
  for (const auto& [name, value] : *read.settings) kept.emplace(name);
  EXPECT_EQ(kept, asked);
}

TEST_F(ProducerMonitorTest, TheExporterReadsWhatItReports) {
  client_.conf["enable.idempotence"] = "true";
  client_.conf["sasl.password"] = "open-sesame";
  auto& one = producer();
  for (int offset = 0; offset < 1500; ++offset) EXPECT_FALSE(outcome(one, offset));
  client_.broker = 2;
  outcome(one, 500);
  EXPECT_TRUE(outcome(one, -1, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT)) << "the monitor looks at once";
  one.on_response(0, 2000);
  one.on_response(3, 90'000'000);  // not a Produce request
  one.ask_client();

  const auto read = report(one);
  EXPECT_EQ(read.instance.size(), 32U);
  EXPECT_EQ(read.sequence, 1);
  EXPECT_DOUBLE_EQ(read.time, 1795432000.1);
  EXPECT_EQ(read.client_id, "orders");
  EXPECT_EQ(read.client, "librdkafka 2.16.0");
  EXPECT_EQ(read.name, "rdkafka#producer-1");
  EXPECT_EQ(read.cluster_id, "2EWveygSRR68");
  EXPECT_EQ(read.acknowledged, 1501U);
  EXPECT_EQ(read.acknowledged_bytes, 1501U * 14);
  using Settings = std::vector<std::pair<std::string_view, std::string>>;
  EXPECT_EQ(read.settings, (Settings{{"acks", "-1"}, {"enable.idempotence", "true"}}));
  ASSERT_EQ(read.failed.size(), 1U);
  EXPECT_EQ(read.failed[0].error, "_MSG_TIMED_OUT");
  EXPECT_EQ(read.failed[0].records, 1U);
  ASSERT_EQ(read.offsets.size(), 2U);
  EXPECT_EQ(read.offsets[0].next.value, 1500);
  EXPECT_EQ(read.offsets[1].next.value, 501);
  EXPECT_EQ(read.offsets[1].broker->value, 2);
  EXPECT_EQ(read.offsets[1].partition.value, 3);
  EXPECT_TRUE(read.offsets[1].acks_all);
  EXPECT_FALSE(read.fatal);
  EXPECT_FALSE(read.ended);
  ASSERT_TRUE(read.round_trip);
  EXPECT_DOUBLE_EQ(read.round_trip->longest, 0.002);
}

TEST_F(ProducerMonitorTest, NothingButUtf8ComesOut) {
  client_.conf["client.id"] = "K\xF6ln \"\\\n\xC3\xB6\xED\xA0\x80";
  EXPECT_EQ(report(producer()).client_id, "K?ln \"\\\n\xC3\xB6???");
}

TEST_F(ProducerMonitorTest, WithAcks0NothingIsAcknowledged) {
  client_.conf["acks"] = "0";
  outcome(producer(), -1001);
  EXPECT_EQ(report(producer()).acknowledged, 0U);
}

// librdkafka makes up the offsets: 0 and more in a batch of more than a thousand.
TEST_F(ProducerMonitorTest, WithAcks0OfTheTopicAloneNothingIsAcknowledged) {
  client_.status = RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED;
  EXPECT_FALSE(outcome(producer(), 0));
  const auto read = report(producer());
  EXPECT_EQ(read.acknowledged, 0U);
  EXPECT_TRUE(read.offsets.empty());
  EXPECT_TRUE(read.failed.empty());
}

TEST_F(ProducerMonitorTest, WithAcks1OffsetsSayIt) {
  client_.conf["acks"] = "1";
  outcome(producer(), 7);
  const auto read = report(producer());
  ASSERT_EQ(read.offsets.size(), 1U);
  EXPECT_FALSE(read.offsets[0].acks_all);
}

TEST_F(ProducerMonitorTest, ARecordWithoutAnOffsetIsAcknowledged) {
  outcome(producer(), -1001);
  const auto read = report(producer());
  EXPECT_EQ(read.acknowledged, 1U);
  EXPECT_TRUE(read.offsets.empty());
}

TEST_F(ProducerMonitorTest, PurgedWithTheirTransactionRecordsAreNoFailure) {
  client_.conf["transactional.id"] = "eos-1";
  outcome(producer(), -1, RD_KAFKA_RESP_ERR__PURGE_QUEUE);
  const auto read = report(producer());
  ASSERT_EQ(read.failed.size(), 1U);
  EXPECT_EQ(read.failed[0].persisted, producers::Persisted::kAborted);
}

TEST_F(ProducerMonitorTest, AFailureIsPersistedAsTheClientSays) {
  auto records = 0;
  for (const auto status :
       {RD_KAFKA_MSG_STATUS_NOT_PERSISTED, RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED,
        RD_KAFKA_MSG_STATUS_PERSISTED}) {
    client_.status = status;
    ++records;
    for (int i = 0; i < records; ++i) outcome(producer(), -1, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT);
  }
  const auto read = report(producer());
  ASSERT_EQ(read.failed.size(), 3U);
  EXPECT_EQ(read.failed[0].persisted, producers::Persisted::kNo);
  EXPECT_EQ(read.failed[0].records, 1U);
  EXPECT_EQ(read.failed[1].persisted, producers::Persisted::kPossibly);
  EXPECT_EQ(read.failed[1].records, 2U);
  EXPECT_EQ(read.failed[2].persisted, producers::Persisted::kYes);
  EXPECT_EQ(read.failed[2].records, 3U);
}

// rd_kafka_produce_batch() passes it on where the partitioner fails.
TEST_F(ProducerMonitorTest, AMessageOfTheApplicationHasNoStatusAndWasNotSent) {
  rd_kafka_message_t message{};
  message.err = RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
  EXPECT_TRUE(producer().on_acknowledgement(message));
  for (const auto error : {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
                           RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED})
    outcome(producer(), 0, error);  // with something for a topic
  EXPECT_EQ(client_.statuses, 0);
  const auto read = report(producer());
  ASSERT_EQ(read.failed.size(), 3U);
  for (const auto& one : read.failed) EXPECT_EQ(one.persisted, producers::Persisted::kNo);
}

TEST_F(ProducerMonitorTest, ARecordWhoseTopicIsGoneMayHaveBeenSent) {
  client_.status = RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED;
  outcome(producer(), RD_KAFKA_OFFSET_INVALID, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION);
  const auto read = report(producer());
  ASSERT_EQ(read.failed.size(), 1U);
  EXPECT_EQ(read.failed[0].persisted, producers::Persisted::kPossibly);
}

TEST_F(ProducerMonitorTest, MoreKindsOfFailuresThanThereIsRoomForAreDropped) {
  auto& one = producer();
  for (int error = 1; error <= 70; ++error)
    outcome(one, -1, static_cast<rd_kafka_resp_err_t>(error));
  outcome(one, -1, static_cast<rd_kafka_resp_err_t>(1));
  const auto made = one.report(std::chrono::system_clock::now());
  EXPECT_EQ(made.failed.size(), 64U);
  EXPECT_EQ(made.failed[0].records, 2U) << "one that is there goes on";
  EXPECT_EQ(made.dropped, 6U);
}

TEST_F(ProducerMonitorTest, TheClientIsAskedFromItsFirstResponseToItsEnd) {
  auto& one = producer();
  one.ask_client();
  EXPECT_EQ(client_.calls, 0) << "its locks may not exist yet";
  EXPECT_TRUE(one.is_void());
  one.on_response(18, 1000);
  client_.fatal = RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
  one.ask_client();
  EXPECT_GT(client_.calls, 0);
  EXPECT_TRUE(one.has_unreported_end());
  auto read = report(one);
  ASSERT_TRUE(read.fatal);
  EXPECT_EQ(read.fatal->error, "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_EQ(read.fatal->reason, "sequence desynchronization");
  one.reported();
  EXPECT_FALSE(one.has_unreported_end());

  one.on_destroy();
  const auto calls = client_.calls;
  one.ask_client();
  EXPECT_EQ(client_.calls, calls);
  outcome(one, -1, RD_KAFKA_RESP_ERR__DESTROY);  // what was not flushed
  one.on_end();
  EXPECT_TRUE(one.has_unreported_end());
  read = report(one);
  EXPECT_TRUE(read.ended);
  ASSERT_EQ(read.failed.size(), 1U);
}

TEST_F(ProducerMonitorTest, AClientThatIsGoneBeforeTheMonitorLooked) {
  auto& one = producer();
  one.on_response(18, 1000);
  client_.fatal = RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
  one.on_destroy();
  one.on_end();
  one.ask_client();
  const auto read = report(one);
  ASSERT_TRUE(read.fatal);
  EXPECT_EQ(read.fatal->error, "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_EQ(read.cluster_id, "2EWveygSRR68");
}

TEST_F(ProducerMonitorTest, AnEndJustBeforeTheReportIsReportedWithItsFatalError) {
  auto& one = producer();
  one.on_response(18, 1000);
  client_.cluster_id = nullptr;
  one.ask_client();
  client_.cluster_id = "2EWveygSRR68";
  client_.fatal = RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
  one.on_destroy();
  one.on_end();
  const auto read = report(one);
  EXPECT_TRUE(read.ended);
  EXPECT_TRUE(read.fatal);
  EXPECT_EQ(read.cluster_id, "2EWveygSRR68");
  one.reported();
  EXPECT_FALSE(one.has_unreported_end());
}

TEST_F(ProducerMonitorTest, OnlyWhatChangedSinceTheLastTakenReportIsNews) {
  auto& one = producer();
  outcome(one, 0);
  EXPECT_TRUE(one.has_unreported_change());
  report(one);
  EXPECT_TRUE(one.has_unreported_change()) << "that report may have been lost";
  report(one);
  one.reported();
  EXPECT_FALSE(one.has_unreported_change());
  outcome(one, 1);
  EXPECT_TRUE(one.has_unreported_change());
}

TEST_F(ProducerMonitorTest, ALostConnectionBeginsANewSegment) {
  auto& one = producer();
  outcome(one, 0);
  one.on_connection_lost(2);
  outcome(one, 1);
  EXPECT_EQ(report(one).offsets.size(), 1U) << "that of another broker";
  one.on_connection_lost(1);
  outcome(one, 2);
  EXPECT_EQ(report(one).offsets.size(), 2U);
}

TEST(RoundTripsTest, QuantilesAreAtMostAHalfTooLongAndTheLongestIsExact) {
  RoundTrips trips;
  for (int i = 0; i < 90; ++i) trips.add(1000);
  for (int i = 0; i < 10; ++i) trips.add(30'000);
  trips.add(50'000);
  const auto taken = trips.take();
  ASSERT_TRUE(taken);
  EXPECT_GE(taken->p50, 0.001);
  EXPECT_LE(taken->p50, 0.0015);
  EXPECT_GE(taken->p99, 0.03);
  EXPECT_LE(taken->p99, 0.045);
  EXPECT_DOUBLE_EQ(taken->max, 0.05);
  EXPECT_FALSE(trips.take()) << "each counts once";
}

TEST(RoundTripsTest, NoQuantileIsAboveTheLongest) {
  RoundTrips trips;
  trips.add(1100);
  const auto taken = trips.take();
  ASSERT_TRUE(taken);
  EXPECT_DOUBLE_EQ(taken->p50, 0.0011);
  EXPECT_DOUBLE_EQ(taken->p99, 0.0011);
}

}  // namespace
}  // namespace kie::monitor
