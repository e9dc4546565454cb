#include "exporter/web/api/api.h"

#include "collectors/cluster/overview.h"
#include "collectors/quorum/advance.h"
#include "exporter/http/server.h"
#include "exporter/web/api/clusters.h"
#include "tests/unit/collectors/quorum/snapshots.h"
#include "tests/unit/collectors/replication/snapshots.h"
#include "tests/unit/exporter/http/http_client.h"

#include <nlohmann/json.hpp>

#include <thread>

namespace kie::api {
namespace {

using nlohmann::json;
using replication::test::cluster;
using replication::test::Row;
using replication::test::topic;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two clusters: "east" with the topics "a" (three partitions, the second has lost a replica) and
/// "b" (one, offline), and one that has not answered yet.
class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    std::vector<Row> rows;
    for (const int partition : {0, 1, 2})
      rows.push_back({.partition = partition, .epoch = 4, .latest = 9, .earliest = 1});
    rows[1].isr = {1, 2};
    now = std::chrono::steady_clock::now();
    auto snapshot =
        cluster(now, {topic("a", rows), topic("b", {{.leader = std::nullopt, .isr = {2}}})});
    snapshot.brokers->at(0).rack = "r1";
    snapshot.brokers->at(0).answered = true;
    snapshot.brokers->at(2).answered = false;
    snapshot.brokers->at(1).host = "::1";
    replication::advance(known->replication, std::move(snapshot));
    auto controller = quorum::test::answered(0, 101, 7);
    controller.at = now;
    auto& voters = controller.quorum->voters;
    voters[1].log_end = Offset{450};
    *voters[1].last_caught_up -= std::chrono::milliseconds{1500};
    voters[2] = quorum::test::replica(103, std::nullopt, std::nullopt);
    quorum::advance(known->quorum, controller);
    known->settings.topics["a"].min_insync_replicas = {2, model::ConfigSource::kTopic};

    ClusterStatus east;
    east.name = "east";
    east.cluster_id = "id-of-east";
    east.servers = {"kafka-1:9092"};
    east.up = true;
    east.staleness = seconds{60};
    east.last_success = std::chrono::system_clock::time_point{seconds{1'700'000'000}};
    east.state = known;
    status.set(0, east);
    ClusterStatus west;
    west.name = "we/st";
    west.trouble = "_TRANSPORT: nobody there";
    west.state = std::make_shared<ClusterState>();
    status.set(1, west);
  }

  std::pair<int, json> get(const std::string& path, const std::string& query = {},
                           std::string_view method = "GET") {
    publish();
    const auto response =
        api.answer({.method = method, .path = path, .raw_path = path, .query = query});
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_TRUE(response.body.ends_with("\n"));
    return {response.status, json::parse(response.body)};
  }

  /// The partitions of a page as TOPIC/PARTITION, and its "next".
  std::pair<std::vector<std::string>, json> page(const std::string& query) {
    const auto [code, body] = get("/api/v1/clusters/east/partitions", query);
    EXPECT_EQ(code, 200) << body;
    std::vector<std::string> names;
    for (const auto& one : body.at("partitions"))
      names.push_back(one.at("topic").get<std::string>() + "/" +
                      std::to_string(one.at("partition").get<int>()));
    return {names, body.at("next")};
  }

  /// As the poll thread does after a change.
  void publish() {
    std::size_t number = 0;
    for (auto& one : status.get()) {
      one.overview = std::make_shared<const ClusterOverview>(
          overview_of(*one.state, std::chrono::steady_clock::now(), one.staleness, false));
      status.set(number++, std::move(one));
    }
  }

  model::Instant now;
  std::shared_ptr<ClusterState> known = std::make_shared<ClusterState>();
  StatusBoard status;
  std::unique_ptr<history::History> history = history::History::open({}).value();
  ProducerStore producers;
  Api api{status, producers, *history};
};

TEST_F(ApiTest, TheClustersAndHowTheyAre) {
  const auto [code, body] = get("/api/v1/clusters");
  EXPECT_EQ(code, 200);
  ASSERT_EQ(body.at("clusters").size(), 2U);
  EXPECT_EQ(body.at("clusters").at(0), json::parse(R"({
    "name": "east", "id": "id-of-east", "servers": ["kafka-1:9092"], "disabled": false, "up": true,
    "trouble": null, "last_success": 1700000000.0, "confirmed": true,
    "controller": {"up": true, "lost": false, "id": 101, "epoch": 7, "voters": [
      {"id": 101, "lag_records": 0, "lag_seconds": 0.0},
      {"id": 102, "lag_records": 50, "lag_seconds": 1.5},
      {"id": 103, "lag_records": null, "lag_seconds": null}]},
    "brokers": [
      {"id": 1, "address": "broker1:9092", "rack": "r1", "up": true, "reachable": true},
      {"id": 2, "address": "[::1]:9092", "rack": null, "up": true, "reachable": null},
      {"id": 3, "address": "broker3:9092", "rack": null, "up": true, "reachable": false}],
    "topics": 2,
    "partitions": {"total": 4, "offline": 1, "under_min_isr": null, "at_min_isr": 1,
                   "under_replicated": 2, "last_replica": 1, "reassigning": 0}})"));
  EXPECT_EQ(body.at("clusters").at(1), json::parse(R"({
    "name": "we/st", "id": null, "servers": [], "disabled": false, "up": false,
    "trouble": "_TRANSPORT: nobody there", "last_success": null, "confirmed": null,
    "controller": {"up": null, "lost": false, "id": null, "epoch": null, "voters": null},
    "brokers": null, "topics": null, "partitions": null})"));
}

TEST_F(ApiTest, WithoutAControllerWhatIsHealthyIsNull) {
  auto lost = quorum::test::without(0, model::ControllerAnswer::kNone);
  lost.at = now;
  quorum::advance(known->quorum, lost);
  const auto body = get("/api/v1/clusters/east").second;
  EXPECT_EQ(body.at("controller"), json::parse(R"({
    "up": false, "lost": true, "id": null, "epoch": null, "voters": null})"));
  EXPECT_EQ(body.at("partitions"), json::parse(R"({
    "total": 4, "offline": 1, "under_min_isr": null, "at_min_isr": 1, "under_replicated": 2,
    "last_replica": 1, "reassigning": null})"));
  EXPECT_TRUE(body.at("brokers").at(0).at("up").is_null());
  EXPECT_EQ(body.at("brokers").at(2).at("reachable"), false);
  const auto partition = get("/api/v1/clusters/east/partitions/a/1").second;
  EXPECT_EQ(partition.at("fresh"), false);
  EXPECT_EQ(partition.at("under_replicated"), true);
  for (const auto* key : {"offline", "last_replica", "reassigning", "at_risk_records"})
    EXPECT_TRUE(partition.at(key).is_null()) << key;
}

TEST_F(ApiTest, ABrokerThatIsInSyncWithoutBeingListedIsThere) {
  replication::advance(known->replication, cluster(now, {topic("a", {{}})}, std::vector{1, 2}));
  EXPECT_EQ(get("/api/v1/clusters/east").second.at("brokers").at(2), json::parse(R"({
    "id": 3, "address": null, "rack": null, "up": true, "reachable": null})"));
}

TEST_F(ApiTest, HowManyTopicsThereAreIsNotKnownWhereNoneMayBeDescribed) {
  auto snapshot = cluster(now, {});
  snapshot.topics_refused = true;
  replication::advance(known->replication, std::move(snapshot));
  EXPECT_TRUE(get("/api/v1/clusters/east").second.at("topics").is_null());
}

TEST_F(ApiTest, AClusterIsFoundByItsNameOrItsId) {
  EXPECT_EQ(get("/api/v1/clusters/east").second.at("name"), "east");
  EXPECT_EQ(get("/api/v1/clusters/id-of-east").second.at("name"), "east");
  EXPECT_EQ(get("/api/v1/clusters/we%2Fst").second.at("name"), "we/st");
  for (const auto* key : {"north", "", "east%20"}) {
    const auto [code, body] = get("/api/v1/clusters/" + std::string(key) + "/partitions");
    EXPECT_EQ(code, 404) << key;
    EXPECT_THAT(body.at("error").get<std::string>(), HasSubstr("no cluster")) << key;
  }
}

TEST_F(ApiTest, APartitionInFull) {
  const auto [code, body] = get("/api/v1/clusters/east/partitions/a/1");
  EXPECT_EQ(code, 200);
  auto rest = body;
  const auto seconds_now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  for (const auto* time : {"seen", "offsets_seen"}) {
    EXPECT_NEAR(body.at(time).get<double>(), seconds_now, 30) << time;
    rest.erase(time);
  }
  EXPECT_EQ(rest, json::parse(R"({
    "topic": "a", "partition": 1, "fresh": true, "leader": 1, "last_leader": 1, "leader_epoch": 4,
    "replicas": [1, 2, 3], "in_sync_replicas": [1, 2], "last_in_sync_replicas": [1, 2],
    "adding_replicas": [], "min_insync_replicas": 2, "oldest_offset": 1, "current_offset": 9,
    "offline": false, "under_min_isr": false, "at_min_isr": true, "under_replicated": true,
    "last_replica": false, "reassigning": false, "at_risk_records": 0, "events": []})"));
}

TEST_F(ApiTest, WhatIsNotKnownIsNull) {
  const auto body = get("/api/v1/clusters/east/partitions/b/0").second;
  for (const auto* key : {"leader", "min_insync_replicas", "under_min_isr", "at_min_isr",
                          "oldest_offset", "current_offset", "leader_epoch", "offsets_seen"})
    EXPECT_TRUE(body.at(key).is_null()) << key;
  EXPECT_EQ(body.at("offline"), true);
}

TEST_F(ApiTest, WhatIsStaleIsNotCalledHealthy) {
  auto east = status.get().front();
  east.staleness = std::chrono::milliseconds{-1};
  status.set(0, east);
  const auto body = get("/api/v1/clusters/east/partitions/a/1").second;
  EXPECT_EQ(body.at("fresh"), false);
  EXPECT_TRUE(body.at("under_replicated").is_null());
  EXPECT_EQ(body.at("in_sync_replicas"), json::parse("[1,2]")) << "as it was last seen";
  const auto cluster = get("/api/v1/clusters/east").second;
  EXPECT_TRUE(cluster.at("partitions").is_null());
  EXPECT_TRUE(cluster.at("brokers").is_null());
  EXPECT_THAT(page("unhealthy=true").first, IsEmpty());
}

TEST_F(ApiTest, WhatWentStaleSinceItWasPublishedIsNotSaid) {
  auto east = status.get().front();
  east.staleness = std::chrono::milliseconds{1};
  east.overview =
      std::make_shared<const ClusterOverview>(overview_of(*known, now, east.staleness, false));
  ASSERT_TRUE(east.overview->summary.partitions);
  while (std::chrono::steady_clock::now() - now <= east.staleness) std::this_thread::yield();
  EXPECT_TRUE(cluster_json(east).at("partitions").is_null());
  EXPECT_TRUE(cluster_json(east).at("brokers").is_null());
}

TEST_F(ApiTest, NothingWaitsForAPollButWhatIsReadOfTopics) {
  publish();
  const std::scoped_lock poll{known->mutex};
  const auto response =
      api.answer({.method = "GET", .path = "/api/v1/clusters", .raw_path = "/api/v1/clusters"});
  EXPECT_THAT(response.body, HasSubstr(R"("topics":2)"));
}

TEST_F(ApiTest, PartitionsAreInOrderAndFiltered) {
  EXPECT_THAT(page("").first, ElementsAre("a/0", "a/1", "a/2", "b/0"));
  EXPECT_THAT(page("unhealthy=true").first, ElementsAre("a/1", "b/0"));
  EXPECT_THAT(page("unhealthy=false").first, ElementsAre("a/0", "a/1", "a/2", "b/0"));
  EXPECT_THAT(page("topic=b|c").first, ElementsAre("b/0"));
  EXPECT_THAT(page("topic=b&unhealthy=true").first, ElementsAre("b/0"));
  EXPECT_THAT(page("topic=").first, IsEmpty());
  EXPECT_TRUE(page("").second.is_null());
}

TEST_F(ApiTest, PagesTogetherAreTheWhole) {
  for (const auto* filter : {"", "&unhealthy=true", "&topic=a"})
    for (int limit = 1; limit <= 5; ++limit) {
      std::vector<std::string> all;
      std::string query = "limit=" + std::to_string(limit) + filter;
      for (std::string after;;) {
        const auto [names, next] = page(query + after);
        EXPECT_LE(names.size(), static_cast<std::size_t>(limit));
        all.insert(all.end(), names.begin(), names.end());
        if (next.is_null()) break;
        EXPECT_EQ(next, names.back());
        after = "&after=" + next.get<std::string>();
      }
      EXPECT_EQ(all, page("limit=1000" + std::string(filter)).first) << query;
    }
}

TEST_F(ApiTest, ACursorWhosePartitionHasGoneStillWorks) {
  EXPECT_THAT(page("after=a/1").first, ElementsAre("a/2", "b/0"));
  EXPECT_THAT(page("after=a/7").first, ElementsAre("b/0"));
  EXPECT_THAT(page("after=aa/0").first, ElementsAre("b/0"));
  EXPECT_THAT(page("after=A/0").first, ElementsAre("a/0", "a/1", "a/2", "b/0"));
  EXPECT_THAT(page("after=z/0").first, IsEmpty());
}

TEST_F(ApiTest, AWrongParameterIsNamed) {
  for (const auto* query :
       {"limit=0", "limit=1001", "limit=x", "limit=", "limit=-1", "after=a", "after=/1",
        "after=a/-1", "after=a/1x", "after=", "unhealthy=1", "unhealthy", "topic=(", "nothing=1"}) {
    const auto [code, body] = get("/api/v1/clusters/east/partitions", query);
    EXPECT_EQ(code, 400) << query;
    const std::string name{query, std::strcspn(query, "=")};
    EXPECT_THAT(body.at("error").get<std::string>(), HasSubstr(name)) << query;
  }
  EXPECT_THAT(get("/api/v1/clusters", "nothing=1").second.at("error").get<std::string>(),
              HasSubstr("nothing"));
  EXPECT_EQ(get("/api/v1/clusters/east/partitions", "topic=(").second.at("error"),
            "the parameter topic is not a regular expression: missing ): (");
  EXPECT_EQ(get("/api/v1/clusters/east/partitions", "limit=%").first, 400);
}

TEST_F(ApiTest, PathsAreDecodedOnce) {
  auto third = status.get().at(0);
  third.name = "50%25 a+b";
  status.set(2, third);
  const auto server = http::Server::start(
      {.listen_addresses = {"127.0.0.1:0"}},
      [this](const http::Request& request) { return api.answer(request); }, [](auto) {});
  ASSERT_TRUE(server) << server.error();
  http::test::Connection connection{server->ports().front()};
  const auto status_of = [&](const std::string& path) {
    return connection.ask("GET", "/api/v1/" + path).status;
  };
  EXPECT_EQ(status_of("clusters/we%2Fst"), 200);
  EXPECT_EQ(status_of("clusters/we%252Fst"), 404);
  EXPECT_EQ(status_of("clusters/50%2525%20a%2Bb"), 200);
  EXPECT_EQ(status_of("clusters/50%2525%20a+b"), 200);
  EXPECT_EQ(status_of("clusters/50%25%20a%2Bb"), 404);
  EXPECT_EQ(status_of("clusters%00"), 404);
  EXPECT_EQ(status_of("clusters/east%00"), 404);
  EXPECT_EQ(status_of("clusters/%"), 400);
}

TEST_F(ApiTest, WhatIsNotThereIsNotFound) {
  for (const auto* path :
       {"/api/v1", "/api/v1/", "/api/v1/nothing", "/api%2Fv1/x/events", "/api/v1/clusters/east/x",
        "/api/v1/clusters/east/partitions/a", "/api/v1/clusters/east/partitions/a/3",
        "/api/v1/clusters/east/partitions/z/0", "/api/v1/clusters/east/partitions/a/1/x"}) {
    const auto [code, body] = get(path);
    EXPECT_EQ(code, 404) << path;
    EXPECT_FALSE(body.at("error").get<std::string>().empty());
  }
  EXPECT_EQ(get("/api/v1/clusters/east/partitions/a/x").first, 400);
}

TEST_F(ApiTest, ItIsReadOnly) {
  for (const auto* method : {"POST", "PUT", "DELETE"}) {
    const auto response =
        api.answer({.method = method, .path = "/api/v1/clusters", .raw_path = "/api/v1/clusters"});
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.allow, "GET, HEAD");
  }
  EXPECT_EQ(get("/api/v1/clusters", "", "HEAD").first, 200);
}

TEST_F(ApiTest, WhatIsNotUtf8IsStillJson) {
  replication::advance(known->replication, cluster(now + seconds{1}, {topic("a\xff", {{}})}));
  EXPECT_EQ(get("/api/v1/clusters/east/partitions").first, 200);
}

TEST_F(ApiTest, WhetherABrokerMayBeStopped) {
  const auto [code, body] = get("/api/v1/clusters/east/brokers/1/stop");
  EXPECT_EQ(code, 409);
  EXPECT_EQ(body.at("may_stop"), false);
  EXPECT_EQ(body.at("obstacles"), json::parse(R"({"under_min_isr": 3})")) << body;
}

TEST_F(ApiTest, OfABlindClusterItIsNotKnown) {
  const auto [code, body] = get("/api/v1/clusters/we%2Fst/brokers/1/stop");
  EXPECT_EQ(code, 503);
  EXPECT_EQ(body.at("may_stop"), nullptr);
  EXPECT_THAT(body.at("unknown").get<std::vector<std::string>>(),
              testing::Contains(HasSubstr("does not answer")));
}

TEST_F(ApiTest, AStopOfWhatIsNoBroker) {
  EXPECT_EQ(get("/api/v1/clusters/east/brokers/x/stop").first, 400);
  EXPECT_EQ(get("/api/v1/clusters/east/brokers/1/stop", "accept=nonsense").first, 400);
  EXPECT_EQ(get("/api/v1/clusters/nowhere/brokers/1/stop").first, 404);
}

}  // namespace
}  // namespace kie::api
