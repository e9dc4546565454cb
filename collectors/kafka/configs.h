#pragma once

#include "collectors/kafka/round.h"
#include "collectors/kafka/settings.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kie::kafka {

struct TopicSettings {
  /// As in Settings::min_insync_replicas.
  std::map<std::string, std::int32_t, std::less<>> min_insync_replicas;
  /// As in Settings::unclean_leader_election.
  std::map<std::string, UncleanLeaderElection, std::less<>> unclean_leader_election;
  /// Topics that could not be read, by error, in librdkafka's words.
  std::map<std::string, std::vector<std::string>> refused;
};

/// The settings of topics that collectors need, filtered by key at the broker. `receive` is called
/// for every kTopicsAtOnce names. Source: DescribeConfigs (API 32) of TOPIC resources. Permission:
/// DescribeConfigs on the topics.
void ask_topic_settings(Round& round, BrokerId broker, const std::vector<std::string>& names,
                        const std::function<void(Result<TopicSettings>)>& receive);

/// The broker's release, as far as it can be told.
/// Source: DescribeConfigs of the BROKER resource. Permission: DescribeConfigs on the cluster.
void ask_release(Round& round, BrokerId broker,
                 std::function<void(Result<std::optional<Release>>)> receive);

}  // namespace kie::kafka
