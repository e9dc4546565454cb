#include "collectors/model/address.h"

#include <gtest/gtest.h>

namespace kie::model {
namespace {

TEST(FormatAddress, PutsAddressesOfIpv6IntoBrackets) {
  EXPECT_EQ(format_address("kafka-1", 9092), "kafka-1:9092");
  EXPECT_EQ(format_address("10.0.0.5", 9092), "10.0.0.5:9092");
  EXPECT_EQ(format_address("::1", 9092), "[::1]:9092");
  EXPECT_EQ(format_address("[::1]", 9092), "[::1]:9092");
}

}  // namespace
}  // namespace kie::model
