#include "collectors/kafka/epoch_end_client.h"

#include "collectors/kafka/codec/offset_for_leader_epoch.h"
#include "collectors/kafka/list_offsets.h"
#include "collectors/kafka/metadata.h"
#include "collectors/model/find_sorted.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

using codec::OffsetForLeaderEpochRequest;
using codec::OffsetForLeaderEpochResponse;
using model::EpochAnswer;
using model::EpochQuestion;
using model::EpochReport;

}  // namespace

/// A question in progress.
struct EpochEndClient::Asked {
  const EpochQuestion* question;
  EpochAnswer answer;
  bool is_refused = false;
  /// The answer makes further requests useless for now.
  bool is_over = false;

  bool has_all_ends() const { return answer.ends.size() == question->epochs.size(); }
  std::pair<std::string_view, PartitionId> key() const {
    return {question->topic, question->partition};
  }
};

EpochEndClient::EpochEndClient(std::shared_ptr<const KafkaClient> client,
                               std::chrono::milliseconds timeout, std::chrono::milliseconds least)
    : client_(std::move(client)), timeout_(timeout), timeouts_(timeout, least) {}

EpochReport EpochEndClient::ask(std::span<const EpochQuestion> questions,
                                std::chrono::steady_clock::time_point deadline,
                                const std::stop_token& stop) {
  const std::function<bool()> is_over = [&] {
    return stop.stop_requested() || std::chrono::steady_clock::now() >= deadline;
  };
  late_.remove_if([](RequestBatch& batch) { return batch.drain_late(); });
  std::vector<Asked> asked;
  asked.reserve(questions.size());
  for (const auto& question : questions)
    asked.push_back({.question = &question,
                     .answer = {.topic = question.topic,
                                .partition = question.partition,
                                .by = question.leader,
                                .newest = question.newest,
                                .topic_id = {},
                                .log_start = {},
                                .ends = {}}});
  std::ranges::sort(asked, {}, &Asked::key);
  ask_ends(asked, is_over);

  EpochReport report;
  std::set<std::string> refused;
  for (const auto& one : asked)
    if (one.is_refused) refused.insert(one.question->topic);
  std::erase_if(asked, [&](const Asked& one) {
    if (one.has_all_ends()) return false;
    if (!one.is_refused) ++report.open;
    return true;
  });
  if (!asked.empty() && !is_over()) ask_what_they_are_of(asked, is_over);
  report.answers.reserve(asked.size());
  for (auto& one : asked) report.answers.push_back(std::move(one.answer));
  // Refused by brokers that do not have a new grant yet.
  for (const auto& answer : report.answers) refused.erase(answer.topic);
  report.refused = {refused.begin(), refused.end()};
  return report;
}

void EpochEndClient::ask_ends(std::vector<Asked>& asked, const std::function<bool()>& is_over) {
  // Kafka answers one epoch of a partition per request. Most questions have one, so this is
  // usually one round.
  for (std::size_t round = 0; !is_over(); ++round) {
    std::map<BrokerId, OffsetForLeaderEpochRequest> requests;
    for (const auto& one : asked) {
      if (one.is_over || one.answer.ends.size() != round || one.has_all_ends()) continue;
      auto& topics = requests[one.question->leader].topics;
      if (topics.empty() || topics.back().name != one.question->topic)
        topics.push_back({.name = one.question->topic});
      topics.back().partitions.push_back({.id = one.question->partition,
                                          .current_leader_epoch = one.question->newest,
                                          .leader_epoch = one.question->epochs[round]});
    }
    if (requests.empty()) return;
    RequestBatch batch{*client_, timeouts_, timeout_};
    for (auto& [broker, request] : requests)
      batch.send<OffsetForLeaderEpochResponse>(
          Question::kEpochEnds, broker, std::move(request),
          [&, leader = broker](const Result<OffsetForLeaderEpochResponse>& answer, BrokerId) {
            if (!answer) return;
            for (const auto& topic : answer->topics)
              for (const auto& partition : topic.partitions) {
                const auto one = std::ranges::lower_bound(
                    asked, std::pair{topic.name, partition.id}, {}, &Asked::key);
                if (one == asked.end() || one->key() != std::pair{topic.name, partition.id} ||
                    one->question->leader != leader || one->answer.ends.size() != round ||
                    one->has_all_ends())
                  continue;
                one->is_refused = partition.error == kTopicAuthorizationFailed;
                if (partition.error != 0 || partition.end.value < 0) {
                  one->is_over = true;
                  continue;
                }
                one->answer.ends.push_back({.asked = one->question->epochs[round],
                                            .epoch = partition.leader_epoch,
                                            .end = partition.end});
              }
          });
    batch.await(is_over);
    keep(std::move(batch));
  }
}

void EpochEndClient::ask_what_they_are_of(std::vector<Asked>& asked,
                                          const std::function<bool()>& is_over) {
  std::map<BrokerId, std::vector<std::string>> names;
  model::ClusterSnapshot snapshot;
  for (const auto& one : asked) {
    const auto& question = *one.question;
    auto& of_leader = names[question.leader];
    if (of_leader.empty() || of_leader.back() != question.topic)
      of_leader.push_back(question.topic);
    if (snapshot.topics.empty() || snapshot.topics.back().name != question.topic)
      snapshot.topics.emplace_back().name = question.topic;
    auto& row = snapshot.topics.back().partitions.emplace_back();
    row.id = question.partition;
    row.leadership = model::Leadership::kLeader;
    row.leader = question.leader;
  }
  RequestBatch batch{*client_, timeouts_, timeout_};
  std::map<BrokerId, BrokerView> views;
  for (const auto& [broker, of_leader] : names)
    ask_topics(batch, broker, of_leader, [&views, leader = broker](Result<BrokerView> view) {
      if (view) views.emplace(leader, std::move(*view));
    });
  std::vector<model::BrokerSnapshot> leaders;
  leaders.reserve(names.size());
  for (const auto& [broker, of_leader] : names) leaders.emplace_back().id = broker;
  std::optional<Error> ignored;
  ask_offsets(batch, leaders, snapshot, OffsetKind::kEarliest, ignored);
  batch.await(is_over);
  keep(std::move(batch));

  std::size_t i = 0;
  for (const auto& topic : snapshot.topics)
    for (const auto& row : topic.partitions) {
      auto& one = asked[i++];
      one.answer.log_start = row.earliest;
      const auto view = views.find(one.question->leader);
      if (view == views.end()) continue;
      if (const auto* of = model::find_sorted(view->second.topics, topic.name, &TopicView::name))
        one.answer.topic_id = of->id;
    }
}

void EpochEndClient::keep(RequestBatch&& batch) {
  if (!batch.drain_late()) late_.push_back(std::move(batch));
}

}  // namespace kie::kafka
