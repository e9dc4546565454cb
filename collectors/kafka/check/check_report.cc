#include "collectors/kafka/check/check_report.h"

#include <array>
#include <utility>

namespace kie::kafka {
namespace {

struct CheckText {
  CheckKind kind;
  std::string_view id;
  /// A subject follows.
  std::string_view title;
};

// In the order of CheckKind.
constexpr std::array kWords{
    CheckText{CheckKind::kConfiguration, "configuration", "configuration"},
    CheckText{CheckKind::kName, "name_resolution", "name of"},
    CheckText{CheckKind::kTcp, "tcp", "TCP to"},
    CheckText{CheckKind::kTls, "tls", "TLS with"},
    CheckText{CheckKind::kProtocol, "kafka_protocol", "Kafka's protocol with"},
    CheckText{CheckKind::kSasl, "sasl", "SASL login at"},
    CheckText{CheckKind::kOneCluster, "one_cluster", "servers are of one cluster"},
    CheckText{CheckKind::kMetadata, "metadata", "Metadata"},
    CheckText{CheckKind::kDistinct, "distinct", "no other entry is this cluster"},
    CheckText{CheckKind::kBroker, "broker", "broker"},
    CheckText{CheckKind::kAddresses, "addresses", "each broker has an address of its own"},
    // The object, the request, and the grant that it needs.
    CheckText{CheckKind::kTopics, "topics", "topics, by Metadata with Describe on topics"},
    CheckText{CheckKind::kTopicIds, "topic_ids", "topic ids, by Metadata with Describe on topics"},
    CheckText{CheckKind::kOffsets, "offsets", "offsets, by ListOffsets with Describe on topics"},
    CheckText{CheckKind::kTopicSettings, "topic_settings",
              "topic settings, by DescribeConfigs with DescribeConfigs on topics"},
    CheckText{CheckKind::kBrokerSettings, "broker_settings",
              "broker settings, by DescribeConfigs with DescribeConfigs on the cluster"},
    CheckText{CheckKind::kBrokerList, "broker_list",
              "broker list, by DescribeCluster without a grant"},
    CheckText{CheckKind::kEpochEnds, "epoch_ends",
              "ends of leader epochs, by OffsetForLeaderEpoch with Describe on topics"},
    CheckText{CheckKind::kController, "controller",
              "controller, by DescribeQuorum with Describe on the cluster"},
};

const CheckText& words_of(CheckKind kind) { return kWords.at(static_cast<std::size_t>(kind)); }

}  // namespace

std::string_view id_of(CheckKind kind) { return words_of(kind).id; }

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

std::string title(const Check& check) {
  std::string text{words_of(check.kind).title};
  if (!check.subject.empty()) text += " " + check.subject;
  return text;
}

CheckId CheckReport::add(Check check) {
  checks_.push_back(std::move(check));
  return checks_.size() - 1;
}

CheckId CheckReport::ok(CheckKind kind, std::string subject, std::string detail) {
  return add({kind, std::move(subject), Outcome::kOk, std::move(detail), {}});
}

CheckId CheckReport::failed(CheckKind kind, std::string subject, std::string detail,
                            std::string help) {
  return add({kind, std::move(subject), Outcome::kFailed, std::move(detail), std::move(help)});
}

CheckId CheckReport::skipped(CheckKind kind, std::string subject, CheckId waits_for) {
  const Check& cause = checks_[waits_for];
  return skipped(kind, std::move(subject),
                 cause.outcome == Outcome::kSkipped ? cause.detail : "waits for " + title(cause));
}

CheckId CheckReport::skipped(CheckKind kind, std::string subject, std::string why) {
  return add({kind, std::move(subject), Outcome::kSkipped, std::move(why), {}});
}

}  // namespace kie::kafka
