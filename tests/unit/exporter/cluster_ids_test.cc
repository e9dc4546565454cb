#include "exporter/cluster_ids.h"

namespace kie {
namespace {

config::Place at(std::uint32_t line) { return {"kie.toml", line, 1}; }

TEST(ClusterIds, DifferentClustersDoNotMeet) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(0, at(1), "a"));
  EXPECT_FALSE(ids.claim(1, at(2), "b"));
}

TEST(ClusterIds, TheSecondEntryOfAClusterIsToldOfTheFirst) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(0, at(1), "a"));
  const auto first = ids.claim(1, at(2), "a");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text(), "kie.toml:1:1");
  EXPECT_FALSE(ids.claim(0, at(1), "a"));
}

TEST(ClusterIds, TheEntryThatStandsFirstWinsWhoeverAnswersFirst) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(1, at(2), "a"));
  EXPECT_FALSE(ids.claim(0, at(1), "a"));
  EXPECT_TRUE(ids.claim(1, at(2), "a"));
}

TEST(ClusterIds, AnEntryThatLeavesOrIsAnotherClusterNowFreesTheId) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(0, at(1), "a"));
  EXPECT_TRUE(ids.claim(1, at(2), "a"));
  EXPECT_FALSE(ids.claim(0, at(1), "b"));
  EXPECT_FALSE(ids.claim(1, at(2), "a"));
  EXPECT_TRUE(ids.claim(2, at(3), "a"));
  ids.release(1);
  EXPECT_FALSE(ids.claim(2, at(3), "a"));
}

}  // namespace
}  // namespace kie
