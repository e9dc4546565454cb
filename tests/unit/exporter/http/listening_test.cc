#include "exporter/http/listening.h"

namespace kie::http {
namespace {

TEST(ListeningPorts, WithoutAHostItIsBothFamilies) {
  EXPECT_EQ(listening_ports({":10033", ":0"}, true), "+10033,+0");
}

// ipv6.disable=1: a socket of both families cannot be made there.
TEST(ListeningPorts, WithoutIpv6InTheKernelItIsIpv4) {
  EXPECT_EQ(listening_ports({":10033", ":0"}, false), "0.0.0.0:10033,0.0.0.0:0");
}

TEST(ListeningPorts, OthersStayInTheirOrder) {
  for (const bool has_ipv6 : {true, false})
    EXPECT_EQ(listening_ports({"127.0.0.1:1", "[::1]:2", "unix:/run/kie.sock"}, has_ipv6),
              "127.0.0.1:1,[::1]:2,x/run/kie.sock");
}

}  // namespace
}  // namespace kie::http
