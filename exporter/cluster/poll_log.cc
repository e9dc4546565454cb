#include "exporter/cluster/poll_log.h"

#include "collectors/kafka/acl.h"
#include "collectors/kafka/codec/error.h"
#include "collectors/model/brokers_text.h"
#include "exporter/log/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace kie {

void PollLog::topics_listed(bool refused) {
  std::optional<std::string> error;
  if (refused) error = "TOPIC_AUTHORIZATION_FAILED; no topic is shown";
  failure_log_.report("listing topics", error, kafka::acl_command({"*"}, "Describe"));
}

void PollLog::topics_described(const model::ClusterSnapshot& snapshot) {
  std::set<std::string> refused;
  for (const auto& topic : snapshot.topics)
    if (topic.presence == model::Presence::kUnauthorized) refused.insert(topic.name);
  std::vector<std::string> news;
  std::ranges::set_difference(refused, refused_, std::back_inserter(news));
  if (!news.empty())
    log_warn("describing topics failed",
             {{"cluster", cluster_},
              {"error", fmt::format("TOPIC_AUTHORIZATION_FAILED for {} topics, {} first",
                                    news.size(), news.front())},
              {"help", kafka::acl_command({news.front()}, "Describe")}});
  std::vector<std::string> healed;
  std::ranges::set_difference(refused_, refused, std::back_inserter(healed));
  if (!healed.empty())
    log_info("describing topics works again", {{"cluster", cluster_},
                                               {"topics", std::to_string(healed.size())},
                                               {"first", healed.front()}});
  refused_ = std::move(refused);
}

void PollLog::offsets_read(const kafka::OffsetsReport& report) {
  std::optional<std::string> error;
  if (report.missing > 0) {
    error = fmt::format("{} partitions have no answer", report.missing);
    if (!report.silent.empty()) *error += "; silent brokers: " + model::brokers_text(report.silent);
    if (report.error) *error += "; " + report.error->text;
  }
  failure_log_.report("reading offsets", error);
}

void PollLog::controller_asked(const model::ControllerSnapshot& snapshot) {
  using model::ControllerAnswer;
  std::optional<std::string> error;
  std::string help;
  switch (snapshot.answer) {
    case ControllerAnswer::kAnswered:
      break;
    case ControllerAnswer::kNone:
      return;
    case ControllerAnswer::kRefused:
      error = snapshot.why + "; a controller answers, but its state is not known";
      help = kafka::acl_command({}, "Describe");
      break;
    case ControllerAnswer::kUnknown:
      error = snapshot.why;
      break;
    case ControllerAnswer::kUnsupported:
      if (!std::exchange(has_no_quorum_, true))
        log_info(
            "the cluster does not describe a controller quorum, so kafka_controller_* is absent",
            {{"cluster", cluster_}, {"why", snapshot.why}});
      return;
  }
  has_no_quorum_ = false;
  failure_log_.report("asking for the controller", error, help);
}

bool PollLog::settings_read(const kafka::ConfigsReport& report, bool brokers_were_asked) {
  std::optional<std::string> topics_error;
  std::string topics_help;
  if (report.topics_error) topics_error = report.topics_error->text;
  if (!report.refused.empty()) {
    const auto& [refusal, topics] = *report.refused.begin();
    topics_error =
        fmt::format("{} for {} topics, {} first", refusal, topics.size(), topics.front());
    topics_help = kafka::acl_command({topics.front()}, "DescribeConfigs");
  }
  failure_log_.report("reading topic settings", topics_error, topics_help);

  std::optional<std::string> brokers_error;
  std::string brokers_help;
  if (!report.brokers_failed.empty()) {
    const auto& [broker, why] = *report.brokers_failed.begin();
    brokers_error = fmt::format("broker {}: {}", broker.value, why.text);
    if (const auto more = report.brokers_failed.size() - 1; more > 0)
      *brokers_error += fmt::format("; and {} more", more);
    if (why.code == kafka::kClusterAuthorizationFailed)
      brokers_help = kafka::acl_command({}, "DescribeConfigs");
  }
  if (brokers_were_asked)
    failure_log_.report("reading broker settings", brokers_error, brokers_help);
  return !topics_error && !brokers_error;
}

}  // namespace kie
