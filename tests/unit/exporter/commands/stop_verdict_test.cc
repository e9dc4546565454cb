#include "exporter/commands/stop_verdict.h"

namespace kie {
namespace {

using VerdictAnswer = StopVerdict::Answer;
using testing::HasSubstr;

TEST(StopVerdict, OnlyTheExportersOwnYesIsOne) {
  EXPECT_EQ(read_stop_verdict(200, R"({"broker":1,"may_stop":true})").answer, VerdictAnswer::kYes);
  for (const auto* body :
       {"", "OK", "<html>", "true", "[]", "{}", R"({"may_stop":null})", R"({"may_stop":"true"})",
        R"({"may_stop":1})", R"({"may_stop":false})"}) {
    EXPECT_EQ(read_stop_verdict(200, body).answer, VerdictAnswer::kUnknown) << body;
    EXPECT_THAT(read_stop_verdict(200, body).text, HasSubstr("HTTP 200")) << body;
  }
  for (const long status : {0L, 204L, 301L, 409L, 500L, 503L})
    EXPECT_EQ(read_stop_verdict(status, R"({"may_stop":true})").answer, VerdictAnswer::kUnknown)
        << status;
}

TEST(StopVerdict, ANoNamesWhatForbidsIt) {
  const auto no = read_stop_verdict(409, R"({"may_stop":false,"blocked_partitions":7,
    "obstacles":{"offline":1,"under_min_isr":6},
    "partitions":[{"topic":"a","partition":0},{"topic":"a","partition":1},{"topic":"b","partition":2},
                  {"topic":"b","partition":3},{"topic":"c","partition":4},{"topic":"c","partition":5}]})");
  EXPECT_EQ(no.answer, VerdictAnswer::kNo);
  EXPECT_FALSE(no.is_final);
  EXPECT_EQ(no.text,
            "no: 7 blocked partitions (offline 1, under_min_isr 6): a/0, a/1, b/2, b/3, c/4, ...");
  for (const auto* body :
       {R"({"may_stop":false})", R"({"may_stop":false,"obstacles":1,"partitions":{"a":3}})",
        R"({"may_stop":false,"obstacles":[2],"partitions":[4,null,{"topic":5}]})"})
    EXPECT_EQ(read_stop_verdict(409, body).answer, VerdictAnswer::kNo) << body;
}

TEST(StopVerdict, WhatIsNotKnownSaysWhy) {
  const auto blind = read_stop_verdict(503, R"({"may_stop":null,"unknown":["One.","Two."]})");
  EXPECT_EQ(blind.answer, VerdictAnswer::kUnknown);
  EXPECT_EQ(blind.text, "not known: One. Two.");
  EXPECT_FALSE(blind.is_final);
  EXPECT_EQ(read_stop_verdict(404, R"({"error":"there is no such path"})").text,
            "not known: there is no such path");
  EXPECT_TRUE(read_stop_verdict(400, R"({"error":"accept"})").is_final);
  EXPECT_THAT(read_stop_verdict(502, "Bad Gateway").text, HasSubstr("HTTP 502"));
}

TEST(StopVerdict, TheOnlyClusterNeedsNoName) {
  const auto only = [](const char* clusters) { return read_only_cluster(200, clusters); };
  EXPECT_EQ(only(R"({"clusters":[{"name":"","id":"x"}]})"), "x");
  EXPECT_EQ(only(R"({"clusters":[{"name":"east","id":null}]})"), "east");
  EXPECT_EQ(only(R"({"clusters":[{"name":"a","id":"x"},{"name":"b","id":"x","disabled":true}]})"),
            "x");
  EXPECT_THAT(only(R"({"clusters":[{"name":"a"},{"name":"b"}]})").error().text,
              HasSubstr("--cluster"));
  EXPECT_TRUE(only(R"({"clusters":[{"name":"a"},{"name":"b"}]})").error().is_final);
  for (const auto* none : {R"({"clusters":[{"name":"","id":null}]})", R"({"clusters":[]})",
                           R"({"clusters":[3]})", R"({"clusters":3})", "no JSON"}) {
    ASSERT_FALSE(only(none)) << none;
    EXPECT_EQ(only(none).error().answer, VerdictAnswer::kUnknown) << none;
    EXPECT_FALSE(only(none).error().is_final) << none;
  }
}

}  // namespace
}  // namespace kie
