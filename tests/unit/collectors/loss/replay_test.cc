#include "collectors/loss/advance.h"
#include "collectors/replication/advance.h"
#include "tests/unit/collectors/recording.h"

#include <fstream>
#include <set>

namespace kie::loss {
namespace {

using kie::test::json;
using kie::test::kRecordings;
using kie::test::Recording;
using kie::test::recordings;
using model::EpochAnswer;
using model::EpochQuestion;

/// Looks of a real incident, and a cluster that answers as the real one did.
class LossReplay : public testing::TestWithParam<std::string> {
 protected:
  LossReplay() {
    std::ifstream file{kRecordings / GetParam() / "expected.json"};
    facts_ = json::parse(file);
    for (const auto& [name, topic] : facts_.at("topics").items())
      settings_.topics[name].unclean_leader_election = {
          topic.at("unclean_leader_election_enable").get<bool>(), model::ConfigSource::kTopic};
  }

  /// Questions are answered after the look in `ask_every`, by which time other elections may have
  /// come.
  void play(int ask_every) {
    replication_ = {};
    loss_ = {};
    events_.clear();
    std::ifstream file{kRecordings / GetParam() / "observations.jsonl"};
    Recording recording;
    int snapshots = 0;
    for (std::string text; std::getline(file, text);) {
      const auto snapshot = recording.next(json::parse(text));
      now_ = snapshot.at;
      auto changes = replication::advance(replication_, snapshot);
      for (const auto& event : changes.events) {
        if (event.kind == replication::ReplicationEventKind::kRecreated)
          topic_recreated(loss_, event.topic);
        if (event.kind == replication::ReplicationEventKind::kDeleted)
          topic_deleted(loss_, event.topic, event.to);
      }
      take({std::move(changes.epoch_changes), {}, now_, {}});
      if (++snapshots % ask_every == 0) ask();
    }
    ask();
  }

  /// What was lost, by topic-partition, in the words of expected.json.
  json found() const {
    json result;
    std::map<std::string, int> unclean;
    for (const auto& event : events_) {
      const auto key = event.topic + "-" + std::to_string(event.partition.value);
      if (event.kind == LossEventKind::kUncleanElection) ++unclean[key];
      if (event.kind != LossEventKind::kLoss) continue;
      EXPECT_FALSE(result.contains(key)) << "one loss a recording";
      result[key] = {{"from", event.first.value},
                     {"to", event.end.value},
                     {"verdict", to_string(event.verdict)}};
    }
    for (auto& [key, loss] : result.items()) {
      loss["unclean_elections"] = unclean[key];
      unclean.erase(key);
    }
    EXPECT_TRUE(unclean.empty()) << "an unclean election without a loss";
    return result;
  }

  json wanted() const {
    json result;
    for (const auto& [key, facts] : facts_.at("expected").items()) {
      const auto& lost = facts.at("lost");
      if (lost.is_null()) {
        EXPECT_EQ(facts.at("unclean_elections"), 0);
        continue;
      }
      const bool outside = lost.at("election") == "outside_isr";
      result[key] = {{"from", lost.at("from")},
                     {"to", lost.at("to")},
                     {"verdict", outside ? "unclean" : "clean"},
                     {"unclean_elections", facts.at("unclean_elections")}};
    }
    return result;
  }

  void expect_what_was_lost() {
    const auto losses = wanted();
    EXPECT_EQ(found(), losses);
    std::uint64_t records = 0;
    for (const auto& [name, topic] : loss_.topics) records += topic.lost;
    std::uint64_t expected = 0;
    for (const auto& [key, lost] : losses.items())
      expected += lost.at("to").get<std::uint64_t>() - lost.at("from").get<std::uint64_t>();
    EXPECT_EQ(records, expected);
    EXPECT_EQ(std::ranges::count(events_, LossEventKind::kLossUnknown, &LossEvent::kind), 0);
    EXPECT_EQ(count_pending(loss_), unrecorded_) << "all else is answered";
  }

  /// What was asked and answered.
  std::size_t answered_ = 0;
  /// Epochs under question whose end the recording does not have.
  std::size_t unrecorded_ = 0;

 private:
  void take(const Input& input) {
    auto events = advance(loss_, input, settings_);
    std::move(events.begin(), events.end(), std::back_inserter(events_));
  }

  void ask() {
    Input input{{}, {}, now_, {}};
    const auto leads = [&](const std::string& topic, PartitionId id, BrokerId leader) {
      const auto* partition = replication::find_partition(replication_, topic, id);
      return partition != nullptr && partition->leader == leader &&
             partition->leadership == model::Leadership::kLeader;
    };
    unrecorded_ = 0;
    for (const auto& question : questions(loss_, leads)) {
      if (auto acked = answer(question)) {
        input.answers.push_back(std::move(*acked));
      } else {
        unrecorded_ += question.epochs.size();
      }
    }
    answered_ += input.answers.size();
    take(input);
  }

  std::optional<EpochAnswer> answer(const EpochQuestion& question) {
    const auto* topic = replication::find_topic(replication_, question.topic);
    const auto* partition = replication::find_partition(*topic, question.partition);
    EpochAnswer acked{question.topic,
                      question.partition,
                      question.leader,
                      question.newest,
                      topic->id,
                      partition->earliest,
                      {}};
    for (const auto epoch : question.epochs)
      for (const auto& end : facts_.at("epoch_ends"))
        if (end.at("topic") == question.topic && end.at("partition") == question.partition.value &&
            end.at("epoch") == epoch.value) {
          acked.ends.push_back({epoch, LeaderEpoch{end.at("answer_epoch").get<int>()},
                                Offset{end.at("end_offset").get<std::int64_t>()}});
          break;
        }
    if (acked.ends.size() != question.epochs.size()) return std::nullopt;
    return acked;
  }

  json facts_;
  model::Configs settings_;
  replication::ReplicationState replication_;
  LossState loss_;
  model::Instant now_;
  std::vector<LossEvent> events_;
};

TEST_P(LossReplay, FindsWhatWasLostToTheRecord) {
  play(1);
  expect_what_was_lost();
  if (!wanted().empty()) {
    EXPECT_GT(answered_, 0U);
  }
}

TEST_P(LossReplay, FindsTheSameWhenItAsksOnlyAtTheEnd) {
  play(1'000'000);
  expect_what_was_lost();
}

INSTANTIATE_TEST_SUITE_P(Recorded, LossReplay, testing::ValuesIn(recordings()),
                         kie::test::test_name);

}  // namespace
}  // namespace kie::loss
