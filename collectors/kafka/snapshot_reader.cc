#include "collectors/kafka/snapshot_reader.h"

#include "collectors/kafka/describe_cluster.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/reconcile.h"
#include "collectors/model/find_sorted.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace kie::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using model::BrokerSnapshot;
using model::ClusterSnapshot;
using model::Confirmation;
using model::Presence;
using model::TopicSnapshot;

/// Brokers that are asked for Metadata, one after the other, until one answers.
constexpr int kBrokersTried = 3;
/// Brokers asked for confirmation, after the one that answered first: enough for a majority.
constexpr int kOpinions = 2;
/// After so many polls without an answer from a broker, the others' answers count without it.
constexpr int kPollsUntilAlone = 2;

/// A client that may not describe it is refused by name, even if it does not exist.
const std::vector<std::string> kInternalTopic{"__consumer_offsets"};

TopicSnapshot to_snapshot(TopicView&& view) {
  TopicSnapshot topic;
  topic.name = std::move(view.name);
  topic.id = view.id;
  topic.partitions = std::move(view.partitions);
  if (view.error == kTopicAuthorizationFailed) {
    topic.presence = Presence::kUnauthorized;
  } else if (view.error != 0) {
    topic.presence = Presence::kUnknown;
  }
  return topic;
}

bool same_ids(const std::vector<BrokerSnapshot>& a, const std::vector<BrokerSnapshot>& b) {
  return std::ranges::equal(a, b, {}, &BrokerSnapshot::id, &BrokerSnapshot::id);
}

bool has_replicas_elsewhere(const ClusterSnapshot& snapshot, BrokerId broker) {
  return std::ranges::any_of(snapshot.topics, [&](const TopicSnapshot& topic) {
    return std::ranges::any_of(topic.partitions, [&](const model::PartitionSnapshot& row) {
      return std::ranges::any_of(row.replicas, [&](BrokerId id) { return id != broker; });
    });
  });
}

/// Replaces librdkafka's misleading text for having no connection to any broker.
Error explained(Error error) {
  if (error.code == RD_KAFKA_RESP_ERR__UNKNOWN_BROKER)
    error.text = "no broker and no configured server can be connected to";
  return error;
}

std::optional<BrokerId> some_leader(const TopicSnapshot& topic) {
  for (const auto& row : topic.partitions)
    if (row.leader) return row.leader;
  return std::nullopt;
}

}  // namespace

struct SnapshotReader::Case {
  const std::string* name;
  /// nullptr: absent from Metadata.
  TopicSnapshot* topic = nullptr;
  std::vector<TopicView> views{};
  std::set<BrokerId> asked{};

  std::vector<const TopicView*> others() const {
    std::vector<const TopicView*> pointers;
    pointers.reserve(views.size());
    for (const auto& view : views) pointers.push_back(&view);
    return pointers;
  }
};

SnapshotReader::SnapshotReader(Session& session, const config::ClusterConfig& cluster)
    : session_(session), filter_(cluster.topics) {}

Result<SnapshotReport> SnapshotReader::read(model::Instant at, const Known& known) {
  session_.drain_late();
  if (session_.listed().empty())
    if (auto found = find_brokers(); !found) return tl::unexpected{std::move(found.error())};
  const auto since = Clock::now();
  const auto asked = session_.known_ids();
  std::map<BrokerId, ClusterDescription> described;
  auto view = ask_one(
      [&](RequestBatch& batch, BrokerId broker, ReceiveView receive) {
        ask_metadata(batch, broker, filter_, std::move(receive));
      },
      &described);
  if (!view) return tl::unexpected{std::move(view.error())};
  const auto cluster_id = view->cluster_id.value_or("");
  for (const auto& [broker, description] : described)
    if (!cluster_id.empty() && description.cluster_id != cluster_id)
      return tl::unexpected{Error{0, "brokers of two clusters answer: broker " +
                                         std::to_string(view->by.value) + " is of cluster " +
                                         cluster_id + ", broker " + std::to_string(broker.value) +
                                         " of " + description.cluster_id}};

  SnapshotReport report;
  auto& snapshot = report.snapshot;
  snapshot.at = at;
  snapshot.cluster_id = std::move(view->cluster_id);
  for (auto& topic : view->topics)
    if (topic.error != kUnknownTopicOrPartition)
      snapshot.topics.push_back(to_snapshot(std::move(topic)));
  const bool was_alone = is_alone_ && by_ == view->by;
  by_ = view->by;
  judge_confirmation(snapshot, view->brokers, described, since, was_alone);
  snapshot.brokers = confirm_brokers(view->brokers, described, asked, since);
  // The list of the broker that answered first may be outdated.
  if (snapshot.brokers && snapshot.confirmation == Confirmation::kPossible) {
    session_.set_listed(*snapshot.brokers);
  } else if (auto& listed = snapshot.brokers ? *snapshot.brokers : view->brokers; !listed.empty()) {
    session_.set_unconfirmed(listed);
  }
  last_read_end_ = Clock::now();
  if (snapshot.topics.empty() && !known.has_topics && filter_.matches(kInternalTopic.front()))
    snapshot.topics_refused = are_topics_refused();
  report.metadata_took = Clock::now() - since;
  complete(report, known);
  return report;
}

Result<SnapshotReport> SnapshotReader::read_topics(model::Instant at,
                                                   const std::vector<std::string>& topics,
                                                   const Known& known) {
  session_.drain_late();
  // If others answer again, a single broker's answer counts no more.
  const auto answering = session_.answering_since(last_read_end_);
  if (!is_one_address_ && std::ranges::any_of(answering, [&](BrokerId id) { return id != by_; }))
    is_alone_ = false;
  auto view =
      ask_one([&](RequestBatch& batch, BrokerId broker,
                  ReceiveView receive) { ask_topics(batch, broker, topics, std::move(receive)); },
              nullptr);
  if (!view) return tl::unexpected{std::move(view.error())};
  // Another broker than the one that was alone has answered now: its answer may be outdated.
  if (view->by != by_) is_alone_ = is_one_address_;
  SnapshotReport report;
  report.snapshot.at = at;
  report.snapshot.covers_all_topics = false;
  report.snapshot.cluster_id = std::move(view->cluster_id);
  for (auto& topic : view->topics)
    if (topic.error == 0 && known.has_topic(topic.name))
      report.snapshot.topics.push_back(to_snapshot(std::move(topic)));
  by_ = view->by;
  complete(report, known);
  return report;
}

Result<void> SnapshotReader::find_brokers() {
  auto batch = session_.batch();
  Result<BrokerView> view = tl::unexpected{make_error(RD_KAFKA_RESP_ERR__TIMED_OUT)};
  ask_brokers(batch, kAnyBroker, [&](Result<BrokerView> answer) { view = std::move(answer); });
  batch.await();
  session_.keep(std::move(batch));
  if (!view) return tl::unexpected{explained(std::move(view.error()))};
  if (view->brokers.empty())
    return tl::unexpected{Error{0, "a server answers, and lists no broker"}};
  session_.set_unconfirmed(std::move(view->brokers));
  return {};
}

Result<BrokerView> SnapshotReader::ask_one(
    const std::function<void(RequestBatch&, BrokerId, ReceiveView)>& ask,
    std::map<BrokerId, ClusterDescription>* described) {
  Result<BrokerView> view = tl::unexpected{make_error(RD_KAFKA_RESP_ERR__TIMED_OUT)};
  std::optional<Error> first_error;
  std::set<BrokerId> asked;
  for (int i = 0; i <= kBrokersTried && !view; ++i) {
    // Finally any broker that can be reached, also through the configured servers.
    const auto broker = i < kBrokersTried ? session_.pick(asked) : std::optional{kAnyBroker};
    if (!broker) continue;
    asked.insert(*broker);
    auto batch = session_.batch();
    if (i == 0 && described != nullptr)
      for (const auto id : session_.known_ids())
        describe_cluster(batch, id, [described, id](Result<ClusterDescription> answer) {
          if (answer) described->insert_or_assign(id, std::move(*answer));
        });
    ask(batch, *broker, [&](Result<BrokerView> answer) {
      view = std::move(answer);
      if (!view && !first_error) first_error = view.error();
    });
    batch.await();
    session_.keep(std::move(batch));
  }
  if (!view && first_error) return tl::unexpected{explained(std::move(*first_error))};
  return view;
}

void SnapshotReader::judge_confirmation(ClusterSnapshot& snapshot,
                                        const std::vector<BrokerSnapshot>& listed,
                                        const std::map<BrokerId, ClusterDescription>& described,
                                        model::Instant since, bool was_alone) {
  std::map<BrokerId, int> without_answer;
  std::set<std::pair<std::string, std::int32_t>> addresses;
  // A broker that answers exists, whether the broker that answered first lists it or not.
  bool another_answers = std::ranges::any_of(
      described, [&](const auto& description) { return description.first != by_; });
  bool others_are_away = true;
  for (const auto& broker : listed) {
    const auto last = session_.timeouts().last_answer(broker.id);
    const bool answered = last && *last >= since;
    const int polls = answered ? 0 : polls_without_answer_[broker.id] + 1;
    without_answer[broker.id] = polls;
    addresses.emplace(broker.host, broker.port);
    if (broker.id == by_) continue;
    another_answers |= answered;
    others_are_away &= polls >= kPollsUntilAlone;
  }
  polls_without_answer_ = std::move(without_answer);
  is_one_address_ = listed.size() > 1 && addresses.size() == 1;
  // Until another one answers, a broker that has just joined confirms nothing.
  is_alone_ = is_one_address_ || (!another_answers && (was_alone || others_are_away));
  if (is_one_address_) {
    snapshot.confirmation = Confirmation::kOneAddress;
  } else if (is_alone_ && (listed.size() > 1 || has_replicas_elsewhere(snapshot, by_))) {
    snapshot.confirmation = Confirmation::kOneBrokerAnswers;
  }
}

std::optional<std::vector<BrokerSnapshot>> SnapshotReader::confirm_brokers(
    const std::vector<BrokerSnapshot>& listed,
    const std::map<BrokerId, ClusterDescription>& described, const std::vector<BrokerId>& asked,
    model::Instant since) const {
  const auto with_answers = [&](std::vector<BrokerSnapshot> brokers) {
    for (auto& broker : brokers) {
      const auto last = session_.timeouts().last_answer(broker.id);
      if (last && *last >= since) {
        broker.answered = true;
      } else if (std::ranges::binary_search(asked, broker.id)) {
        broker.answered = false;
      }
    }
    return brokers;
  };
  // A broker that has just started lists no brokers. One answer for each address.
  std::vector<const std::vector<BrokerSnapshot>*> lists;
  std::set<BrokerId> brokers_asked{by_};
  session_.add_same_address(brokers_asked);
  for (const auto& [broker, description] : described) {
    if (description.brokers.empty() || !brokers_asked.insert(broker).second) continue;
    session_.add_same_address(brokers_asked);
    lists.push_back(&description.brokers);
  }
  for (std::size_t i = 0; i < lists.size(); ++i) {
    if (same_ids(*lists[i], listed)) return with_answers(listed);
    for (std::size_t j = i + 1; j < lists.size(); ++j)
      if (same_ids(*lists[i], *lists[j])) return with_answers(*lists[i]);
  }
  if (is_alone_ && !listed.empty()) return with_answers(listed);
  return std::nullopt;
}

void SnapshotReader::complete(SnapshotReport& report, const Known& known) {
  auto& snapshot = report.snapshot;
  auto began = Clock::now();
  const auto unconfirmed = known.find_unconfirmed(snapshot);
  confirm(snapshot, unconfirmed, known);
  report.confirmation_took = Clock::now() - began;

  began = Clock::now();
  read_offsets(report);
  report.offsets_took = Clock::now() - began;

  // Offsets need confirmation too: a lower epoch or log end may be another topic, and a higher
  // epoch may belong to another leader than the one in Metadata.
  began = Clock::now();
  auto after = known.find_unconfirmed(snapshot);
  std::erase_if(after.topics, [&](const std::string& name) {
    return std::ranges::binary_search(unconfirmed.topics, name);
  });
  after.absent.clear();
  confirm(snapshot, after, known);
  report.confirmation_took += Clock::now() - began;
}

void SnapshotReader::confirm(ClusterSnapshot& snapshot, const model::Unconfirmed& unconfirmed,
                             const Known& known) {
  std::vector<Case> cases;
  cases.reserve(unconfirmed.topics.size() + unconfirmed.absent.size());
  for (const auto& name : unconfirmed.topics)
    if (auto* topic = model::find_sorted(snapshot.topics, name, &TopicSnapshot::name))
      cases.push_back({.name = &name, .topic = topic});
  for (const auto& name : unconfirmed.absent) cases.push_back({.name = &name});

  std::vector<Case*> open;
  open.reserve(cases.size());
  for (auto& one : cases) open.push_back(&one);
  for (int i = 0; i < kOpinions && !open.empty(); ++i) {
    ask_others(open);
    std::erase_if(open, [&](const Case* one) {
      const auto others = one->others();
      return !(one->topic == nullptr ? absent_needs_second_opinion(others)
                                     : needs_second_opinion(*one->topic, others));
    });
  }
  std::vector<TopicSnapshot> absent;
  for (const auto& one : cases) {
    const auto others = one.others();
    if (one.topic != nullptr) {
      reconcile(*one.topic, others, is_alone_, known.topic_id(*one.name));
    } else {
      auto& topic = absent.emplace_back();
      topic.name = *one.name;
      topic.presence = reconcile_absent(others);
    }
  }
  if (absent.empty()) return;
  std::ranges::move(absent, std::back_inserter(snapshot.topics));
  std::ranges::sort(snapshot.topics, {}, &TopicSnapshot::name);
}

void SnapshotReader::ask_others(const std::vector<Case*>& open) {
  struct Opinion {
    std::vector<std::string> names;
    std::vector<Case*> cases;
  };
  std::map<BrokerId, Opinion> opinions;
  for (auto* one : open) {
    std::optional<BrokerId> broker;
    if (is_alone_) {
      // The same broker again: asked by name it returns the reason.
      if (one->topic == nullptr && one->asked.empty()) broker = by_;
    } else {
      auto asked = one->asked;
      asked.insert(by_);
      session_.add_same_address(asked);
      broker =
          session_.pick(asked, one->topic == nullptr ? std::nullopt : some_leader(*one->topic));
    }
    if (!broker) continue;
    one->asked.insert(*broker);
    auto& opinion = opinions[*broker];
    opinion.names.push_back(*one->name);
    opinion.cases.push_back(one);
  }
  auto batch = session_.batch();
  for (auto& [broker, opinion] : opinions)
    ask_topics(batch, broker, opinion.names, [&cases = opinion.cases](Result<BrokerView> answer) {
      if (!answer) return;
      for (auto* one : cases) {
        // A copy: the others are searched for by the names, too.
        if (const auto* found = model::find_sorted(answer->topics, *one->name, &TopicView::name))
          one->views.push_back(*found);
      }
    });
  batch.await();
  session_.keep(std::move(batch));
}

bool SnapshotReader::are_topics_refused() {
  // Metadata of all topics silently leaves out those that may not be described.
  auto batch = session_.batch();
  bool refused = false;
  ask_topics(batch, by_, kInternalTopic, [&](const Result<BrokerView>& answer) {
    refused = answer && !answer->topics.empty() &&
              answer->topics.front().error == kTopicAuthorizationFailed;
  });
  batch.await();
  session_.keep(std::move(batch));
  return refused;
}

void SnapshotReader::read_offsets(SnapshotReport& report) {
  auto batch = session_.batch();
  report.offsets = kafka::read_offsets(batch, session_.known(), report.snapshot);
  session_.keep(std::move(batch));
}

}  // namespace kie::kafka
