#include "exporter/http/listening.h"

namespace kie::http {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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

TEST(ListeningPorts, AHostIsANumber) {
  EXPECT_THAT(listening_ports({"localhost:0"}, true).value(), AnyOf("127.0.0.1:0", "[::1]:0"));
  EXPECT_EQ(listening_ports({"[0:0::1]:1"}, true), "[::1]:1");
  // "lo" is the first interface everywhere. Others' names may have a digit before an "s".
  EXPECT_EQ(listening_ports({"[fe80::1%lo]:1"}, true), "[fe80::1%1]:1");
}

// "Initializing SSL failed" it was, for the "8s".
TEST(ListeningPorts, AHostThatIsNotKnownIsNamed) {
  // Longer than a label may be, so that no name server is asked.
  const std::string host = "k8s-" + std::string(64, 'x');
  EXPECT_THAT(listening_ports({":1", host + ":2"}, true).error(),
              AllOf(StartsWith("cannot listen on " + host + ":2: cannot look up " + host + ": "),
                    Not(EndsWith(": "))));
  for (const auto* other : {"[localhost]", "[127.0.0.1]"})
    EXPECT_THAT(listening_ports({std::string{other} + ":1"}, true).error(), HasSubstr(other));
}

}  // namespace
}  // namespace kie::http
