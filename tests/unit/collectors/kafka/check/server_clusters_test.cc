#include "collectors/kafka/check/server_clusters.h"

#include "tests/unit/collectors/kafka/fake_kafka.h"
#include "tests/unit/collectors/kafka/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kie::kafka {
namespace {

using testing::Optional;
using testing::SizeIs;

TEST(FindMixedClusters, ServersOfOneClusterAreWell) {
  EXPECT_EQ(find_mixed_clusters({}), std::nullopt);
  EXPECT_EQ(find_mixed_clusters({{"kafka-1:9092", "abc"}}), std::nullopt);
  EXPECT_EQ(find_mixed_clusters({{"kafka-1:9092", "abc"}, {"kafka-2:9092", "abc"}}), std::nullopt);
}

TEST(FindMixedClusters, NamesTheServersOfEach) {
  EXPECT_THAT(find_mixed_clusters(
                  {{"kafka-1:9092", "xyz"}, {"other-1:9092", "abc"}, {"kafka-2:9092", "xyz"}}),
              Optional(std::string("xyz: kafka-1:9092, kafka-2:9092; abc: other-1:9092")));
}

TEST(AskForClusters, EachServerSaysWhichItIsOf) {
  const test::FakeKafka one{1};
  test::FakeKafka other{1};
  other.change([](auto& cluster) { cluster.id = "another"; });
  const test::Listener silent;
  auto config = one.config();
  // The silent one comes first: it must not take the time of those after it.
  config.servers = {silent.server(), one.server(1), other.server(1)};
  const auto clusters = ask_for_clusters(config, std::chrono::milliseconds{3000});
  ASSERT_THAT(clusters, SizeIs(2));
  EXPECT_EQ(clusters[0].server, one.server(1));
  EXPECT_EQ(clusters[1].server, other.server(1));
  EXPECT_EQ(clusters[0].cluster_id, "fake-cluster");
  EXPECT_EQ(clusters[1].cluster_id, "another");
}

}  // namespace
}  // namespace kie::kafka
