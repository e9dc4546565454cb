#include "exporter/web/landing_page.h"

namespace kie::http {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::Not;

class LandingPageTest : public testing::Test {
 protected:
  LandingPageTest() {
    fresh.name = "production";
    fresh.servers = {"kafka-1:9092", "kafka-2:9092"};
    fresh.last_success = now - seconds{7};
    fresh.fresh_until = now_steady + seconds{1};
    fresh.sentences = {"Every replica is in sync."};
  }

  std::string page(const std::vector<ClusterStatus>& clusters) const {
    return landing_page({.version = "Version 1.2.3",
                         .telemetry_path = "/metrics",
                         .clusters = clusters,
                         .now = now,
                         .now_steady = now_steady});
  }

  std::chrono::system_clock::time_point now{std::chrono::hours{1}};
  std::chrono::steady_clock::time_point now_steady{std::chrono::hours{1}};
  ClusterStatus fresh;
};

TEST(EscapeHtml, LeavesNoMarkup) {
  EXPECT_EQ(escape_html("<script>alert(\"x\" & 'y')</script>"),
            "&lt;script&gt;alert(&quot;x&quot; &amp; &#39;y&#39;)&lt;/script&gt;");
  EXPECT_EQ(escape_html("orders Übergröße"), "orders Übergröße");
  EXPECT_EQ(escape_html("&amp;"), "&amp;amp;");
  EXPECT_EQ(escape_html(""), "");
}

TEST_F(LandingPageTest, HasLinksAndVersion) {
  const auto html = page({});
  for (const auto* part :
       {"<!doctype html>", "Version 1.2.3", "href=\"/metrics\"", "href=\"/-/ready\"",
        "href=\"/-/healthy\"", "href=\"/api/v1/clusters\"", "</html>"})
    EXPECT_THAT(html, HasSubstr(part));
}

TEST_F(LandingPageTest, ToldOfAHealthyCluster) {
  const auto html = page({fresh});
  for (const auto* part : {"class=\"well\"", "production", "Every replica is in sync.",
                           "kafka-1:9092, kafka-2:9092", "Last answered 7 s ago."})
    EXPECT_THAT(html, HasSubstr(part));
  EXPECT_THAT(html, Not(HasSubstr("The last poll failed")));
}

TEST_F(LandingPageTest, AClusterThatNeedsAttentionIsMarked) {
  fresh.needs_attention = true;
  EXPECT_THAT(page({fresh}), HasSubstr("class=\"attention\""));
}

TEST_F(LandingPageTest, AClusterThatNeverAnsweredIsUnknown) {
  ClusterStatus silent;
  silent.trouble = "_TRANSPORT: nobody there";
  const auto html = page({silent});
  EXPECT_THAT(html, HasSubstr("class=\"unknown\""));
  EXPECT_THAT(html, HasSubstr("Nothing is known yet"));
  EXPECT_THAT(html, HasSubstr("The last poll failed: _TRANSPORT: nobody there"));
  EXPECT_THAT(html, Not(HasSubstr("Last answered")));
}

TEST_F(LandingPageTest, WhatIsStaleIsNotToldAsTheState) {
  fresh.fresh_until = now_steady;
  const auto html = page({fresh});
  EXPECT_THAT(html, HasSubstr("class=\"unknown\""));
  EXPECT_THAT(html, HasSubstr("Nothing is known at present"));
  EXPECT_THAT(html, Not(HasSubstr("Every replica is in sync.")));
}

TEST_F(LandingPageTest, HostileTextsAreEscapedEverywhere) {
  const std::string hostile = "<img src=x onerror='a()'>\"";
  fresh.name = hostile;
  fresh.servers = {hostile};
  fresh.trouble = hostile;
  fresh.sentences = {hostile};
  auto html = landing_page({.version = hostile,
                            .telemetry_path = hostile,
                            .clusters = {fresh},
                            .now = now,
                            .now_steady = now_steady});
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, Not(HasSubstr("onerror='")));
  EXPECT_THAT(html, HasSubstr("&lt;img src=x onerror=&#39;a()&#39;&gt;&quot;"));
}

TEST_F(LandingPageTest, AClusterThatAnotherEntryWatchesIsNotCalledSilent) {
  ClusterStatus second;
  second.disabled = true;
  second.trouble = "same cluster as kie.toml:3:1; only the first entry is watched";
  const auto html = page({second});
  EXPECT_THAT(html, HasSubstr("Not watched: same cluster as kie.toml:3:1"));
  EXPECT_THAT(html, Not(HasSubstr("Nothing is known")));
}

}  // namespace
}  // namespace kie::http
