#include "exporter/journal/events.h"
#include "tests/storm/cluster.h"
#include "tests/storm/process.h"
#include "tests/storm/victim.h"
#include "tests/storm/witness.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

namespace kie::storm {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

/// A file is begun anew after so many kills, because each start checks all of it.
constexpr int kKillsOfAFile = 100;

/// The first that is in one only; brokers are not in the state, so a look after a start does not
/// say which came or went.
std::string missing_from(const std::set<std::string>& there, const std::set<std::string>& here) {
  for (const auto& key : there)
    if (!here.contains(key) && key.find(": broker_") == std::string::npos) return key;
  return {};
}

class Storm : public testing::Test {
 protected:
  Storm() {
    std::string pattern = testing::TempDir() + "kie_storm_XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~Storm() override { fs::remove_all(folder); }

  milliseconds up_to(milliseconds most) {
    return milliseconds{std::uniform_int_distribution<milliseconds::rep>{0, most.count()}(random)};
  }

  /// Hears what a process shows until it is killed: at any moment of its start, or of the storm.
  void run_and_kill(const Task& task, Witness& witness) {
    Process process{[&](int socket) { be_victim(replay, task, socket); }};
    const bool while_starting = up_to(milliseconds{3}).count() == 0;
    bool started = false;
    auto until = Clock::now() + (while_starting ? up_to(milliseconds{40}) : kLongestStart);
    while (auto message = process.next(until)) {
      witness.hear(*message);
      if (started || message->at("kind") != "started") continue;
      started = true;
      until = Clock::now() + up_to(milliseconds{120});
    }
    if (!process.has_ended()) {
      EXPECT_TRUE(while_starting || started) << "it does not start";
      process.kill();
      // What it had sent was shown.
      while (auto message = process.next(Clock::time_point::max())) witness.hear(*message);
    }
    const int status = process.wait();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
  }

  /// A process that nobody kills.
  void run_to_end(Task task, Witness& witness) {
    task.is_last = true;
    Process process{[&](int socket) { be_victim(replay, task, socket); }};
    while (auto message = process.next(Clock::now() + kLongestStart)) witness.hear(*message);
    EXPECT_TRUE(process.has_ended());
    EXPECT_EQ(process.wait(), 0);
  }

  /// What the journal would have if nobody had been killed.
  std::set<std::string> undisturbed(history::Time begin, const Witness& witness) const {
    std::set<std::string> keys;
    const Timeline timeline{begin};
    const history::Clocks clocks{timeline.at(0), timeline.wall(0)};
    const JournalEvents journal{clocks, begin, std::nullopt};
    for (std::size_t i = 0; i < kClusters; ++i) {
      std::string name;
      const auto add = [&](const history::StoredEvent& event) {
        const json told{{"cluster", name},
                        {"kind", event.kind},
                        {"topic", event.topic},
                        {"partition", event.partition ? json(*event.partition) : json(nullptr)},
                        {"broker", event.broker ? json(*event.broker) : json(nullptr)},
                        {"to", std::chrono::duration<double>(event.to.time_since_epoch()).count()},
                        {"details", json::parse(event.details)}};
        keys.insert(key_of(told, begin));
      };
      Cluster cluster{replay, timeline, i, [&](const auto&, const ClusterUpdate& step) {
                        for (const auto& event : step.replication) add(journal.of(event));
                        for (const auto& event : step.loss) add(journal.of(event));
                      }};
      name = cluster.name();
      while (cluster.last_step().value_or(-1) < witness.last_step(name)) cluster.step();
    }
    return keys;
  }

  fs::path folder;
  const Replay replay;
  std::mt19937 random{std::random_device{}()};
};

TEST_F(Storm, NothingThatWasShownIsMissingOrDoubledAndItAlwaysStarts) {
  const char* wanted = std::getenv("KIE_STORM_KILLS");
  int left = wanted == nullptr ? 20 : std::atoi(wanted);
  ASSERT_GT(left, 0);
  // Long ago, because steps are longer than they take; but not so long that events expire.
  const auto begin =
      std::chrono::floor<seconds>(std::chrono::system_clock::now()) - std::chrono::days{60};
  for (int number = 0; left > 0 && !HasFailure(); ++number) {
    const auto place = folder / std::to_string(number);
    fs::create_directory(place);
    Task task{.file = place / "history.db", .begin = begin};
    Witness witness{begin};
    const int kills = std::min(left, kKillsOfAFile);
    left -= kills;
    for (int i = 0; i < kills && !HasFailure(); ++i) {
      task.after = witness.newest();
      run_and_kill(task, witness);
    }
    // The first answers what is open, the second has it in its journal.
    for (int i = 0; i < 2; ++i) {
      task.after = witness.newest();
      run_to_end(task, witness);
    }
    const auto expected = undisturbed(begin, witness);
    EXPECT_EQ(missing_from(expected, witness.journal()), "");
    EXPECT_EQ(missing_from(witness.journal(), expected), "");
    for (const auto& entry : fs::directory_iterator{place})
      EXPECT_TRUE(entry.path().filename().string().starts_with("history.db-") ||
                  entry.path().filename() == "history.db" ||
                  entry.path().filename() == "history.db.lock")
          << entry.path();
    fmt::print("{} kills, {} starts, {} events shown, {} in the journal, steps {} and {}\n", kills,
               witness.starts(), witness.shown(), witness.journal().size(),
               witness.last_step("cluster-0"), witness.last_step("cluster-1"));
  }
}

}  // namespace
}  // namespace kie::storm
