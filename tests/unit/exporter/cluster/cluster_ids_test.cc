#include "exporter/cluster/cluster_ids.h"

namespace kie {
namespace {

config::SourceLocation line_at(std::uint32_t line) {
  return {"kie.toml", config::Position{line, 1}};
}

TEST(ClusterIds, DifferentClustersDoNotMeet) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(0, "a"));
  EXPECT_FALSE(ids.claim(1, "b"));
}

TEST(ClusterIds, TheSecondEntryOfAClusterIsToldOfTheFirst) {
  ClusterIds ids;
  ids.set_place(0, line_at(1));
  ids.set_place(1, line_at(2));
  EXPECT_FALSE(ids.claim(0, "a"));
  const auto twice = ids.claim(1, "a");
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->first.text(), "kie.toml:1:1");
  EXPECT_EQ(twice->second.text(), "kie.toml:2:1");
  EXPECT_FALSE(ids.claim(0, "a"));
}

TEST(ClusterIds, PlacesAreThoseOfTheFileAsItIsNow) {
  ClusterIds ids;
  ids.set_place(0, line_at(1));
  EXPECT_FALSE(ids.claim(0, "a"));
  ids.set_place(1, line_at(1));
  ids.set_place(0, line_at(5));
  const auto twice = ids.claim(1, "a");
  ASSERT_TRUE(twice) << "who is watched already stays";
  EXPECT_EQ(twice->first.text(), "kie.toml:5:1");
  EXPECT_EQ(twice->second.text(), "kie.toml:1:1");
}

TEST(ClusterIds, TheEntryThatCameFirstWinsWhoeverAnswersFirst) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(1, "a"));
  EXPECT_FALSE(ids.claim(0, "a"));
  EXPECT_TRUE(ids.claim(1, "a"));
}

TEST(ClusterIds, AnEntryThatLeavesOrIsAnotherClusterNowFreesTheId) {
  ClusterIds ids;
  EXPECT_FALSE(ids.claim(0, "a"));
  EXPECT_TRUE(ids.claim(1, "a"));
  EXPECT_FALSE(ids.claim(0, "b"));
  EXPECT_FALSE(ids.claim(1, "a"));
  EXPECT_TRUE(ids.claim(2, "a"));
  ids.remove(1);
  EXPECT_FALSE(ids.claim(2, "a"));
}

TEST(ClusterIds, AnEntryThatIsAskedElsewhereFreesTheIdAndKeepsItsPlace) {
  ClusterIds ids;
  ids.set_place(0, line_at(1));
  EXPECT_FALSE(ids.claim(0, "a"));
  EXPECT_TRUE(ids.claim(1, "a"));
  ids.release(0);
  EXPECT_FALSE(ids.claim(1, "a"));
  EXPECT_FALSE(ids.claim(0, "b"));
  EXPECT_EQ(ids.claim(2, "b")->first.text(), "kie.toml:1:1");
}

}  // namespace
}  // namespace kie
