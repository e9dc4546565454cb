#include "collectors/loss/advance.h"
#include "exporter/history/packing.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

// Elections of a few partitions and what brokers say of them. What their sources promise holds
// (epochs only grow, an answer has an end for each epoch asked); all else may come in any order:
// answers to older questions, of other brokers, of other topics, of any offsets.
namespace {

using namespace kie;
using fuzz::Input;
using loss::LossEventKind;
using loss::LossState;

constexpr std::array<const char*, 2> kTopics{"a", "b"};
constexpr int kPartitions = 2;

using Key = std::pair<std::string, PartitionId>;

/// What the test knows of a partition.
struct Model {
  LeaderEpoch epoch{0};
  /// The highest of all that was said to be committed since the topic was made.
  Offset committed{0};
};

class Run {
 public:
  explicit Run(Input& input) : input_(input) {
    for (const auto* topic : kTopics)
      if (input_.flag()) {
        const bool enabled = input_.flag();
        settings_.topics[topic].unclean_leader_election = {
            enabled, input_.flag() ? model::ConfigSource::kTopic : model::ConfigSource::kStatic};
      }
  }

  void step() {
    switch (input_.below(16)) {
      case 0:
        return forget([&](const auto& topic) { loss::topic_deleted(state_, topic, at_); });
      case 1:
        return forget([&](const auto& topic) { loss::topic_recreated(state_, topic); });
      case 2:
        at_ += std::chrono::minutes{input_.below(90)};
        break;
      case 3:
        return restart();
      default:
        break;
    }
    at_ += std::chrono::seconds{1};
    loss::Input seen{{}, {}, at_, wall_};
    ask();
    for (int i = input_.below(3); i > 0; --i) seen.epoch_changes.push_back(epoch_change());
    for (int i = input_.below(3); i > 0; --i) seen.answers.push_back(answer());
    advance(seen);
  }

 private:
  Key key() {
    const auto* topic = kTopics.at(static_cast<std::size_t>(input_.below(kTopics.size())));
    return {topic, PartitionId{input_.below(kPartitions)}};
  }

  model::LeaderEpochChange epoch_change() {
    const auto [topic, partition] = key();
    auto& model = models_[{topic, partition}];
    model::LeaderEpochChange one;
    one.topic = topic;
    if (input_.flag()) one.topic_id = id_of(topic);
    one.partition = partition;
    one.old_epoch = model.epoch;
    model.epoch.value += 1 + input_.below(3);
    one.new_epoch = model.epoch;
    if (input_.flag()) one.leader_before = BrokerId{input_.below(3)};
    one.leader = BrokerId{input_.below(3)};
    one.committed = Offset{input_.below(256)};
    if (input_.flag()) one.log_start = Offset{input_.below(64)};
    for (int id = 0; id < 3; ++id)
      if (input_.flag()) one.last_isr.emplace_back(id);
    one.from_outside = input_.flag();
    if (input_.flag()) one.from = at_ - std::chrono::seconds{10};
    one.to = at_;
    model.committed = std::max(model.committed, one.committed);
    return one;
  }

  TopicId id_of(const std::string& topic) { return {1, generations_[topic]}; }

  void ask() {
    const auto asked = loss::questions(
        state_, [&](const auto&, PartitionId, BrokerId leader) { return leader.value < 2; });
    for (const auto& question : asked) {
      const auto& model = models_.at({question.topic, question.partition});
      KIE_CHECK(question.leader.value < 2 && question.newest == model.epoch);
      KIE_CHECK(!question.epochs.empty() && question.epochs.back() < question.newest);
      KIE_CHECK(std::ranges::adjacent_find(question.epochs, std::ranges::greater_equal{}) ==
                question.epochs.end());
    }
    // Older ones stay, as if they were answered late.
    questions_.insert(questions_.end(), asked.begin(), asked.end());
    if (questions_.size() > 8) questions_.erase(questions_.begin(), questions_.end() - 8);
  }

  model::EpochAnswer answer() {
    if (questions_.empty())
      return {"nothing", PartitionId{0}, BrokerId{0}, LeaderEpoch{0}, {}, {}, {}};
    const auto& question = questions_[questions_.size() - 1 -
                                      static_cast<std::size_t>(input_.byte()) % questions_.size()];
    model::EpochAnswer one{question.topic,
                           question.partition,
                           question.leader,
                           question.newest,
                           id_of(question.topic),
                           Offset{input_.below(64)},
                           {}};
    for (const auto epoch : question.epochs) {
      const int older = std::min(input_.below(4), epoch.value);
      one.ends.push_back({epoch, LeaderEpoch{epoch.value - older}, Offset{input_.below(256)}});
    }
    switch (input_.below(16)) {
      case 0:
        one.by.value += 1;
        break;
      case 1:
        one.newest.value -= 1;
        break;
      case 2:
        one.topic_id = TopicId{7, 7};
        break;
      case 3:
        one.topic_id.reset();
        break;
      case 4:
        one.log_start.reset();
        break;
      case 5:
        one.ends.pop_back();
        break;
      default:
        break;
    }
    return one;
  }

  void advance(const loss::Input& seen) {
    const auto before = state_;
    const auto events = loss::advance(state_, seen, settings_);
    check_state();
    check_counters(before, events);
    check_losses(events);
    // All that was open or has come is open, or was judged once.
    std::uint64_t judged = 0;
    for (std::size_t i = 0; i < loss::kResults; ++i) {
      KIE_CHECK(state_.assessments.at(i) >= before.assessments.at(i));
      judged += state_.assessments.at(i) - before.assessments.at(i);
    }
    KIE_CHECK(loss::count_pending(before) + seen.epoch_changes.size() ==
              loss::count_pending(state_) + judged);
  }

  void check_state() const {
    for (const auto& [name, topic] : state_.topics) {
      for (const auto* known : {&topic.recent_lost, &topic.recent_unclean, &topic.recent_unknown})
        for (const auto& one : *known)
          KIE_CHECK(one.at > at_ - loss::kWindow && one.at <= at_ && one.count > 0);
      KIE_CHECK(loss::last_hour(topic.recent_lost, at_) <= topic.lost);
      KIE_CHECK(loss::last_hour(topic.recent_unclean, at_) <= topic.unclean_elections);
      KIE_CHECK((topic.lost > 0) == topic.last_loss.has_value());
      for (const auto& partition : topic.partitions) {
        const auto& model = models_.at({name, partition.id});
        KIE_CHECK(partition.newest == model.epoch);
        KIE_CHECK(!partition.inherited_end || *partition.inherited_end <= model.committed);
        KIE_CHECK(partition.ends.size() <= loss::kEndsKept);
        KIE_CHECK(std::ranges::adjacent_find(partition.ends, std::ranges::greater_equal{},
                                             &loss::KnownEnd::epoch) == partition.ends.end());
        KIE_CHECK(std::ranges::adjacent_find(partition.pending, std::ranges::greater_equal{},
                                             &loss::Pending::epoch) == partition.pending.end());
        for (const auto& pending : partition.pending)
          KIE_CHECK(pending.epoch < partition.newest && pending.committed_end <= model.committed);
      }
    }
  }

  /// Counters grow by their events and by nothing else.
  void check_counters(const LossState& before, const std::vector<loss::LossEvent>& events) const {
    for (const auto* name : kTopics) {
      std::uint64_t lost = 0;
      std::uint64_t unclean = 0;
      for (const auto& event : events) {
        if (event.topic != name) continue;
        if (event.kind == LossEventKind::kLoss)
          lost += static_cast<std::uint64_t>(event.end.value - event.first.value);
        if (event.kind == LossEventKind::kUncleanElection) ++unclean;
      }
      const auto was = before.topics.find(name);
      const auto is = state_.topics.find(name);
      if (is == state_.topics.end()) {
        KIE_CHECK(lost == 0 && unclean == 0);
        continue;
      }
      const bool is_new = was == before.topics.end();
      KIE_CHECK(is->second.lost == (is_new ? 0 : was->second.lost) + lost);
      KIE_CHECK(is->second.unclean_elections ==
                (is_new ? 0 : was->second.unclean_elections) + unclean);
    }
  }

  /// A partition has one answer in a step at the most, of which each offset is charged once.
  void check_losses(const std::vector<loss::LossEvent>& events) const {
    std::map<Key, Offset> charged;
    for (const auto& event : events) {
      const Key key{event.topic, event.partition};
      const auto& model = models_.at(key);
      KIE_CHECK(event.new_epoch == model.epoch && event.epoch < event.new_epoch);
      KIE_CHECK(event.to <= at_ && (!event.from || *event.from <= event.to));
      KIE_CHECK((event.kind == LossEventKind::kLossUnknown) == event.doubt.has_value());
      if (event.kind == LossEventKind::kUncleanElection)
        KIE_CHECK(std::ranges::any_of(events, [&](const auto& other) {
          return other.kind == LossEventKind::kLoss && other.topic == event.topic &&
                 other.partition == event.partition &&
                 other.verdict == loss::ElectionVerdict::kUnclean;
        }));
      if (event.kind != LossEventKind::kLoss) continue;
      const auto [before, is_first] = charged.try_emplace(key, Offset{0});
      KIE_CHECK(event.first >= before->second && event.first < event.end);
      KIE_CHECK(event.end <= model.committed);
      before->second = event.end;
    }
  }

  void forget(const std::function<void(const std::string& topic)>& change) {
    const std::string topic = key().first;
    const auto found = state_.topics.find(topic);
    const auto lost = found == state_.topics.end() ? 0 : found->second.lost;
    change(topic);
    ++generations_[topic];
    for (int id = 0; id < kPartitions; ++id) models_[{topic, PartitionId{id}}] = {};
    KIE_CHECK(found == state_.topics.end() ||
              (found->second.lost == lost && found->second.partitions.empty()));
  }

  /// By way of the file.
  void restart() {
    const history::Clocks clocks{at_, wall_};
    replication::ReplicationState replication;
    LossState after;
    for (const auto& [name, topic] : state_.topics) {
      const auto row = history::pack_topic({.loss = &topic}, clocks);
      KIE_CHECK(history::unpack_topic(name, row, clocks, replication, after));
      KIE_CHECK(history::pack_topic({.loss = &after.topics.at(name)}, clocks) == row);
    }
    after.assessments = state_.assessments;
    KIE_CHECK(loss::count_pending(after) == loss::count_pending(state_));
    state_ = std::move(after);
  }

  Input& input_;
  model::Configs settings_;
  LossState state_;
  std::map<Key, Model> models_;
  std::map<std::string, std::int64_t> generations_;
  std::vector<model::EpochQuestion> questions_;
  loss::Instant at_{std::chrono::hours{2}};
  std::chrono::system_clock::time_point wall_{std::chrono::hours{400'000}};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1024) return 0;
  Input input{data, size};
  Run run{input};
  while (!input.empty()) run.step();
  return 0;
}
