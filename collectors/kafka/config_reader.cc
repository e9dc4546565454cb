#include "collectors/kafka/config_reader.h"

#include "collectors/kafka/describe_configs.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace kie::kafka {
namespace {

Error silence_of(BrokerId broker) {
  return {0, "broker " + std::to_string(broker.value) + " does not answer"};
}

}  // namespace

ConfigsReport read_configs(Session& session, model::Configs& configs,
                           const std::vector<std::string>& topics,
                           const std::vector<BrokerId>& brokers) {
  ConfigsReport report;
  const auto asked = std::chrono::steady_clock::now();
  const auto broker = session.pick({});
  if (!broker) {
    report.topics_error = Error{0, "no broker is known"};
    return report;
  }
  for (const auto one : brokers) report.brokers_failed.emplace(one, silence_of(one));
  auto batch = session.batch();
  std::size_t answered = 0;
  const auto parts =
      ask_topic_configs(batch, *broker, topics, [&](Result<TopicConfigsAnswer> answer) {
        ++answered;
        if (!answer) {
          report.topics_error = std::move(answer.error());
          return;
        }
        for (auto& [name, of] : answer->topics) configs.topics.insert_or_assign(name, of);
        for (auto& [error, names] : answer->refused) {
          for (const auto& name : names) configs.topics.erase(name);
          std::ranges::move(names, std::back_inserter(report.refused[error]));
        }
      });
  for (const auto one : brokers)
    ask_broker_configs(batch, one, [&, one](Result<model::BrokerConfigs> answer) {
      if (!answer) {
        // librdkafka's own errors and Kafka's -1 (unknown) are not an answer of the broker.
        if (answer.error().code > 0) configs.brokers.erase(one);
        report.brokers_failed[one] = std::move(answer.error());
        return;
      }
      answer->asked = asked;
      configs.brokers.insert_or_assign(one, std::move(*answer));
      report.brokers_failed.erase(one);
    });
  batch.await();
  if (answered < parts) report.topics_error = silence_of(*broker);
  configs.release = oldest_release(configs);
  session.keep(std::move(batch));
  return report;
}

}  // namespace kie::kafka
