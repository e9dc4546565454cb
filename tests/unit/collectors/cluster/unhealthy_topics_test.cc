#include "collectors/cluster/unhealthy_topics.h"

#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

#include <algorithm>

namespace kie {
namespace {

using replication::test::Row;
using testing::ElementsAre;
using testing::IsEmpty;

const Row kBehind{.isr = {1, 2}};
const Row kAlone{.isr = {1}};
const Row kOffline{.leader = std::nullopt, .isr = {2}};
const Row kOfflineOnKafka4{.leader = std::nullopt, .isr = {}};

class TopicWatch : public testing::Test {
 protected:
  /// Topics by name. Each has a healthy partition before the one that is told.
  std::vector<std::string> watched(std::map<std::string, Row> topics) {
    std::vector<model::TopicSnapshot> snapshots;
    for (auto& [name, row] : topics) {
      row.partition = 1;
      snapshots.push_back(replication::test::topic(name, {{}, row}));
    }
    replication::ReplicationState state;
    replication::advance(state, replication::test::cluster(now, std::move(snapshots)));
    return topics_to_watch(state, replication::summarize(state, settings, {now, kStaleness}));
  }

  static constexpr std::chrono::seconds kStaleness{30};
  model::Instant now = replication::test::at(0);
  model::Configs settings;
};

TEST_F(TopicWatch, OneUnhealthyPartitionIsEnough) {
  EXPECT_THAT(watched({{"a", {}}, {"b", kBehind}, {"c", {}}, {"d", kOffline}}),
              ElementsAre("d", "b"));
  EXPECT_THAT(watched({{"a", {}}}), IsEmpty());
  EXPECT_THAT(watched({}), IsEmpty());
}

TEST_F(TopicWatch, ThoseOfWhichOneReplicaIsLeftComeFirst) {
  EXPECT_THAT(watched({{"a", kBehind}, {"b", kAlone}, {"c", kBehind}, {"d", kAlone}}),
              ElementsAre("b", "d", "a", "c"));
}

TEST_F(TopicWatch, ATopicOfOneReplicaIsHealthy) {
  EXPECT_THAT(watched({{"a", {.isr = {1}, .replicas = {1}}}}), IsEmpty());
}

TEST_F(TopicWatch, WhoHasTooFewForItsSettingIsWatched) {
  settings.topics["a"].min_insync_replicas = {2, model::ConfigSource::kTopic};
  settings.topics["b"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  settings.release = model::KafkaRelease{3, 6};
  EXPECT_THAT(watched({{"a", {.isr = {1}, .replicas = {1}}}, {"b", {.isr = {1}, .replicas = {1}}}}),
              ElementsAre("a"))
      << "before 3.7 it can not be written to";
}

TEST_F(TopicWatch, AllOfThemAreNotTooMany) {
  std::map<std::string, Row> topics;
  for (std::size_t i = 0; i < kMostWatched; ++i) topics["t" + std::to_string(i)] = kBehind;
  EXPECT_EQ(watched(topics).size(), kMostWatched);
}

TEST_F(TopicWatch, OfTooManyThoseInMostDangerStay) {
  std::map<std::string, Row> topics;
  for (std::size_t i = 0; i < kMostWatched; ++i) topics["a" + std::to_string(i)] = kBehind;
  topics["z"] = kAlone;
  auto names = watched(topics);
  ASSERT_EQ(names.size(), kMostWatched);
  EXPECT_EQ(names.front(), "z");
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end()) << "none twice";

  for (std::size_t i = 0; i < kMostWatched; ++i) topics["b" + std::to_string(i)] = kOfflineOnKafka4;
  for (std::size_t i = 0; i < kMostWatched; ++i) topics["c" + std::to_string(i)] = kAlone;
  names = watched(topics);
  ASSERT_EQ(names.size(), kMostWatched);
  for (const auto& name : names) EXPECT_EQ(topics.at(name).isr, kAlone.isr) << name;
}

}  // namespace
}  // namespace kie
