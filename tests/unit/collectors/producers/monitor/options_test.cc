#include "collectors/producers/monitor/options.h"

#include <gtest/gtest.h>

#include <string>

namespace kie::monitor {
namespace {

std::string parsed(std::string_view text) {
  const auto address = parse_address(text);
  if (!address) return "refused";
  if (!address->socket_path.empty()) return "socket " + address->socket_path;
  return address->host + " port " + address->port;
}

TEST(MonitorOptionsTest, AddressesAsPeopleWriteThem) {
  EXPECT_EQ(parsed("127.0.0.1:10034"), "127.0.0.1 port 10034");
  EXPECT_EQ(parsed("exporter.monitoring:10034"), "exporter.monitoring port 10034");
  EXPECT_EQ(parsed("http://exporter:10034/"), "exporter port 10034");
  EXPECT_EQ(parsed("[::1]:10034"), "::1 port 10034");
  EXPECT_EQ(parsed("unix:/run/kie/ingest.sock"), "socket /run/kie/ingest.sock");
}

TEST(MonitorOptionsTest, WhatIsNoAddressIsRefused) {
  for (const auto* text : {"", ":", "10034", "exporter", "exporter:", ":10034", "exporter:http",
                           "https://exporter:10034", "http://user:secret@exporter:10034",
                           "::1:10034", "exporter:10034/api/v1", "unix:", "exporter:123456"})
    EXPECT_EQ(parsed(text), "refused") << text;
  EXPECT_EQ(parsed("unix:/" + std::string(107, 'x')), "refused");
}

}  // namespace
}  // namespace kie::monitor
