#include "exporter/web/negotiation.h"

namespace kie::http {
namespace {

TEST(AcceptsGzip, WhereItIsWelcome) {
  for (const auto* header : {"gzip",
                             "GZIP",
                             "x-gzip",
                             "X-GZip",
                             "gzip, deflate, br",
                             "deflate, gzip;q=1.0, *;q=0.5",
                             "gzip;q=0.001",
                             "gzip;q=1",
                             "gzip;q=1.",
                             "gzip;q=1.000",
                             "gzip ; q = 0.5",
                             "  gzip  ",
                             "gzip;Q=0.3",
                             "identity;q=0.1,\tgzip",
                             "identity, gzip",
                             "gzip;q=0.5, identity;q=0.5",
                             "identity;q=0.5, *",
                             "identity;q=x, gzip;q=0.1",
                             "*",
                             "*;q=0.1",
                             "deflate, *",
                             "br;q=0, *",
                             "*;q=0, gzip",
                             "gzip, *;q=0",
                             ",,gzip,,",
                             "zstd;q=x, gzip",
                             "gzip;level=9",
                             "gzip;level=9;q=0.5"})
    EXPECT_TRUE(accepts_gzip(header)) << header;
}

TEST(AcceptsGzip, NotWhereItIsNot) {
  for (const auto* header :
       {"", " ", ",", "identity", "deflate, br", "gzip;q=0", "gzip;q=0.", "gzip;q=0.0",
        "gzip;q=0.000", "x-gzip;q=0", "*;q=0", "gzip;q=0, *", "*, gzip;q=0", "gzipped", "gzi",
        "not-gzip", "gzip/1", "deflate;q=gzip", "gzip;level=9;q=0"})
    EXPECT_FALSE(accepts_gzip(header)) << header;
}

TEST(AcceptsGzip, NotWhereIdentityIsPreferred) {
  for (const auto* header :
       {"gzip;q=0.1, identity", "Identity, x-gzip;q=0.999", "identity;q=0.002, gzip;q=0.001",
        "*;q=0.1, identity;q=0.5", "identity;q=0, gzip;q=0"})
    EXPECT_FALSE(accepts_gzip(header)) << header;
}

// A header that cannot be read is no consent.
TEST(AcceptsGzip, NotWhereTheWeightCannotBeRead) {
  for (const auto* header :
       {"gzip;q=", "gzip;q", "gzip;q=x", "gzip;q=-1", "gzip;q=2", "gzip;q=.5", "gzip;q=0.0001",
        "gzip;q=0,5", "gzip;q=1.001", "gzip;q=\"1\"", "gzip;q=1e0", "gzip;q=0x1", "*;q=yes"})
    EXPECT_FALSE(accepts_gzip(header)) << header;
}

TEST(AcceptsGzip, LongHeadersAreReadToTheirEnd) {
  std::string header;
  for (int i = 0; i < 1000; ++i) header += "x" + std::to_string(i) + ";q=0.5,";
  EXPECT_FALSE(accepts_gzip(header));
  EXPECT_TRUE(accepts_gzip(header + "gzip"));
}

constexpr auto kText = exposition::Format::kText;
constexpr auto kOpenMetrics = exposition::Format::kOpenMetrics;

TEST(ChooseFormat, AsPrometheusAsks) {
  for (const auto* header :
       {// 2.42
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
        "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        // 2.42 with native histograms
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
        ",application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;"
        "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        // before 2.37
        "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        // 3.x
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
        "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
        "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        // 3.x with native histograms
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
        ";q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
        "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;"
        "escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"})
    EXPECT_EQ(choose_format(header), kOpenMetrics) << header;
  // scrape_protocols: [PrometheusText1.0.0, PrometheusText0.0.4, OpenMetricsText1.0.0]
  EXPECT_EQ(choose_format("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;"
                          "version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;"
                          "escaping=allow-utf-8;q=0.4,*/*;q=0.3"),
            kText);
}

TEST(ChooseFormat, TextWhereNobodyAskedForMore) {
  for (const auto* header :
       {"", " ", ",", "*/*", "text/*", "text/plain", "text/plain;version=0.0.4", "text/html",
        "application/json", "image/png, */*;q=0.1", "application/openmetrics",
        "application/openmetrics-text2", "openmetrics-text",
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"})
    EXPECT_EQ(choose_format(header), kText) << header;
}

TEST(ChooseFormat, TheHigherWeightWins) {
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.5,text/plain;q=0.4"), kOpenMetrics);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.4,text/plain;q=0.5"), kText);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.009,text/plain;q=0.01"), kText);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.001"), kOpenMetrics);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.5,*/*"), kText);
  EXPECT_EQ(choose_format("text/plain;q=0.5,*/*"), kOpenMetrics);
  EXPECT_EQ(choose_format("text/*;q=0,*/*;q=0.1"), kOpenMetrics);
}

TEST(ChooseFormat, OfTheSameWeightItIsOpenMetricsWhereThatIsNamed) {
  EXPECT_EQ(choose_format("application/openmetrics-text,text/plain"), kOpenMetrics);
  EXPECT_EQ(choose_format("text/plain;q=0.5,application/openmetrics-text;q=0.50"), kOpenMetrics);
  EXPECT_EQ(choose_format("*/*,application/openmetrics-text"), kOpenMetrics);
  EXPECT_EQ(choose_format("application/*,text/*"), kText);
  EXPECT_EQ(choose_format("application/*,text/plain"), kText);
}

TEST(ChooseFormat, TheMostSpecificRangeCounts) {
  EXPECT_EQ(choose_format("*/*;q=0.9,application/openmetrics-text;q=0.1,text/plain;q=0.5"), kText);
  EXPECT_EQ(choose_format("text/*,text/plain;q=0.1,application/openmetrics-text;q=0.5"),
            kOpenMetrics);
  EXPECT_EQ(choose_format("text/plain,text/plain;version=0.0.4;q=0.1,"
                          "application/openmetrics-text;q=0.5"),
            kOpenMetrics);
  EXPECT_EQ(choose_format("application/openmetrics-text;version=1.0.0;q=0.1,"
                          "application/openmetrics-text,text/plain;q=0.5"),
            kText);
  EXPECT_EQ(choose_format("application/openmetrics-text;version=0.0.1;q=0.9,"
                          "application/openmetrics-text;version=1.0.0;q=0.1,text/plain;q=0.5"),
            kText);
  // Two that are equally specific: the one that welcomes more.
  EXPECT_EQ(choose_format("application/openmetrics-text;escaping=underscores;q=0.1,"
                          "application/openmetrics-text;escaping=dots;q=0.9,"
                          "application/openmetrics-text;q=0.2,text/plain;q=0.5"),
            kOpenMetrics);
}

TEST(ChooseFormat, WhatIsRefusedIsNotSent) {
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0"), kText);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.000,text/plain;q=0"), kText);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0,*/*"), kText);
  EXPECT_EQ(choose_format("text/plain;q=0,application/openmetrics-text;q=0.1"), kOpenMetrics);
}

TEST(ChooseFormat, OtherVersionsAndCharsetsAreNotSent) {
  for (const auto* parameter :
       {"version=2.0.0", "version=1.0", "version=0.0.4", "version=\"2.0.0\"", "charset=latin1"})
    EXPECT_EQ(choose_format(std::string{"application/openmetrics-text;"} + parameter), kText)
        << parameter;
  EXPECT_EQ(choose_format("text/plain;version=1.0.0,application/openmetrics-text;q=0.1"),
            kOpenMetrics);
}

TEST(ChooseFormat, ParametersAndSpellingsThatAreFine) {
  for (const auto* header :
       {"application/openmetrics-text", "APPLICATION/OpenMetrics-Text;Version=1.0.0;Q=0.5",
        "application/openmetrics-text; version=1.0.0; charset=utf-8",
        "application/openmetrics-text;version=\"1.0.0\";charset=\"UTF-8\"",
        "application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text\t;\tversion=1.0.0 ; q=0.7",
        "application/openmetrics-text;escaping=underscores;version=1.0.0",
        "application/openmetrics-text;x=\"a,b;q=0\\\",;\";q=1", ",,application/openmetrics-text,,",
        "text/plain;q=x,application/openmetrics-text;q=0.1", "application/*"})
    EXPECT_EQ(choose_format(header), kOpenMetrics) << header;
}

// A header that cannot be read is no wish.
TEST(ChooseFormat, TextWhereItCannotBeRead) {
  for (const auto* header :
       {"application/openmetrics-text;q=", "application/openmetrics-text;q",
        "application/openmetrics-text;q=2", "application/openmetrics-text;q=1.1",
        "application/openmetrics-text;q=.5", "application/openmetrics-text;q=0.1234",
        "application/openmetrics-text;q=-1", "application/openmetrics-text;version=\"1.0.0",
        "text/html;x=\"application/openmetrics-text,", "application /openmetrics-text",
        "\"application/openmetrics-text\"", "text/html;x=\"\\"})
    EXPECT_EQ(choose_format(header), kText) << header;
}

}  // namespace
}  // namespace kie::http
