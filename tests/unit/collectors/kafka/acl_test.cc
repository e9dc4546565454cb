#include "collectors/kafka/acl.h"

namespace kie::kafka {
namespace {

TEST(AclCommand, NamesTheTopicsOrTheCluster) {
  EXPECT_EQ(acl_command({"orders", "audit"}, "Describe"),
            "kafka-acls --bootstrap-server HOST:PORT --add --allow-principal User:NAME "
            "--operation Describe --topic orders --topic audit");
  EXPECT_EQ(acl_command({}, "Describe", "User:kie", "kafka-1:9092"),
            "kafka-acls --bootstrap-server kafka-1:9092 --add --allow-principal User:kie "
            "--operation Describe --cluster");
}

TEST(AclCommand, WhateverATopicIsCalledItIsOneWord) {
  EXPECT_THAT(acl_command({"*"}, "Describe"), testing::EndsWith(" --topic '*'"));
  EXPECT_THAT(acl_command({"x; rm -rf ~"}, "Describe"),
              testing::EndsWith(" --topic 'x; rm -rf ~'"));
  EXPECT_THAT(acl_command({}, "Describe", "User:a b"), testing::HasSubstr(" 'User:a b' "));
}

}  // namespace
}  // namespace kie::kafka
