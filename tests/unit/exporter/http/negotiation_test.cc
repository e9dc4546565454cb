#include "exporter/http/negotiation.h"

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

// A header that cannot be read is no consent.
TEST(AcceptsGzip, NotWhereTheWeightCannotBeRead) {
  for (const auto* header :
       {"gzip;q=", "gzip;q", "gzip;q=x", "gzip;q=-1", "gzip;q=2", "gzip;q=.5", "gzip;q=0.0001",
        "gzip;q=0,5", "gzip;q=\"1\"", "gzip;q=1e0", "gzip;q=0x1", "*;q=yes"})
    EXPECT_FALSE(accepts_gzip(header)) << header;
}

TEST(AcceptsGzip, LongHeadersAreReadToTheirEnd) {
  std::string header;
  for (int i = 0; i < 1000; ++i) header += "x" + std::to_string(i) + ";q=0.5,";
  EXPECT_FALSE(accepts_gzip(header));
  EXPECT_TRUE(accepts_gzip(header + "gzip"));
}

}  // namespace
}  // namespace kie::http
