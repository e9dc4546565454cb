#include "collectors/cluster/visit_topics.h"

#include "tests/unit/collectors/replication/snapshots.h"

#include <thread>

namespace kie {
namespace {

using replication::test::at;
using replication::test::cluster;
using replication::test::topic;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> visited(const ClusterState& known, const std::string& from) {
  std::vector<std::string> names;
  visit_topics(known, from, [&](const replication::TopicState& topic) {
    names.push_back(topic.name);
    return true;
  });
  return names;
}

TEST(VisitTopics, FromATopicOnOrFromTheNextOne) {
  ClusterState known;
  EXPECT_THAT(visited(known, {}), IsEmpty());
  replication::advance(known.replication,
                       cluster(at(0), {topic("a", {{}}), topic("b", {{}}), topic("c", {{}})}));
  EXPECT_THAT(visited(known, {}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(visited(known, "b"), ElementsAre("b", "c"));
  EXPECT_THAT(visited(known, "bb"), ElementsAre("c"));
  EXPECT_THAT(visited(known, "d"), IsEmpty());
}

TEST(VisitTopics, EndsWhereItIsToldTo) {
  ClusterState known;
  replication::advance(known.replication, cluster(at(0), {topic("a", {{}}), topic("b", {{}})}));
  int count = 0;
  visit_topics(known, {}, [&](const replication::TopicState&) { return ++count < 1; });
  EXPECT_EQ(count, 1);
}

TEST(VisitTopics, GivesTheMutexBackOnTheWay) {
  ClusterState known;
  std::vector<model::TopicSnapshot> topics;
  for (int i = 1000; i < 3000; ++i) topics.push_back(topic(std::to_string(i), {{}}));
  replication::advance(known.replication, cluster(at(0), std::move(topics)));
  // Whoever wants to write gets in between two topics, and the rest is visited all the same.
  std::size_t visits = 0;
  std::optional<std::size_t> written_at;
  std::jthread writer;
  visit_topics(known, {}, [&](const replication::TopicState&) {
    if (++visits == 1)
      writer = std::jthread{[&] {
        const std::scoped_lock lock{known.mutex};
        written_at = visits;
      }};
    if (!written_at && visits > 500) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return true;
  });
  writer.join();
  EXPECT_EQ(visits, 2000U);
  EXPECT_LT(written_at.value_or(2000), 2000U);
}

}  // namespace
}  // namespace kie
