#include "exporter/producers/ingest.h"

#include "exporter/producers/inflate.h"
#include "exporter/producers/worker.h"
#include "tests/unit/exporter/exposition/exposition_text.h"

#include <nlohmann/json.hpp>

#include <thread>

namespace kie::ingest {
namespace {

using exposition::FamilyId;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class IngestTest : public testing::Test {
 protected:
  IngestTest() { config.token = config::Secret{"open-sesame"}; }

  static std::string document(const std::string& client, const std::string& more = {}) {
    return R"({"name":")" + client + R"(#producer-1","client_id":")" + client +
           R"(","type":"producer","ts":5000000,"age":2000000)" + more + "}";
  }

  static std::string fatal(const std::string& client) {
    return document(client, R"(,"fatal":{"error":"Broker: Unknown Producer Id","reason":"why"})");
  }

  static std::string report(const std::string& instance, int sequence, const std::string& more) {
    return R"({"version":1,"instance":")" + instance + R"(","sequence":)" +
           std::to_string(sequence) + R"(,"time":1700000000,"client_id":"a","acknowledged":7,)" +
           R"("cluster_id":"abc")" + more + "}\n";
  }

  http::Response post(const std::string& body, std::string_view encoding = {},
                      std::string_view path = "/api/v1/producers/statistics") {
    http::Request request{.method = "POST", .path = path};
    request.authorization = authorization;
    request.content_encoding = encoding;
    request.read_body = [&](std::size_t limit) -> tl::expected<std::string, http::BodyError> {
      if (body.size() > limit) return tl::make_unexpected(http::BodyError::kTooLarge);
      return body;
    };
    if (!ingest) start();
    return ingest->answer(request);
  }

  /// With the configuration as it is now; what is known stays.
  void start() {
    ingest.reset();
    thread = {};
    worker.emplace(config, 32, config::RiskConfig{}, store, journal, acknowledged, pages, self);
    thread = std::jthread{[this](const std::stop_token& stop) { worker->run(stop); }};
    ingest.emplace(
        config,
        [this](std::vector<ProducerDocument> documents) {
          return worker->take(std::move(documents));
        },
        store, self);
  }

  /// What is known of clients now.
  std::map<std::string, producers::ProducerClient, std::less<>> clients() {
    const std::scoped_lock lock{store.mutex};
    return store.state.clients;
  }

  json said(const std::string& body) { return json::parse(post(body).body); }

  double rejected(const std::string& reason) {
    return self.counter(FamilyId::kIngestRejected, {{"reason", reason}}).Value();
  }

  config::IngestConfig config;
  ProducerStore store;
  AckedOffsets acknowledged;
  exposition::SelfMetrics self{"0.0.0", "test", "0.0.0"};
  std::unique_ptr<history::History> history = history::History::open({}).value();
  ProducerJournal journal{*history, self};
  std::string_view authorization = "Bearer open-sesame";
  exposition::PageMaker pages{self};
  std::optional<ProducersWorker> worker;
  std::optional<Ingest> ingest;
  std::jthread thread;
};

TEST_F(IngestTest, TakesOneDocumentOrMany) {
  EXPECT_EQ(said(document("a")), json::parse(R"({"accepted":1,"refused":0,"errors":[]})"));
  EXPECT_EQ(said(document("b") + "\n" + document("c") + document("d") + "\n").at("accepted"), 3);
  EXPECT_EQ(clients().size(), 4U);
  EXPECT_EQ(self.counter(FamilyId::kIngestDocuments, {{"kind", "statistics"}}).Value(), 4);
}

TEST_F(IngestTest, GoodDocumentsOfABodyAreKeptAndTheOthersNamed) {
  const auto answer = said(document("a") + "\n{\"name\":\n" + document("b", R"(,"msg_cnt":"x")") +
                           "\n" + document("c"));
  EXPECT_EQ(answer.at("accepted"), 2);
  EXPECT_EQ(answer.at("refused"), 2);
  EXPECT_EQ(answer.at("errors").at(0).at("document"), 1);
  EXPECT_EQ(answer.at("errors").at(1).at("document"), 2);
  EXPECT_THAT(answer.at("errors").at(1).at("error").get<std::string>(), HasSubstr("msg_cnt"));
  EXPECT_EQ(rejected("malformed"), 2);
  EXPECT_EQ(clients().size(), 2U);
}

TEST_F(IngestTest, WhenNothingCouldBeReadItIsAnError) {
  EXPECT_EQ(post("").status, 400);
  EXPECT_EQ(post("nonsense").status, 400);
  EXPECT_EQ(post(document("a") + "\nnonsense").status, 200);
}

TEST_F(IngestTest, OfManyBadDocumentsTheFirstAreNamed) {
  std::string body;
  for (int i = 0; i < 1'000; ++i) body += "{}\n";
  const auto answer = said(body);
  EXPECT_EQ(answer.at("refused"), 1'000);
  EXPECT_EQ(answer.at("errors").size(), 20U);
}

TEST_F(IngestTest, NeedsTheToken) {
  for (const auto* wrong :
       {"", "open-sesame", "Bearer ", "Bearer open-sesam", "Bearer open-sesame ",
        "Bearer open-sesamf", "Bearer Open-sesame", "Bearer\topen-sesame", "Basic open-sesame"}) {
    authorization = wrong;
    const auto response = post(document("a"));
    EXPECT_EQ(response.status, 401) << wrong;
    EXPECT_THAT(std::string(response.body), Not(HasSubstr("sesame")));
  }
  EXPECT_EQ(rejected("token"), 9);
  EXPECT_THAT(clients(), IsEmpty());
}

TEST_F(IngestTest, TheCaseOfSchemesAndCodingsDoesNotMatter) {
  for (const auto* scheme : {"bearer open-sesame", "BEARER open-sesame"}) {
    authorization = scheme;
    EXPECT_EQ(post(document("a")).status, 200) << scheme;
  }
  for (const auto* encoding : {"GZIP", "x-gzip", "X-Gzip"})
    EXPECT_EQ(post(exposition::test::gzip(document("a")), encoding).status, 200) << encoding;
  EXPECT_EQ(post(document("a"), "Identity").status, 200);
}

TEST_F(IngestTest, AnonymousOnlyWhereThatIsSaid) {
  authorization = "";
  config.token = {};
  EXPECT_EQ(post(document("a")).status, 401) << "no token is no token that fits";
  ingest.reset();
  config.allow_anonymous = true;
  EXPECT_EQ(post(document("a")).status, 200);
}

TEST_F(IngestTest, GzipWithinItsBounds) {
  EXPECT_EQ(post(exposition::test::gzip(document("a")), "gzip").status, 200);
  EXPECT_EQ(clients().size(), 1U);
  config.max_inflated = 100'000;
  ingest.reset();
  const auto bomb = exposition::test::gzip(std::string(10'000'000, ' '));
  EXPECT_EQ(post(bomb, "gzip").status, 413);
  EXPECT_EQ(rejected("inflated"), 1);
  EXPECT_EQ(post("no gzip at all", "gzip").status, 400);
  EXPECT_EQ(post(document("a"), "br").status, 415);
  EXPECT_EQ(rejected("encoding"), 2);
}

TEST_F(IngestTest, ABodyAboveItsBoundIsRefusedWhole) {
  config.max_body = 100;
  EXPECT_EQ(post(document("a") + std::string(100, ' ')).status, 413);
  EXPECT_EQ(rejected("body"), 1);
  EXPECT_THAT(clients(), IsEmpty());
}

TEST_F(IngestTest, ClientsAboveTheirBoundCountTogetherAndAreNamedOnceInTheLog) {
  config.max_clients = 2;
  testing::internal::CaptureStderr();
  const auto answer =
      said(document("a") + document("b") + document("c") + document("d") + document("a"));
  EXPECT_EQ(answer.at("accepted"), 5);
  EXPECT_EQ(answer.at("refused"), 0);
  EXPECT_EQ(answer.at("errors").size(), 2U);
  EXPECT_EQ(answer.at("errors").at(0).at("document"), 2);
  EXPECT_EQ(rejected("clients"), 2);
  EXPECT_EQ(clients().at("other").instances, 2U);
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("reason=clients"));
  EXPECT_EQ(std::ranges::count(log, '\n'), 1);
}

TEST_F(IngestTest, AFatalErrorIsLoggedOnce) {
  testing::internal::CaptureStderr();
  post(fatal("a"));
  post(fatal("a"));
  const auto log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr("level=error"), HasSubstr("client_id=a"),
                         HasSubstr("error=UNKNOWN_PRODUCER_ID"), HasSubstr("reason=why")));
  EXPECT_EQ(std::ranges::count(log, '\n'), 1);
}

TEST_F(IngestTest, ReportsAreTakenAndTheirOffsetsHandedOn) {
  AckedOffsetsWatch watch{&acknowledged};
  watch.follow("abc");
  const auto offsets = [](int next, const std::string& time) {
    return R"(,"offsets":[{"topic":"orders","partition":3,"next":)" + std::to_string(next) +
           R"(,"time":)" + time + "}]";
  };
  const auto answer =
      json::parse(post(report("i-1", 1, offsets(10, "1699999999")) +
                           report("i-1", 2, offsets(20, "sometimes")) +
                           report("i-2", 1, offsets(30, "1700000000")) + document("b"),
                       {}, "/api/v1/producers/reports")
                      .body);
  EXPECT_EQ(answer.at("accepted"), 2);
  EXPECT_EQ(answer.at("refused"), 2) << "an offset without a time, and statistics";
  EXPECT_THAT(answer.at("errors").at(0).at("error").get<std::string>(), HasSubstr("JSON"));
  EXPECT_EQ(self.counter(FamilyId::kIngestDocuments, {{"kind", "reports"}}).Value(), 2);
  EXPECT_EQ(clients().at("a").instances, 2U);
  const auto handed = watch.take();
  ASSERT_EQ(handed.size(), 2U);
  EXPECT_EQ(handed[0].next.value + handed[1].next.value, 40);

  EXPECT_EQ(
      post(report("i-1", 1, offsets(99, "1700000000")), {}, "/api/v1/producers/reports").status,
      200);
  EXPECT_THAT(watch.take(), IsEmpty()) << "it had said a later one";
}

/// Where a client sends both, message numbers of statistics run on over records that failed.
TEST_F(IngestTest, AcknowledgedIsWhatTheReportSays) {
  post(R"({"name":"a#producer-1","client_id":"a","type":"producer","ts":20000000,"age":10000000,
    "msg_cnt":0,"msg_max":10,"msg_size":0,"msg_size_max":10,"topics":{"t":{"partitions":{"0":{
    "msgs":300,"acked_msgid":300}}}},"eos":{"idemp_state":"Assigned","txn_state":"Init",
    "producer_id":1,"producer_epoch":1}})");
  EXPECT_EQ(clients().at("a").counters.acknowledged_records, std::nullopt);
  post(R"({"version":1,"instance":"i","sequence":1,"time":1700000000,"client_id":"a",
    "name":"a#producer-1","started":10000000,"acknowledged":200,
    "failed":[{"error":"_MSG_TIMED_OUT","persisted":"possibly","records":100}]})",
       {}, "/api/v1/producers/reports");
  const auto client = clients().at("a");
  EXPECT_EQ(client.counters.acknowledged_records, 200U);
  EXPECT_EQ(client.instances, 1U);
}

TEST_F(IngestTest, AClockThatWasSetBackCostsNoFatalError) {
  const std::string_view reports = "/api/v1/producers/reports";
  post(R"({"version":1,"instance":"i","sequence":1,"time":1000.0,"client_id":"a","cluster_id":"c",
    "acknowledged":5,"offsets":[{"topic":"t","partition":0,"segment":0,"acks":"all","next":5,
    "time":999.0}]})",
       {}, reports);
  const auto answer =
      json::parse(post(R"({"version":1,"instance":"i","sequence":2,"time":998.0,"client_id":"a",
    "cluster_id":"c","acknowledged":5,"fatal":{"error":"_FENCED","reason":"x"},
    "offsets":[{"topic":"t","partition":0,"segment":0,"acks":"all","next":5,"time":999.0}]})",
                       {}, reports)
                      .body);
  EXPECT_EQ(answer, json::parse(R"({"accepted":1,"refused":0,"errors":[]})"));
  EXPECT_EQ(clients().at("a").fatal_errors.at("_FENCED"), 1U);
}

TEST_F(IngestTest, AboveTheBoundOfOffsetsAReportIsStillTaken) {
  config.max_offsets = 1;
  const std::string_view reports = "/api/v1/producers/reports";
  const auto full = R"(,"offsets":[{"topic":"t","partition":0,"segment":0,"acks":"all","next":1,)"
                    R"("time":1699999999}])";
  post(report("i-1", 1, full), {}, reports);
  const auto next = post(
      report("n", 1,
             std::string{
                 R"(,"fatal":{"error":"OUT_OF_ORDER_SEQUENCE_NUMBER","reason":"r"},)"
                 R"("failed":[{"error":"_MSG_TIMED_OUT","persisted":"possibly","records":7}])"} +
                 full),
      {}, reports);
  EXPECT_EQ(next.status, 200);
  EXPECT_EQ(rejected("offsets"), 1);
  const auto client = clients().at("a");
  EXPECT_EQ(client.fatal_errors.at("OUT_OF_ORDER_SEQUENCE_NUMBER"), 1U);
  EXPECT_EQ(client.failed->begin()->second, 7U);
}

TEST_F(IngestTest, NamesThatLibrdkafkaDoesNotEscapeAreTaken) {
  const auto answer = post(
      R"({ "name": "CORP\app#producer-1", "client_id": "CORP\app", "type": "producer", "ts":20000000, "age":10000000 })");
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(clients().contains(R"(CORP\app)"));
}

TEST_F(IngestTest, WhatWentBackOrComesFromTheFutureIsNamed) {
  const auto error = [&](const std::string& body) {
    const auto answer = json::parse(post(body, {}, "/api/v1/producers/reports").body);
    return answer.at("errors").empty() ? ""
                                       : answer.at("errors").at(0).at("error").get<std::string>();
  };
  EXPECT_EQ(error(report("i-1", 1, "")), "");
  auto back = report("i-1", 2, "");
  back.replace(back.find("\"acknowledged\":7"), 16, "\"acknowledged\":6");
  EXPECT_THAT(error(back), HasSubstr("lower"));
  EXPECT_EQ(rejected("went_back"), 1);
  auto future = report("i-2", 1, "");
  future.replace(future.find("1700000000"), 10, "9900000000");
  EXPECT_THAT(error(future), HasSubstr("future"));
  EXPECT_EQ(rejected("future"), 1);
  EXPECT_EQ(clients().at("a").instances, 1U);
}

TEST_F(IngestTest, ABodyOfManyDocumentsIsHandedOverInPartsAndAnsweredForAsAWhole) {
  config.max_instances = 150;
  std::string body;
  for (int i = 0; i < 250; ++i)
    body += i == 120 ? "{}\n" : document("client-" + std::to_string(i)) + "\n";
  const auto answer = said(body);
  EXPECT_EQ(answer.at("accepted"), 150);
  EXPECT_EQ(answer.at("refused"), 100);
  EXPECT_EQ(answer.at("errors").at(0).at("document"), 120) << "in the order of the body";
  EXPECT_EQ(answer.at("errors").at(1).at("document"), 151);
  EXPECT_EQ(clients().size(), 150U);
}

TEST_F(IngestTest, WhoseDocumentsWereTakenIsAnswered) {
  post(document("a") + document("b") + document("b#2"));
  const auto ask = [&](const std::string& method) {
    http::Request request{.method = method, .path = "/api/v1/producers"};
    request.authorization = authorization;
    return ingest->answer(request);
  };
  const auto clients = json::parse(ask("GET").body).at("clients");
  ASSERT_EQ(clients.size(), 3U);
  EXPECT_EQ(clients.at(0).at("client_id"), "a");
  EXPECT_EQ(clients.at(0).at("instances"), 1);
  EXPECT_GT(clients.at(0).at("last_report"), 1.7e9);
  EXPECT_EQ(ask("POST").status, 405);
  EXPECT_EQ(ask("POST").allow, "GET");
  authorization = "";
  EXPECT_EQ(ask("GET").status, 401);
}

TEST_F(IngestTest, AnArrayIsItsDocuments) {
  EXPECT_EQ(said("[" + document("a") + "," + document("b") + "]").at("accepted"), 2);
}

TEST_F(IngestTest, WhoCannotBeServedNowIsToldWhenToComeBack) {
  std::vector<std::promise<DocumentOutcomes>> silent;
  const std::map<std::string, Ingest::HandOver> kinds{
      {"full", [](auto) { return std::nullopt; }},
      {"late", [&](auto) { return silent.emplace_back().get_future(); }}};
  for (const auto& [kind, hand_over] : kinds) {
    ingest.emplace(config, hand_over, store, self, std::chrono::milliseconds{20});
    const auto response = post(document("a"));
    EXPECT_EQ(response.status, 503) << kind;
    EXPECT_EQ(response.retry_after, std::chrono::seconds{5}) << kind;
    EXPECT_THAT(std::string(response.body), HasSubstr("send it again")) << kind;
  }
  EXPECT_EQ(rejected("busy"), 2);
  EXPECT_EQ(self.counter(FamilyId::kIngestDocuments, {{"kind", "statistics"}}).Value(), 0);
}

TEST_F(IngestTest, OnlyWhatIsThereIsAnswered) {
  http::Request request{.method = "GET", .path = "/api/v1/producers/statistics"};
  start();
  EXPECT_EQ(ingest->answer(request).status, 405);
  EXPECT_EQ(ingest->answer(request).allow, "POST");
  request.path = "/metrics";
  EXPECT_EQ(ingest->answer(request).status, 404);
}

TEST(Inflate, GivesBackWhatWasCompressed) {
  for (const std::size_t size : {0, 1, 5'000, 3'000'000}) {
    const std::string text(size, 'x');
    EXPECT_EQ(inflate(exposition::test::gzip(text), 3'000'000).value_or("no"), text) << size;
  }
}

TEST(Inflate, NeverGoesAboveTheLimit) {
  const auto compressed = exposition::test::gzip(std::string(100'001, 'x'));
  EXPECT_EQ(inflate(compressed, 100'000).error(), http::BodyError::kTooLarge);
  EXPECT_EQ(inflate(compressed.substr(0, compressed.size() / 2), 1 << 20).error(),
            http::BodyError::kCutOff);
  EXPECT_EQ(inflate("", 1 << 20).error(), http::BodyError::kCutOff);
  EXPECT_EQ(inflate(compressed, 100'001).value_or("no").size(), 100'001);
  EXPECT_EQ(inflate(compressed + compressed, 1 << 20).error(), http::BodyError::kCutOff);
}

}  // namespace
}  // namespace kie::ingest
