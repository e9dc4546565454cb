#include "exporter/web/api/producers.h"

#include "collectors/producers/advance.h"

#include <nlohmann/json.hpp>

namespace kie::api {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::Optional;

class ProducersApi : public testing::Test {
 protected:
  void take(const std::string& name, const std::string& client_id = "shop", bool is_fatal = false) {
    producers::Statistics one;
    one.name = name;
    one.client_id = client_id;
    one.ts = 6;
    one.age = 1;
    one.messages = 3;
    one.idempotence = producers::IdempotenceState{"Assigned", "Init", 9, 2};
    if (is_fatal) one.fatal = producers::Fatal{"Broker: Unknown Producer Id", "why"};
    const producers::WallTime wall{std::chrono::seconds{1'800'000'000}};
    ASSERT_TRUE(producers::advance(store.state, one, {}, {}, wall));
  }

  static std::vector<std::string> names(const Json& document) {
    std::vector<std::string> all;
    for (const auto& one : document.at("producers")) all.push_back(one.at("producer"));
    return all;
  }

  ProducerStore store;
};

TEST_F(ProducersApi, AnInstanceInFull) {
  take("a#producer-1", "shop", true);
  EXPECT_EQ(producers_json(store, {}), Json::parse(R"({"producers": [{
    "client_id": "shop", "producer": "a#producer-1", "started": 5, "gone": false, "ended": false,
    "last_report": 1800000000.0,
    "fatal": {"error": "UNKNOWN_PRODUCER_ID", "reason": "why", "known": 1800000000.0},
    "acknowledged_records": null, "transmitted_bytes": 0, "socket_send_errors": 0,
    "request_timeouts": 0,
    "queue": {"messages": 3, "messages_limit": 0, "bytes": 0, "bytes_limit": 0},
    "idempotence": {"state": "Assigned", "transaction_state": "Init", "producer_id": 9,
                    "producer_epoch": 2}}], "next": null})"));
}

TEST_F(ProducersApi, PagesTogetherAreTheWhole) {
  for (const auto* name : {"a#1", "b#1", "c@#1", "d#1", "e#1"}) take(name);
  std::vector<std::string> all;
  ProducerQuery query{.client_id = {}, .limit = 2, .after = {}};
  while (true) {
    const auto page = producers_json(store, query);
    for (auto& name : names(page)) all.push_back(name);
    if (page.at("next").is_null()) break;
    query.after = parse_producer(page.at("next").get<std::string>());
    ASSERT_TRUE(query.after);
  }
  EXPECT_THAT(all, ElementsAre("a#1", "b#1", "c@#1", "d#1", "e#1"));
}

TEST_F(ProducersApi, OfOneClient) {
  take("a#1");
  take("b#1", "bank");
  EXPECT_THAT(names(producers_json(store, {.client_id = "bank", .limit = 100, .after = {}})),
              ElementsAre("b#1"));
}

TEST_F(ProducersApi, ACursorIsANameAStartAndAnId) {
  EXPECT_THAT(parse_producer("a@b@7@"), Optional(Eq(producers::InstanceKey{"a@b", 7, ""})));
  EXPECT_THAT(parse_producer("a@0@x-1"), Optional(Eq(producers::InstanceKey{"a", 0, "x-1"})));
  for (const auto* wrong : {"", "@", "a", "a@", "a@7", "a@x@", "a@7x@", "a@99999999999999999999@"})
    EXPECT_THAT(parse_producer(wrong), Eq(std::nullopt)) << wrong;
}

TEST_F(ProducersApi, AReportInFull) {
  producers::ProducerReport report;
  report.instance = "i-1";
  report.sequence = 3;
  report.client_id = "shop";
  report.name = "shop#producer-1";
  report.host = "app-1";
  report.pid = 17;
  report.client = "librdkafka 2.8.0";
  report.settings = {{{"acks", "all"}, {"retries", "5"}}};
  report.acknowledged = 120;
  report.acknowledged_bytes = 5000;
  report.failed = {{"_MSG_TIMED_OUT", producers::Persisted::kPossibly, 3}};
  report.ended = true;
  const producers::WallTime wall{std::chrono::seconds{1'800'000'000}};
  ASSERT_TRUE(producers::advance(store.state, report, {}, {}, wall));
  EXPECT_EQ(producers_json(store, {}), Json::parse(R"({"producers": [{
    "client_id": "shop", "producer": "shop#producer-1", "started": 0, "gone": true, "ended": true,
    "last_report": 1800000000.0, "fatal": null, "acknowledged_records": 120, "instance": "i-1",
    "host": "app-1", "pid": 17, "client": "librdkafka 2.8.0", "cluster_id": null,
    "settings": {"acks": "all", "retries": "5"}, "acknowledged_bytes": 5000,
    "failed": [{"error": "_MSG_TIMED_OUT", "persisted": "possibly", "records": 3}],
    "retried_records": null, "dropped": 0}], "next": null})"));
}

}  // namespace
}  // namespace kie::api
