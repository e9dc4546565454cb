#include "collectors/kafka/step.h"

#include <array>
#include <utility>

namespace kie::kafka {
namespace {

struct Words {
  StepKind kind;
  std::string_view id;
  /// A subject follows.
  std::string_view title;
};

// In the order of StepKind.
constexpr std::array kWords{
    Words{StepKind::kConfiguration, "configuration", "configuration"},
    Words{StepKind::kName, "name_resolution", "name of"},
    Words{StepKind::kTcp, "tcp", "TCP to"},
    Words{StepKind::kTls, "tls", "TLS with"},
    Words{StepKind::kProtocol, "kafka_protocol", "Kafka's protocol with"},
    Words{StepKind::kSasl, "sasl", "SASL login at"},
    Words{StepKind::kMetadata, "metadata", "Metadata"},
    Words{StepKind::kDistinct, "distinct", "no other entry is this cluster"},
    Words{StepKind::kBroker, "broker", "broker"},
    Words{StepKind::kTopics, "topics", "topics, by Describe on topics"},
    Words{StepKind::kTopicIds, "topic_ids", "topic ids, by Describe on topics"},
    Words{StepKind::kOffsets, "offsets", "offsets, by Describe on topics"},
    Words{StepKind::kTopicSettings, "topic_settings",
          "topic settings, by DescribeConfigs on topics"},
    Words{StepKind::kBrokerSettings, "broker_settings",
          "broker settings, by DescribeConfigs on the cluster"},
    Words{StepKind::kBrokerList, "broker_list", "broker list, by DescribeCluster"},
    Words{StepKind::kEpochEnds, "epoch_ends",
          "end offsets of leader epochs, by Describe on topics"},
};

const Words& words_of(StepKind kind) { return kWords.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string_view id_of(StepKind kind) { return words_of(kind).id; }

std::string_view id_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kSkipped:
      break;
  }
  return "skipped";
}

std::string title(const Step& step) {
  std::string text{words_of(step.kind).title};
  if (!step.subject.empty()) text += " " + step.subject;
  return text;
}

Steps::At Steps::add(Step step) {
  steps_.push_back(std::move(step));
  return steps_.size() - 1;
}

Steps::At Steps::ok(StepKind kind, std::string subject, std::string detail) {
  return add({kind, std::move(subject), Outcome::kOk, std::move(detail), {}});
}

Steps::At Steps::failed(StepKind kind, std::string subject, std::string detail, std::string help) {
  return add({kind, std::move(subject), Outcome::kFailed, std::move(detail), std::move(help)});
}

Steps::At Steps::skipped(StepKind kind, std::string subject, At waits_for) {
  const Step& cause = steps_[waits_for];
  return skipped(kind, std::move(subject),
                 cause.outcome == Outcome::kSkipped ? cause.detail : "waits for " + title(cause));
}

Steps::At Steps::skipped(StepKind kind, std::string subject, std::string why) {
  return add({kind, std::move(subject), Outcome::kSkipped, std::move(why), {}});
}

}  // namespace kie::kafka
