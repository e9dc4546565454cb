#include "collectors/cluster/update.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

// A partition as it is in truth, with the logs of three brokers, elections clean and unclean, and
// producers that report in time, late or never. Whatever the exporter sees of it and when: what it
// calls lost was committed (or acknowledged by the leader, for acks=1), and was cut off.
namespace {

using namespace kie;
using fuzz::Input;

constexpr int kBrokers = 3;
constexpr int kProducers = 3;
constexpr int kMostRecords = 200;

/// A record of a log: where it lies, and the epoch in which it was written.
using Record = std::pair<int, int>;

/// What a broker has: the epoch of each record, and where epochs began.
struct Log {
  std::vector<int> epochs;
  std::map<int, int> starts;

  int end() const { return static_cast<int>(epochs.size()); }

  bool has(const Record& record) const {
    return record.first < end() && epochs[static_cast<std::size_t>(record.first)] == record.second;
  }

  void cut(int at) {
    epochs.resize(static_cast<std::size_t>(at));
    std::erase_if(starts, [&](const auto& start) { return start.second >= at; });
  }
};

/// A producer's view: segments as DESIGN has them.
struct Producer {
  bool tells_broker = true;
  bool acks_all = true;
  std::vector<loss::Acknowledgement> segments;
};

class Run {
 public:
  explicit Run(Input& input) : input_(input) {
    for (auto& producer : producers_) {
      producer.tells_broker = input_.flag();
      producer.acks_all = input_.below(4) != 0;
    }
    logs_[0].starts[0] = 0;
  }

  void step() {
    now_ += std::chrono::seconds{1};
    switch (input_.below(12)) {
      case 0:
      case 1:
        return append();
      case 2:
      case 3:
        return fetch();
      case 4:
        return shrink();
      case 5:
        return elect();
      case 6:
      case 7:
        return acknowledge();
      case 8:
        return report();
      case 9:
      case 10:
        return snapshot();
      default:
        return answer();
    }
  }

 private:
  Log& leader_log() { return logs_.at(static_cast<std::size_t>(leader_)); }

  void append() {
    for (int i = 1 + input_.below(8); i > 0 && leader_log().end() < kMostRecords; --i)
      leader_log().epochs.push_back(epoch_);
    commit();
  }

  /// A follower cuts what the leader does not have, and fetches the rest or some of it.
  void fetch() {
    const int id = input_.below(kBrokers);
    if (id == leader_) return;
    auto& log = logs_.at(static_cast<std::size_t>(id));
    const auto& from = leader_log();
    int same = 0;
    while (same < log.end() && same < from.end() &&
           log.epochs[static_cast<std::size_t>(same)] ==
               from.epochs[static_cast<std::size_t>(same)])
      ++same;
    // What all in sync have is never cut: such a follower would not be in sync.
    log.cut(same);
    const int to = input_.flag() ? from.end() : std::min(from.end(), same + input_.below(4));
    for (int i = same; i < to; ++i) log.epochs.push_back(from.epochs[static_cast<std::size_t>(i)]);
    for (const auto& [epoch, start] : from.starts)
      if (start < log.end()) log.starts[epoch] = start;
    if (log.end() == from.end()) isr_.insert(id);
    commit();
  }

  void shrink() {
    if (isr_.size() < 2) return;
    const int id = input_.below(kBrokers);
    if (id == leader_ || isr_.erase(id) == 0) return;
    // As controllers before 3.6 do.
    if (input_.flag()) begin_epoch(1);
    commit();
  }

  void elect() {
    const int id = input_.below(kBrokers);
    const bool is_clean = isr_.contains(id);
    // A leader that comes back brings its records back, and they can be lost again.
    const auto before = leader_log();
    leader_ = id;
    if (is_clean) {
      if (input_.flag()) isr_ = {id};
    } else {
      isr_ = {id};
    }
    begin_epoch(1 + input_.below(2));
    watermark_ = std::min(watermark_, leader_log().end());
    for (const auto& record : committed_)
      if (before.has(record) && !leader_log().has(record)) ++lost_[record.first];
    for (const auto& record : by_one_)
      if (before.has(record) && !leader_log().has(record)) ++lost_by_one_[record.first];
    expose();
  }

  void begin_epoch(int more) {
    epoch_ += more;
    leader_log().starts[epoch_] = leader_log().end();
  }

  void commit() {
    int end = leader_log().end();
    for (const int id : isr_) {
      const auto& log = logs_.at(static_cast<std::size_t>(id));
      int same = 0;
      while (same < log.end() && same < leader_log().end() &&
             log.epochs[static_cast<std::size_t>(same)] ==
                 leader_log().epochs[static_cast<std::size_t>(same)])
        ++same;
      end = std::min(end, same);
    }
    watermark_ = std::max(watermark_, end);
    expose();
  }

  /// What is below the high watermark is what consumers read.
  void expose() {
    for (int i = 0; i < watermark_; ++i)
      committed_.insert({i, leader_log().epochs[static_cast<std::size_t>(i)]});
  }

  void acknowledge() {
    auto& producer = producers_.at(static_cast<std::size_t>(input_.below(kProducers)));
    const int next = producer.acks_all ? watermark_ : leader_log().end();
    if (next == 0) return;
    const std::optional<BrokerId> broker =
        producer.tells_broker ? std::optional{BrokerId{leader_}} : std::nullopt;
    auto& segments = producer.segments;
    if (segments.empty() || segments.back().broker != broker ||
        Offset{next} < segments.back().next || input_.below(8) == 0) {
      loss::Acknowledgement begun;
      begun.topic = "a";
      begun.instance = std::to_string(&producer - producers_.data());
      begun.segment = segments.empty() ? 0 : segments.back().segment + 1;
      begun.broker = broker;
      begun.acks_all = producer.acks_all;
      segments.push_back(begun);
    }
    segments.back().next = Offset{next};
    segments.back().at = now_;
    for (int i = 0; i < next && !producer.acks_all; ++i)
      by_one_.insert({i, leader_log().epochs[static_cast<std::size_t>(i)]});
  }

  /// All of a producer's segments, or the newest of them.
  void report() {
    const auto& producer = producers_.at(static_cast<std::size_t>(input_.below(kProducers)));
    const std::size_t skipped =
        input_.flag() || producer.segments.empty() ? 0 : producer.segments.size() - 1;
    for (std::size_t i = skipped; i < producer.segments.size(); ++i) {
      auto one = producer.segments[i];
      one.arrived = now_;
      lines_.push_back(one);
    }
  }

  void snapshot() {
    now_ += std::chrono::seconds{1};
    apply_acknowledgements(known_, std::exchange(lines_, {}));
    model::ClusterSnapshot snapshot;
    snapshot.at = now_;
    auto& topic = snapshot.topics.emplace_back();
    topic.name = "a";
    topic.presence = model::Presence::kPresent;
    topic.id = TopicId{1, 1};
    auto& row = topic.partitions.emplace_back();
    row.id = PartitionId{0};
    row.leadership = model::Leadership::kLeader;
    row.leader = BrokerId{leader_};
    for (int id = 0; id < kBrokers; ++id) row.replicas.emplace_back(id);
    for (const int id : isr_) row.isr.emplace_back(id);
    // The new epoch may be known before its leader.
    was_named_ = !was_named_ || input_.below(8) != 0 || !shown_;
    if (!was_named_) std::tie(row.leader, row.isr) = *shown_;
    shown_ = {row.leader, row.isr};
    row.confirmed = true;
    if (input_.below(8) != 0) {
      row.leader_epoch = LeaderEpoch{epoch_};
      row.latest = Offset{watermark_};
      row.earliest = Offset{0};
    }
    snapshot.covers_all_topics = true;
    check(apply_snapshot(known_, std::move(snapshot), wall_));
  }

  void answer() {
    std::vector<model::EpochAnswer> answers;
    for (const auto& question : open_questions(known_)) {
      if (question.leader != BrokerId{leader_} || question.newest != LeaderEpoch{epoch_}) continue;
      model::EpochAnswer one{question.topic,
                             question.partition,
                             question.leader,
                             question.newest,
                             TopicId{1, 1},
                             Offset{0},
                             {}};
      for (const auto epoch : question.epochs) one.ends.push_back(end_of(epoch));
      answers.push_back(std::move(one));
    }
    check(apply_epoch_ends(known_, std::move(answers), now_, wall_));
  }

  /// As OffsetForLeaderEpoch has it.
  model::EpochEnd end_of(LeaderEpoch asked) {
    const auto& starts = leader_log().starts;
    const auto next = starts.upper_bound(asked.value);
    const int end = next == starts.end() ? leader_log().end() : next->second;
    const int epoch = next == starts.begin() ? asked.value : std::prev(next)->first;
    return {asked, LeaderEpoch{epoch}, Offset{end}};
  }

  void check(const ClusterUpdate& step) {
    for (const auto& event : step.loss) {
      if (event.end <= event.first) continue;
      auto& charged = event.acks_all ? charged_ : charged_by_one_;
      auto& lost = event.acks_all ? lost_ : lost_by_one_;
      for (auto offset = event.first.value; offset < event.end.value; ++offset) {
        const auto at = static_cast<int>(offset);
        KIE_CHECK(++charged[at] <= lost[at]);
      }
    }
  }

  Input& input_;
  ClusterState known_;
  loss::Instant now_{std::chrono::hours{2}};
  std::chrono::system_clock::time_point wall_{std::chrono::hours{400'000}};

  // The truth.
  std::array<Log, kBrokers> logs_;
  int leader_ = 0;
  int epoch_ = 0;
  std::set<int> isr_{0};
  int watermark_ = 0;
  /// All that were ever so.
  std::set<Record> committed_, by_one_;
  /// How often a record at that offset was cut off.
  std::map<int, int> lost_, lost_by_one_;

  std::array<Producer, kProducers> producers_;
  std::vector<loss::Acknowledgement> lines_;
  std::optional<std::pair<std::optional<BrokerId>, std::vector<BrokerId>>> shown_;
  bool was_named_ = true;
  /// How often each offset was called lost.
  std::map<int, int> charged_, charged_by_one_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1024) return 0;
  Input input{data, size};
  Run run{input};
  while (!input.empty()) run.step();
  return 0;
}
