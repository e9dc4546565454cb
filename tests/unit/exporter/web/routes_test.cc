#include "exporter/web/routes.h"

#include "tests/unit/exporter/exposition/exposition_text.h"

#include <prometheus/counter.h>

namespace kie::http {
namespace {

using exposition::FamilyId;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string whole(const Response& response) {
  std::string body{response.body};
  for (const auto part : response.rest) body += part;
  return body;
}

class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    ClusterStatus east;
    east.name = "east";
    status.set(0, east);
    status.set(1, {});
  }

  Response get(std::string_view path, std::string_view accept_encoding = {},
               std::string_view method = "GET", std::string_view accept = {}) const {
    return routes.answer({method, path, accept_encoding, accept});
  }

  static constexpr std::string_view kText = "text/plain; version=0.0.4; charset=utf-8";
  static constexpr std::string_view kOpenMetrics =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  void set_fresh(std::size_t cluster, bool fresh, const std::optional<std::string>& trouble = {}) {
    auto one = status.get().at(cluster);
    one.fresh_until = std::chrono::steady_clock::now() + (fresh ? seconds{60} : seconds{-1});
    one.trouble = trouble;
    status.set(cluster, one);
  }

  exposition::SelfMetrics self{"1.2.3", "abc", "2.8.0"};
  exposition::PageMaker pages{self};
  StatusBoard status;
  ProducerStore producers;
  tl::expected<void, std::string> reloaded;
  int reloads = 0;
  std::unique_ptr<history::History> history = history::History::open({}).value();
  Routes routes{"/kafka/metrics",
                "Version 1.2.3",
                pages,
                status,
                producers,
                *history,
                self.counter(FamilyId::kScrapes),
                [this] {
                  ++reloads;
                  return reloaded;
                }};
};

TEST_F(RoutesTest, TheMetricsArePlainTextOfTheFormat004) {
  const auto response = get("/kafka/metrics");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, kText);
  EXPECT_EQ(response.content_encoding, "");
  EXPECT_EQ(response.vary, "Accept, Accept-Encoding");
  EXPECT_EQ(whole(response), pages.current()->text.str());
}

TEST_F(RoutesTest, TheMetricsAreGzipWhereItIsWelcome) {
  const auto response = get("/kafka/metrics", "gzip");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_encoding, "gzip");
  EXPECT_EQ(response.vary, "Accept, Accept-Encoding");
  EXPECT_EQ(exposition::test::gunzip(response.body), pages.current()->text.str());
  EXPECT_EQ(get("/kafka/metrics", "gzip;q=0").content_encoding, "");
}

TEST_F(RoutesTest, OpenMetricsIsForThoseWhoPreferItAndTheFirstGetsText) {
  const auto ask = [&](std::string_view encoding) {
    return get("/kafka/metrics", encoding, "GET",
               "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");
  };
  const auto first = ask("");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.content_type, kText);
  EXPECT_EQ(whole(first), pages.current()->text.str());

  pages.render(exposition::PageMaker::Clock::now());
  const auto plain = ask("gzip;q=0");
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.content_type, kOpenMetrics);
  EXPECT_EQ(plain.content_encoding, "");
  EXPECT_EQ(plain.vary, "Accept, Accept-Encoding");
  EXPECT_EQ(whole(plain), pages.current()->openmetrics.str());
  const auto packed = ask("gzip");
  EXPECT_EQ(packed.content_type, kOpenMetrics);
  EXPECT_EQ(packed.content_encoding, "gzip");
  EXPECT_EQ(exposition::test::gunzip(packed.body), pages.current()->openmetrics.str());
  EXPECT_EQ(get("/kafka/metrics").content_type, kText);
}

TEST_F(RoutesTest, NobodyWhoReadsTextMakesOpenMetrics) {
  for (const auto* accept : {"", "*/*", "text/plain", "text/html,*/*;q=0.8", "nonsense"})
    EXPECT_EQ(get("/kafka/metrics", "", "GET", accept).content_type, kText) << accept;
  pages.render(exposition::PageMaker::Clock::now());
  EXPECT_EQ(pages.current()->openmetrics.str(), "");
}

TEST_F(RoutesTest, ABodyOutlivesItsPage) {
  const auto response = get("/kafka/metrics");
  const auto before = whole(response);
  exposition::ClusterSamples samples;
  samples.add(FamilyId::kClusterUp, "", std::int64_t{1});
  pages.publish(0, std::move(samples));
  pages.render(exposition::PageMaker::Clock::now());
  EXPECT_EQ(whole(response), before);
}

TEST_F(RoutesTest, AGzipBodyDoesNotKeepItsPage) {
  const auto response = get("/kafka/metrics", "gzip");
  const std::weak_ptr<const exposition::Page> page = pages.current();
  const auto text = page.lock()->text.str();
  pages.render(exposition::PageMaker::Clock::now());
  EXPECT_TRUE(page.expired());
  EXPECT_EQ(exposition::test::gunzip(response.body), text);
}

TEST_F(RoutesTest, ScrapesAreCounted) {
  get("/kafka/metrics");
  get("/kafka/metrics", "gzip");
  get("/-/healthy");
  get("/nothing");
  get("/kafka/metrics", "", "POST");
  EXPECT_EQ(self.counter(FamilyId::kScrapes).Value(), 2);
}

TEST_F(RoutesTest, TheProcessIsHealthyWhateverTheClustersAre) {
  set_fresh(0, false, "gone");
  EXPECT_EQ(get("/-/healthy").status, 200);
  EXPECT_EQ(get("/-/healthy").body, "The exporter runs.\n");
}

TEST_F(RoutesTest, NotReadyUntilEveryClusterHasAnswered) {
  set_fresh(0, false, "_TRANSPORT: nobody there");
  set_fresh(1, false);
  const auto response = get("/-/ready");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body,
            "Not ready: no fresh answer from the cluster east: _TRANSPORT: nobody there\n"
            "Not ready: no fresh answer from the cluster\n");
  set_fresh(0, true);
  EXPECT_EQ(get("/-/ready").status, 503);
  EXPECT_EQ(get("/-/ready").body, "Not ready: no fresh answer from the cluster\n");
}

TEST_F(RoutesTest, ReadyWhenEveryClusterHasAFreshAnswer) {
  set_fresh(0, true);
  set_fresh(1, true);
  EXPECT_EQ(get("/-/ready").status, 200);
  EXPECT_EQ(get("/-/ready").body, "Ready.\n");
}

TEST_F(RoutesTest, NotReadyWhileNoControllerAnswers) {
  set_fresh(0, true);
  set_fresh(1, true);
  auto east = status.get().at(0);
  east.old_news = "No controller has answered for 20 s.";
  status.set(0, east);
  EXPECT_EQ(get("/-/ready").status, 503);
  EXPECT_EQ(get("/-/ready").body,
            "Not ready: the cluster east: No controller has answered for 20 s.\n");
}

TEST_F(RoutesTest, ReadyWithANoteWhereNobodyConfirmsWhatIsKnown) {
  set_fresh(0, true);
  set_fresh(1, true);
  auto east = status.get().at(0);
  east.unconfirmed = "Only one broker answers.";
  status.set(0, east);
  EXPECT_EQ(get("/-/ready").status, 200);
  EXPECT_EQ(get("/-/ready").body, "Ready.\nThe cluster east: Only one broker answers.\n");
}

TEST_F(RoutesTest, APollThatFailedDoesNotUnreadyWhatIsStillFresh) {
  set_fresh(0, true, "_TIMED_OUT: once");
  set_fresh(1, true);
  EXPECT_EQ(get("/-/ready").status, 200);
}

TEST_F(RoutesTest, AClusterThatAnotherEntryWatchesIsNotWaitedFor) {
  set_fresh(0, true);
  auto second = status.get().at(1);
  second.disabled = true;
  status.set(1, second);
  EXPECT_EQ(get("/-/ready").status, 200);
}

TEST_F(RoutesTest, ReloadSaysWhatItCameTo) {
  EXPECT_EQ(get("/-/reload", "", "POST").status, 200);
  EXPECT_EQ(get("/-/reload", "", "PUT").status, 200);
  reloaded = tl::make_unexpected(std::string("kie.toml:3:1: wrong\n"));
  const auto refused = get("/-/reload", "", "POST");
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(refused.body, "kie.toml:3:1: wrong\n");
  EXPECT_EQ(reloads, 3);
}

TEST_F(RoutesTest, ReloadIsNotForReaders) {
  for (const auto* method : {"GET", "HEAD", "DELETE"}) {
    const auto response = get("/-/reload", "", method);
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.allow, "POST, PUT");
  }
  EXPECT_EQ(reloads, 0);
}

TEST_F(RoutesTest, ReloadIsRefusedWhereItWasNotEnabled) {
  const Routes closed{
      "/metrics", "", pages, status, producers, *history, self.counter(FamilyId::kScrapes), {}};
  const auto response = closed.answer({"POST", "/-/reload", "", ""});
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(std::string{response.body}, HasSubstr("--web.enable-lifecycle"));
}

TEST_F(RoutesTest, ThePageIsHtml) {
  const auto response = get("/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(std::string{response.body}, AllOf(HasSubstr("href=\"/kafka/metrics\""),
                                                HasSubstr("Version 1.2.3"), HasSubstr("east")));
}

TEST_F(RoutesTest, HeadIsAnsweredAsGet) {
  for (const auto* path : {"/kafka/metrics", "/-/healthy", "/-/ready", "/"}) {
    EXPECT_EQ(get(path, "", "HEAD").status, get(path).status) << path;
    EXPECT_EQ(get(path, "", "HEAD").content_type, get(path).content_type) << path;
  }
}

TEST_F(RoutesTest, OtherMethodsAreRefusedWithWhatIsAllowed) {
  for (const auto* path : {"/kafka/metrics", "/-/healthy", "/-/ready", "/"})
    for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "get", ""}) {
      const auto response = get(path, "", method);
      EXPECT_EQ(response.status, 405) << method << ' ' << path;
      EXPECT_EQ(response.allow, "GET, HEAD");
      EXPECT_THAT(std::string{response.body}, HasSubstr("GET and HEAD"));
    }
}

TEST_F(RoutesTest, WhatIsNotThereIsNotFound) {
  for (const auto* path : {"/metrics", "/kafka/metrics/", "/kafka", "/-/", "/-/reload/",
                           "/favicon.ico", "", "//", "/../etc/passwd", "/-/healthy/x"}) {
    const auto response = get(path);
    EXPECT_EQ(response.status, 404) << path;
    EXPECT_THAT(response.body, Not(testing::IsEmpty()));
  }
}

}  // namespace
}  // namespace kie::http
