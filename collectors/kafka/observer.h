#pragma once

#include "collectors/kafka/client.h"
#include "collectors/model/configs.h"
#include "collectors/model/snapshot.h"

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace kie::kafka {

/// The id that is known of a topic, if any.
using KnownId = std::function<std::optional<TopicId>(const std::string& topic)>;

struct OffsetsReport {
  std::vector<BrokerId> silent;
  /// Partitions with a leader whose offsets are not known after this look.
  std::size_t missing = 0;
  std::optional<Error> error;
};

struct SettingsReport {
  /// Topics whose settings are refused, by librdkafka's words.
  std::map<std::string, std::vector<std::string>> refused;
  std::optional<Error> topics_error;
  /// Brokers that did not answer for themselves, or refused to.
  std::map<BrokerId, Error> brokers_failed;
};

/// Looks at one cluster. A look is begin(), then confirm() for what looks changed, then offsets();
/// no step waits longer for a silent broker than that broker's answers usually take.
/// Thread: the cluster's poll thread.
class Observer {
 public:
  static Result<Observer> create(const config::Cluster& cluster, LogSink sink);
  Observer(Observer&&) noexcept;
  ~Observer();

  /// The cluster's id, from the first Metadata on. Brokers before 0.10.1 have none.
  std::optional<std::string> cluster_id() const;

  /// Who leads and who is in sync, as one broker has it. If Metadata is late, because librdkafka
  /// asked a frozen broker, others are asked for the topics known.
  Result<model::ClusterSnapshot> begin(model::Instant at,
                                       const std::vector<std::string>& known_topics);

  /// A look at some topics only: who leads them and who is in sync, as one broker has it; what is
  /// not there was not answered for. The broker list is not in it.
  Result<model::ClusterSnapshot> look_at(model::Instant at, const std::vector<std::string>& topics);

  /// Asks other brokers about `topics` (changed, new, or due for their id) and about the topics
  /// that are `absent` from Metadata, and settles `look` with their answers.
  void confirm(model::ClusterSnapshot& look, const std::vector<std::string>& topics,
               const std::vector<std::string>& absent, const KnownId& known_id);

  /// `in_doubt`: topics that librdkafka may have to look for the leaders of. Sorted.
  OffsetsReport offsets(model::ClusterSnapshot& look, const std::vector<std::string>& in_doubt);

  /// The brokers that the last Metadata had.
  std::vector<BrokerId> listed() const;

  /// Reads the settings of `topics` and `brokers` into `settings`. What is refused is taken out of
  /// it; what has no answer stays as it was.
  SettingsReport settings(model::Configs& settings, const std::vector<std::string>& topics,
                          const std::vector<BrokerId>& brokers);

 private:
  class Impl;
  explicit Observer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kie::kafka
