#include "exporter/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace kie {
namespace {

using replication::Count;
using replication::Counts;

constexpr std::size_t kTopicsNamed = 5;

std::string plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

/// The topics that have such partitions, those with the most first.
std::string topics_with(const replication::State& state, const replication::Summary& summary,
                        Count Counts::* count) {
  std::vector<std::pair<std::uint64_t, const std::string*>> found;
  for (std::size_t i = 0; i < state.topics.size(); ++i)
    if (const auto value = (summary.topics[i].counts.*count).value().value_or(0); value > 0)
      found.emplace_back(value, &state.topics[i].name);
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
  Describer(const replication::State& state, const replication::Summary& summary)
      : state_(state), summary_(summary) {}

  Words run() {
    troubled("offline: nobody leads", &Counts::offline);
    troubled("below min.insync.replicas, where acks=all is refused:", &Counts::under_min_isr);
    troubled("down to the last in-sync replica:", &Counts::last_replica);
    troubled("under-replicated:", &Counts::under_replicated);
    for (const auto& [id, broker] : summary_.brokers) {
      if (!broker.up)
        add(fmt::format("Broker {} is gone, and with it {}.", id.value,
                        plural(broker.replicas, "replica")));
      else if (broker.out_of_sync_replicas > 0)
        add(fmt::format("Broker {} is behind on {} of its {}.", id.value,
                        broker.out_of_sync_replicas, plural(broker.replicas, "replica")));
    }
    note("being reassigned:", &Counts::reassigning);
    if (!words_.needs_attention) {
      words_.sentences.emplace_back(summary_.counts.under_replicated.value() &&
                                            summary_.counts.offline.value()
                                        ? "Every replica is in sync."
                                        : "Part of the cluster is not known at present.");
    }
    words_.sentences.push_back(fmt::format("{}, {}, {}.", plural(state_.brokers.size(), "broker"),
                                           plural(state_.topics.size(), "topic"),
                                           plural(summary_.partitions, "partition")));
    return std::move(words_);
  }

 private:
  void add(std::string sentence) {
    words_.sentences.push_back(std::move(sentence));
    words_.needs_attention = true;
  }

  std::optional<std::string> counted(std::string_view what, Count Counts::* count) const {
    const auto value = (summary_.counts.*count).value().value_or(0);
    if (value == 0) return std::nullopt;
    return fmt::format("{} {} {} {}.", plural(value, "partition"), value == 1 ? "is" : "are", what,
                       topics_with(state_, summary_, count));
  }

  void troubled(std::string_view what, Count Counts::* count) {
    if (auto sentence = counted(what, count)) add(std::move(*sentence));
  }

  void note(std::string_view what, Count Counts::* count) {
    if (auto sentence = counted(what, count)) words_.sentences.push_back(std::move(*sentence));
  }

  const replication::State& state_;
  const replication::Summary& summary_;
  Words words_;
};

}  // namespace

Words describe(const replication::State& state, const replication::Summary& summary) {
  return Describer{state, summary}.run();
}

std::string join(const std::vector<BrokerId>& brokers) {
  std::string text;
  for (const auto id : brokers) text += fmt::format("{}{}", text.empty() ? "" : ",", id.value);
  return text;
}

}  // namespace kie
