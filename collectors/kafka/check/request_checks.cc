#include "collectors/kafka/check/request_checks.h"

#include "collectors/kafka/controller_probe.h"
#include "collectors/kafka/describe_cluster.h"
#include "collectors/kafka/describe_configs.h"
#include "collectors/kafka/epoch_end_client.h"
#include "collectors/kafka/list_offsets.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/rdkafka.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace kie::kafka {
namespace {

/// A client that may describe all topics gets "unknown topic"; one that may not is refused.
constexpr const char* kNoTopic = "kafka-isr-exporter-check-no-such-topic";
constexpr const char* kAskLater =
    "wait until the broker is back, or give it more time with request_timeout";

std::string text_of(int code) { return error_of(code).text; }

/// These topics, or one grant for all where that would be too long a line.
std::vector<std::string> few_or_all(const std::vector<std::string>& topics) {
  static constexpr std::size_t kMost = 5;
  return topics.size() > kMost ? std::vector<std::string>{"*"} : topics;
}

struct Answers {
  std::vector<TopicView> topics;
  std::optional<Error> topics_error;
  TopicConfigsAnswer settings;
  std::optional<Error> settings_error;
  Result<model::BrokerConfigs> broker_settings;
  Result<ClusterDescription> cluster;
};

class RequestChecker {
 public:
  RequestChecker(const std::shared_ptr<const KafkaClient>& client,
                 const config::ClusterConfig& cluster, const BrokerView& metadata,
                 const std::vector<BrokerId>& brokers, const Grant& grant, CheckReport& report)
      : client_(client),
        cluster_(cluster),
        metadata_(metadata),
        brokers_(brokers),
        broker_(brokers.front()),
        grant_(grant),
        report_(report),
        timeouts_(cluster.request_timeout, cluster.request_timeout),
        silence_{0, fmt::format("broker {} does not answer within {} ms", broker_.value,
                                cluster.request_timeout.count())} {
    for (const auto& topic : metadata.topics) {
      if (!cluster.topics.matches(topic.name)) continue;
      names_.push_back(topic.name);
      watched_.push_back(&topic);
    }
    for (auto& name : cluster.topics.names())
      if (!std::ranges::binary_search(names_, name)) named_.push_back(std::move(name));
  }

  void check() {
    ask();
    const auto topics = check_topics();
    check_topic_ids(topics);
    const auto offsets = check_offsets(topics);
    check_topic_settings(topics);
    check_broker_settings();
    check_broker_list();
    check_epoch_ends(offsets);
    check_controller();
  }

 private:
  RequestBatch batch() { return {*client_, timeouts_, cluster_.request_timeout}; }

  void ask() {
    auto requests = batch();
    auto asked = names_;
    asked.insert(asked.end(), named_.begin(), named_.end());
    asked.emplace_back(kNoTopic);
    // Replaced when they answer.
    answers_.topics_error = silence_;
    answers_.broker_settings = tl::make_unexpected(silence_);
    answers_.cluster = tl::make_unexpected(silence_);
    ask_topics(requests, broker_, asked, [this](Result<BrokerView> answer) {
      answers_.topics_error.reset();
      if (answer) {
        answers_.topics = std::move(answer->topics);
      } else {
        answers_.topics_error = std::move(answer.error());
      }
    });
    std::size_t parts_answered = 0;
    const auto parts =
        ask_topic_configs(requests, broker_, names_, [&](Result<TopicConfigsAnswer> answer) {
          ++parts_answered;
          if (!answer) {
            answers_.settings_error = std::move(answer.error());
            return;
          }
          answers_.settings.topics.merge(answer->topics);
          for (auto& [error, names] : answer->refused)
            std::ranges::move(names, std::back_inserter(answers_.settings.refused[error]));
        });
    ask_broker_configs(requests, broker_,
                       [this](auto answer) { answers_.broker_settings = std::move(answer); });
    describe_cluster(requests, broker_,
                     [this](auto answer) { answers_.cluster = std::move(answer); });
    requests.await();
    if (parts_answered < parts) answers_.settings_error = silence_;
  }

  int error_of(const std::string& topic) const {
    const auto found = std::ranges::find(answers_.topics, topic, &TopicView::name);
    return found == answers_.topics.end() ? 0 : found->error;
  }

  CheckId check_topics() {
    static constexpr auto kKind = CheckKind::kTopics;
    std::vector<std::string> refused;
    std::ranges::copy_if(named_, std::back_inserter(refused), [&](const auto& name) {
      return error_of(name) == kTopicAuthorizationFailed;
    });
    if (!refused.empty())
      return report_.failed(
          kKind, "",
          fmt::format("{} for {} of the topics that topic_include names, {} first",
                      text_of(kTopicAuthorizationFailed), refused.size(), refused.front()),
          grant_(few_or_all(refused), "Describe"));
    if (names_.empty() && answers_.topics_error)
      return report_.failed(kKind, "", answers_.topics_error->text, kAskLater);
    const bool sees_all = error_of(kNoTopic) != kTopicAuthorizationFailed;
    if (names_.empty() && !sees_all)
      return report_.failed(kKind, "",
                            "there are none that may be described; Metadata leaves out the others",
                            grant_({"*"}, "Describe"));
    if (names_.empty() && !metadata_.topics.empty())
      return report_.failed(
          kKind, "",
          fmt::format("none of {} passes topic_include and topic_exclude", metadata_.topics.size()),
          "correct topic_include and topic_exclude: they are RE2 and match the whole name");
    std::size_t partitions = 0;
    for (const auto* topic : watched_) partitions += topic->partitions.size();
    auto detail = fmt::format("{} with {} partitions", names_.size(), partitions);
    if (metadata_.topics.size() > names_.size())
      detail += fmt::format(", {} more are not watched", metadata_.topics.size() - names_.size());
    if (!sees_all)
      detail += "; not all topics may be described, and Metadata leaves out the others";
    return report_.ok(kKind, "", std::move(detail));
  }

  /// Skips the check if there is no topic to ask about.
  std::optional<CheckId> skip_without_topics(CheckKind kind, CheckId topics) {
    if (!names_.empty()) return std::nullopt;
    if (!report_.is_ok(topics)) return report_.skipped(kind, "", topics);
    return report_.skipped(kind, "", "there is no topic to ask about");
  }

  void check_topic_ids(CheckId topics) {
    static constexpr auto kKind = CheckKind::kTopicIds;
    if (skip_without_topics(kKind, topics)) return;
    if (answers_.topics_error) {
      report_.failed(kKind, "", answers_.topics_error->text, kAskLater);
      return;
    }
    std::vector<std::string> refused;
    std::size_t ids = 0;
    for (const auto& topic : answers_.topics) {
      if (!std::ranges::binary_search(names_, topic.name)) continue;
      if (topic.error == kTopicAuthorizationFailed) refused.push_back(topic.name);
      if (topic.id && *topic.id != TopicId{}) ++ids;
    }
    if (!refused.empty()) {
      report_.failed(kKind, "",
                     fmt::format("{} for {} topics, {} first", text_of(kTopicAuthorizationFailed),
                                 refused.size(), refused.front()),
                     grant_(few_or_all(refused), "Describe"));
    } else if (ids == 0) {
      report_.ok(kKind, "", "the brokers give none, so they are older than 2.8; names must do");
    } else {
      report_.ok(kKind, "", std::to_string(ids));
    }
  }

  CheckId check_offsets(CheckId topics) {
    static constexpr auto kKind = CheckKind::kOffsets;
    if (const auto skipped = skip_without_topics(kKind, topics)) return *skipped;
    model::ClusterSnapshot snapshot;
    std::size_t led = 0;
    std::size_t leaderless = 0;
    for (const auto* topic : watched_) {
      auto& row = snapshot.topics.emplace_back();
      row.name = topic->name;
      row.partitions = topic->partitions;
      for (const auto& partition : row.partitions) ++(partition.leader ? led : leaderless);
    }
    auto requests = batch();
    const auto answer = read_offsets(requests, metadata_.brokers, snapshot);
    for (const auto& topic : snapshot.topics)
      for (const auto& row : topic.partitions)
        if (row.leader && row.leader_epoch &&
            std::ranges::find(epoch_questions_, *row.leader, &model::EpochQuestion::leader) ==
                epoch_questions_.end())
          epoch_questions_.push_back({.topic = topic.name,
                                      .partition = row.id,
                                      .leader = *row.leader,
                                      .newest = *row.leader_epoch,
                                      .epochs = {*row.leader_epoch}});
    std::string note;
    if (leaderless > 0) note = fmt::format("; {} have no leader to ask", leaderless);
    if (answer.missing == 0)
      return report_.ok(kKind, "", fmt::format("{} partitions{}", led, note));
    auto detail = fmt::format("{} of {} partitions have no answer", answer.missing, led);
    for (const auto& broker : answer.silent)
      detail += fmt::format("; broker {} does not answer within {} ms", broker.value,
                            cluster_.request_timeout.count());
    if (answer.error) detail += "; " + answer.error->text;
    const bool is_refused = answer.error && answer.error->code == kTopicAuthorizationFailed;
    return report_.failed(
        kKind, "", detail + note,
        is_refused ? grant_(few_or_all(without_offsets(snapshot)), "Describe") : kAskLater);
  }

  static std::vector<std::string> without_offsets(const model::ClusterSnapshot& snapshot) {
    std::vector<std::string> names;
    for (const auto& topic : snapshot.topics)
      if (std::ranges::any_of(topic.partitions, [](const auto& row) { return !row.latest; }))
        names.push_back(topic.name);
    return names;
  }

  void check_topic_settings(CheckId topics) {
    static constexpr auto kKind = CheckKind::kTopicSettings;
    if (skip_without_topics(kKind, topics)) return;
    if (answers_.settings_error) {
      report_.failed(kKind, "", answers_.settings_error->text, kAskLater);
      return;
    }
    if (answers_.settings.refused.empty()) {
      report_.ok(kKind, "", fmt::format("of {} topics", answers_.settings.topics.size()));
      return;
    }
    const auto is_about_grant = [](const auto& entry) {
      return entry.first.starts_with(
          rd_kafka_err2name(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED));
    };
    // A missing grant first: the others may be over soon.
    const auto& all = answers_.settings.refused;
    const auto grant = std::ranges::find_if(all, is_about_grant);
    const auto shown = grant == all.end() ? all.begin() : grant;
    const auto& [error, refused] = *shown;
    auto text = fmt::format("{} for {} topics, {} first", error, refused.size(), refused.front());
    if (all.size() > 1) text += fmt::format("; {} other errors", all.size() - 1);
    report_.failed(kKind, "", std::move(text),
                   is_about_grant(*shown) ? grant_(few_or_all(refused), "DescribeConfigs")
                                          : std::string(kAskLater));
  }

  void check_broker_settings() {
    static constexpr auto kKind = CheckKind::kBrokerSettings;
    const auto& answer = answers_.broker_settings;
    if (!answer) {
      report_.failed(kKind, "", answer.error().text,
                     answer.error().code == kClusterAuthorizationFailed
                         ? grant_({}, "DescribeConfigs")
                         : kAskLater);
    } else if (const auto release = release_of(*answer); !release) {
      report_.ok(kKind, "", "the release is not known");
    } else if (*release >= model::KafkaRelease{4, 0}) {
      report_.ok(kKind, "", "release 4.0 or newer");
    } else {
      report_.ok(kKind, "", fmt::format("release {}.{}", release->major, release->minor));
    }
  }

  void check_broker_list() {
    const auto& answer = answers_.cluster;
    if (answer) {
      report_.ok(CheckKind::kBrokerList, "", fmt::format("{} brokers", answer->brokers.size()));
    } else {
      report_.failed(
          CheckKind::kBrokerList, "", answer.error().text,
          answer.error().code == kClusterAuthorizationFailed ? grant_({}, "Describe") : kAskLater);
    }
  }

  /// Asks each leader for the end of an epoch, as the assessment of a loss does.
  void check_epoch_ends(CheckId offsets) {
    static constexpr auto kKind = CheckKind::kEpochEnds;
    if (!report_.is_ok(offsets)) {
      report_.skipped(kKind, "", offsets);
      return;
    }
    EpochEndClient client{client_, cluster_.request_timeout};
    const auto answer = client.ask(
        epoch_questions_, std::chrono::steady_clock::now() + 2 * cluster_.request_timeout, {});
    if (!answer.refused.empty()) {
      report_.failed(kKind, "",
                     fmt::format("{} for {}", text_of(kTopicAuthorizationFailed),
                                 fmt::join(answer.refused, ", ")),
                     grant_(few_or_all(answer.refused), "Describe"));
    } else if (answer.open > 0) {
      report_.failed(
          kKind, "",
          fmt::format("{} of {} leaders do not answer", answer.open, epoch_questions_.size()),
          kAskLater);
    } else {
      report_.ok(kKind, "", fmt::format("{} leaders", answer.answers.size()));
    }
  }

  /// It takes a few seconds at most.
  static model::ControllerSnapshot await(ControllerProbe& probe) {
    while (true)
      if (auto answer = probe.take(std::chrono::seconds{1})) return std::move(*answer);
  }

  void check_controller() {
    static constexpr auto kKind = CheckKind::kController;
    auto own = KafkaClient::create(cluster_, [](auto, auto, auto) {});
    if (!own) {
      report_.failed(kKind, "", own.error().text, kAskLater);
      return;
    }
    ControllerProbe probe{std::make_shared<const KafkaClient>(std::move(*own))};
    probe.ask(brokers_);
    const auto answer = await(probe);
    switch (answer.answer) {
      case model::ControllerAnswer::kAnswered:
        if (answer.quorum)
          report_.ok(kKind, "",
                     fmt::format("controller {}, {} voters", answer.quorum->leader.value,
                                 answer.quorum->voters.size()));
        return;
      case model::ControllerAnswer::kRefused:
        report_.failed(kKind, "",
                       answer.why +
                           "; there is a controller, and its id, epoch and voters are "
                           "not known",
                       grant_({}, "Describe"));
        return;
      case model::ControllerAnswer::kUnsupported:
        report_.ok(kKind, "", "not known here: the brokers do not have the request");
        return;
      case model::ControllerAnswer::kUnknown:
        report_.failed(kKind, "", answer.why, kAskLater);
        return;
      case model::ControllerAnswer::kNone:
        report_.failed(kKind, "", answer.why,
                       "see the controllers' own logs: without a controller no leader is "
                       "elected, and the ISR that brokers report is out of date");
    }
  }

  std::shared_ptr<const KafkaClient> client_;
  const config::ClusterConfig& cluster_;
  const BrokerView& metadata_;
  const std::vector<BrokerId>& brokers_;
  BrokerId broker_;
  const Grant& grant_;
  CheckReport& report_;
  /// A poll waits as long as answers usually take; a check does not know how long that is.
  BrokerTimeouts timeouts_;
  Error silence_;
  /// Existing topics that are watched. Sorted.
  std::vector<std::string> names_;
  std::vector<const TopicView*> watched_;
  /// Topics that are named in the configuration and absent from Metadata.
  std::vector<std::string> named_;
  Answers answers_;
  /// One for each leader.
  std::vector<model::EpochQuestion> epoch_questions_;
};

}  // namespace

void add_request_checks(const std::shared_ptr<const KafkaClient>& client,
                        const config::ClusterConfig& cluster, const BrokerView& metadata,
                        const std::vector<BrokerId>& brokers, const Grant& grant,
                        CheckReport& report) {
  RequestChecker{client, cluster, metadata, brokers, grant, report}.check();
}

void skip_request_checks(CheckReport& report, CheckId waits_for) {
  for (const auto kind : {CheckKind::kTopics, CheckKind::kTopicIds, CheckKind::kOffsets,
                          CheckKind::kTopicSettings, CheckKind::kBrokerSettings,
                          CheckKind::kBrokerList, CheckKind::kEpochEnds, CheckKind::kController})
    report.skipped(kind, "", waits_for);
}

}  // namespace kie::kafka
