#include "collectors/cluster/health_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace kie {
namespace {

using replication::Count;
using replication::Counts;

constexpr std::size_t kTopicsNamed = 5;

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// For a count that may be unknown.
std::string plural(const std::optional<std::uint64_t>& count, std::string_view noun) {
  return count ? plural(*count, noun) : fmt::format("an unknown number of {}s", noun);
}

/// In the largest unit of which there are at least two.
std::string duration_text(quorum::Instant::duration time) {
  using std::chrono::duration_cast;
  constexpr std::int64_t kFew = 2;
  const auto seconds = duration_cast<std::chrono::seconds>(time).count();
  const auto minutes = duration_cast<std::chrono::minutes>(time).count();
  const auto hours = duration_cast<std::chrono::hours>(time).count();
  if (hours >= kFew) return fmt::format("{} h", hours);
  if (minutes >= kFew) return fmt::format("{} min", minutes);
  return fmt::format("{} s", seconds);
}

/// As the first word of a sentence.
std::string capitalized(std::string text) {
  if (text.starts_with("an ")) text.front() = 'A';
  return text;
}

/// How much of something each topic has.
using Amounts = std::vector<std::pair<std::uint64_t, const std::string*>>;

/// The topics, those with the most first.
std::string ranked(Amounts found) {
  std::ranges::sort(found, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : *a.second < *b.second;
  });
  std::string text;
  for (std::size_t i = 0; i < std::min(found.size(), kTopicsNamed); ++i)
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", *found[i].second, found[i].first);
  if (found.size() > kTopicsNamed)
    text += fmt::format(" and {}", plural(found.size() - kTopicsNamed, "more topic"));
  return text;
}

class Describer {
 public:
  Describer(const replication::ReplicationState& state,
            const replication::ReplicationSummary& summary, const loss::LossState& loss,
            const quorum::QuorumState& quorum, loss::Instant now)
      : state_(state), summary_(summary), loss_(loss), quorum_(quorum), now_(now) {}

  HealthSummary run() {
    losses();
    if (auto sentence = describe(quorum_, now_)) add(std::move(*sentence));
    troubled("offline, without a leader:", &Counts::offline);
    troubled("below min.insync.replicas, where acks=all is refused:", &Counts::under_min_isr);
    troubled("down to the last in-sync replica:", &Counts::last_replica);
    at_risk();
    troubled("under-replicated:", &Counts::under_replicated);
    for (const auto& [id, broker] : summary_.brokers) this->broker(id, broker);
    if (auto sentence = describe(summary_.confirmation)) add(std::move(*sentence));
    note("being reassigned:", &Counts::reassigning);
    if (!words_.needs_attention) {
      words_.sentences.emplace_back(all_in_sync());
    }
    words_.sentences.push_back(capitalized(fmt::format(
        "{}, {}, {}.", plural(summary_.brokers_up, "broker"), plural(summary_.topic_count, "topic"),
        plural(summary_.partitions, "partition"))));
    return std::move(words_);
  }

 private:
  void add(std::string sentence) {
    words_.sentences.push_back(std::move(sentence));
    words_.needs_attention = true;
  }

  void broker(BrokerId id, const replication::BrokerSummary& broker) {
    const auto replicas = plural(broker.replicas, "replica");
    if (broker.up == false) {
      add(fmt::format("Broker {} is gone, and with it {}.", id.value, replicas));
      return;
    }
    if (broker.out_of_sync_replicas > 0)
      add(fmt::format("Broker {} is behind on {} of its {}.", id.value, broker.out_of_sync_replicas,
                      replicas));
    if (!broker.is_listed && broker.up)
      add(
          fmt::format("Broker {} is in sync but has no listener that this exporter can use: what "
                      "it leads is not known.",
                      id.value));
    if (broker.reach && !broker.reach->answers)
      add(fmt::format("Broker {} is listed and has not answered this exporter for {}.", id.value,
                      duration_text(now_ - broker.reach->since)));
  }

  /// Losses found in the last hour.
  void losses() {
    Amounts lost;
    Amounts unknown;
    std::uint64_t records = 0;
    for (const auto& [name, topic] : loss_.topics) {
      if (const auto count = loss::last_hour(topic.recent_lost, now_); count > 0) {
        lost.emplace_back(count, &name);
        records += count;
      }
      if (const auto count = loss::last_hour(topic.recent_unknown, now_); count > 0)
        unknown.emplace_back(count, &name);
    }
    if (!lost.empty())
      add(fmt::format("{} {} lost, as found in the last hour: {}.",
                      plural(records, "committed record"), records == 1 ? "is" : "are",
                      ranked(std::move(lost))));
    if (!unknown.empty())
      add(
          fmt::format("Whether committed records are lost cannot be determined, as found in the "
                      "last hour: {}.",
                      ranked(std::move(unknown))));
  }

  void at_risk() {
    Amounts found;
    std::uint64_t records = 0;
    for (std::size_t i = 0; i < state_.topics.size(); ++i)
      if (const auto count = summary_.topics[i].at_risk.value().value_or(0); count > 0) {
        found.emplace_back(count, &state_.topics[i].name);
        records += count;
      }
    if (found.empty()) return;
    add(fmt::format("{} {} once only, and would be lost with the last replica: {}.",
                    plural(records, "committed record"), records == 1 ? "exists" : "exist",
                    ranked(std::move(found))));
  }

  /// The topics that have such partitions.
  std::string topics_with(Count Counts::* count) const {
    Amounts found;
    for (std::size_t i = 0; i < state_.topics.size(); ++i)
      if (const auto value = (summary_.topics[i].counts.*count).value().value_or(0); value > 0)
        found.emplace_back(value, &state_.topics[i].name);
    return ranked(std::move(found));
  }

  std::optional<std::string> counted(std::string_view what, Count Counts::* count) const {
    const auto value = (summary_.counts.*count).value().value_or(0);
    if (value == 0) return std::nullopt;
    return fmt::format("{} {} {} {}.", plural(value, "partition"), value == 1 ? "is" : "are", what,
                       topics_with(count));
  }

  /// Where nothing is wrong that is known.
  std::string_view all_in_sync() const {
    const auto& counts = summary_.counts;
    if (!counts.under_replicated.value() || !counts.offline.value())
      return "Part of the cluster is not known at present.";
    // A replica that is being added is not in sync, and nothing is wrong with it.
    return counts.reassigning.value() == 0 ? "Every replica is in sync."
                                           : "Every established replica is in sync.";
  }

  void troubled(std::string_view what, Count Counts::* count) {
    if (auto sentence = counted(what, count)) add(std::move(*sentence));
  }

  void note(std::string_view what, Count Counts::* count) {
    if (auto sentence = counted(what, count)) words_.sentences.push_back(std::move(*sentence));
  }

  const replication::ReplicationState& state_;
  const replication::ReplicationSummary& summary_;
  const loss::LossState& loss_;
  const quorum::QuorumState& quorum_;
  loss::Instant now_;
  HealthSummary words_;
};

}  // namespace

HealthSummary describe(const replication::ReplicationState& state,
                       const replication::ReplicationSummary& summary, const loss::LossState& loss,
                       const quorum::QuorumState& quorum, loss::Instant now) {
  return Describer{state, summary, loss, quorum, now}.run();
}

std::optional<std::string> describe(const quorum::QuorumState& quorum, quorum::Instant now) {
  if (quorum.back_since)
    return fmt::format(
        "A controller has answered again for {}; what brokers report may still be out of date.",
        duration_text(now - *quorum.back_since));
  if (quorum.is_awaited && !quorum.is_lost)
    return "It is not known yet whether a controller answers, and whether what brokers report is "
           "up to date.";
  if (!quorum.is_lost) return std::nullopt;
  constexpr std::string_view kMeaning =
      "Meanwhile no broker is fenced and no leader is elected, and the leaders and in-sync "
      "replicas that brokers report are out of date.";
  if (!quorum.lost_since)
    return fmt::format(
        "No controller answered before this exporter was restarted, and none has since. {}",
        kMeaning);
  return fmt::format("No controller has answered for {}. {}",
                     duration_text(now - *quorum.lost_since), kMeaning);
}

std::optional<std::string> describe(const std::optional<model::Confirmation>& confirmation) {
  switch (confirmation.value_or(model::Confirmation::kPossible)) {
    case model::Confirmation::kPossible:
      return std::nullopt;
    case model::Confirmation::kOneBrokerAnswers:
      return "Only one broker answers, so no other broker confirms what it reports.";
    case model::Confirmation::kOneAddress:
      return "All brokers have the same address, so no broker can confirm what another one "
             "reports.";
  }
  return std::nullopt;
}

std::optional<std::string> describe(const risk::Findings& risks) {
  using risk::Severity;
  // Worst first, then in the order of the rules.
  std::map<std::pair<int, risk::RuleId>, std::uint64_t> counts;
  for (const auto& one : risks.found)
    if (one.exemption.empty() && one.severity != Severity::kInfo)
      ++counts[{one.severity == Severity::kCritical ? 0 : 1, one.rule}];
  if (counts.empty()) return std::nullopt;
  std::uint64_t critical = 0;
  std::uint64_t others = 0;
  std::string rules;
  for (const auto& [which, count] : counts) {
    (which.first == 0 ? critical : others) += count;
    rules +=
        fmt::format("{}{} ({})", rules.empty() ? "" : ", ", risk::rule(which.second).id, count);
  }
  return fmt::format("Settings that can lose records: {} critical, {}: {}.", critical,
                     plural(others, "warning"), rules);
}

}  // namespace kie
