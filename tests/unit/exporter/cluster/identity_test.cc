#include "exporter/cluster/identity.h"

namespace kie {
namespace {

config::SourceLocation line(std::uint32_t number) {
  return {"kie.toml", config::Position{number, 1}};
}

class IdentityTest : public testing::Test {
 protected:
  static bool is_duplicate(ClusterIdentity& identity, const std::string& id) {
    identity.answered(id);
    return identity.claim().has_value();
  }

  ClusterIds ids;
  ClusterIdentity first{ids, 0, line(1)};
  ClusterIdentity second{ids, 1, line(5)};
};

TEST_F(IdentityTest, NothingIsClaimedBeforeABrokerHasToldTheId) {
  EXPECT_FALSE(first.claim());
  first.answered(std::nullopt);
  EXPECT_FALSE(first.claim());
  EXPECT_FALSE(is_duplicate(second, "a")) << "nobody has claimed it";
}

TEST_F(IdentityTest, TheLaterEntryIsTheDuplicate) {
  EXPECT_FALSE(is_duplicate(first, "a"));
  EXPECT_TRUE(is_duplicate(second, "a"));
  EXPECT_EQ(second.claim()->first.text(), "kie.toml:1:1");
}

TEST_F(IdentityTest, WhatStillAnswersAfterTheServersChangedIsNotClaimed) {
  EXPECT_FALSE(is_duplicate(first, "a"));
  first.servers_changed();
  EXPECT_FALSE(first.claim()) << "the answer of the old servers";
  EXPECT_FALSE(is_duplicate(second, "a"));
  first.reset();
  EXPECT_EQ(first.id(), std::nullopt);
  EXPECT_FALSE(is_duplicate(first, "b"));
  EXPECT_FALSE(second.claim());
}

TEST_F(IdentityTest, WhoAnswersNoMoreOnANewConnectionHoldsNothing) {
  EXPECT_FALSE(is_duplicate(first, "a"));
  first.unanswered();
  EXPECT_TRUE(is_duplicate(second, "a")) << "the connection is the same, it may be an outage";
  first.reset();
  first.unanswered();
  EXPECT_FALSE(second.claim());
}

TEST_F(IdentityTest, AnEntryThatIsGoneHoldsNothing) {
  {
    ClusterIdentity gone{ids, 0, line(1)};
    EXPECT_FALSE(is_duplicate(gone, "a"));
  }
  EXPECT_FALSE(is_duplicate(second, "a"));
}

}  // namespace
}  // namespace kie
