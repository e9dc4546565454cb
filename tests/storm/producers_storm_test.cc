#include "exporter/history/history.h"
#include "exporter/producers/journal.h"
#include "tests/storm/process.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace kie::storm {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kProducers = 20;

/// What an application has reported; it goes on from there whatever happens to the exporter.
struct Application {
  std::int64_t sequence = 0;
  std::uint64_t acknowledged = 0, failed = 0, retried = 0;
};
using Applications = std::array<Application, kProducers>;

producers::ProducerReport report_of(const Application& one, std::size_t number, bool is_fatal) {
  producers::ProducerReport report;
  report.instance = fmt::format("i-{:02}", number);
  report.sequence = one.sequence;
  report.time =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  report.client_id = number % 2 == 0 ? "orders" : "payments";
  report.acknowledged = one.acknowledged;
  report.retried = one.retried;
  report.failed = {{"_MSG_TIMED_OUT", producers::Persisted::kPossibly, one.failed}};
  if (is_fatal) report.fatal = producers::ReportedFatal{"UNKNOWN_PRODUCER_ID", "in a storm"};
  return report;
}

/// The exporter as far as it keeps what producers report: what it shows is written before. Killed.
class Taker {
 public:
  Taker(const std::string& file, int socket) : socket_(socket) {
    auto opened = history::History::open(
        {.path = file, .max_bytes = std::int64_t{1} << 40, .commit_wait = std::chrono::minutes{1}});
    if (!opened) give_up(opened.error());
    history_ = std::move(*opened);
    journal_.emplace(*history_, self_);
    if (!journal_->recall(state_, {})) give_up("the history cannot be read");
    show("started", {});
  }

  /// Until it is killed, or, with `rounds`, so often.
  void run(Applications applications, std::uint64_t seed, int rounds = -1) {
    std::mt19937_64 random{seed};
    for (int round = 0; round != rounds; ++round) {
      for (std::size_t i = 0; i < kProducers; ++i) {
        auto& one = applications[i];
        ++one.sequence;
        if (rounds >= 0) continue;
        one.acknowledged += random() % 1000;
        one.failed += random() % 3;
        one.retried += random() % 5;
      }
      // What an application has sent may have been taken in, or not.
      show("sent", applications);
      for (std::size_t i = 0; i < kProducers; ++i) {
        const bool is_fatal = i < 3 && applications[i].sequence > 40;
        auto news =
            producers::advance(state_, report_of(applications[i], i, is_fatal), {},
                               std::chrono::steady_clock::now(), std::chrono::system_clock::now());
        if (!news) give_up("a report was refused");
        journal_->note(*news);
        // As between two batches of documents.
        if (random() % 8 == 0) journal_->commit(state_);
      }
      journal_->store(state_);
      if (!history_->figures().writable.value()) give_up("the file is not written");
      show("shown", applications);
    }
  }

 private:
  [[noreturn]] static void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    _exit(1);
  }

  void show(const char* kind, const Applications& applications) {
    // What was not stored yet is not shown: it may be lost.
    if (std::string_view{kind} != "sent") {
      shown_ = {};
      for (const auto& [id, client] : state_.clients) {
        shown_.acknowledged += client.counters.acknowledged_records.value_or(0);
        shown_.retried += client.counters.retried_records.value_or(0);
        shown_.live += client.instances;
        if (client.failed)
          for (const auto& [error, records] : *client.failed) shown_.failed += records;
        for (const auto& [error, count] : client.fatal_errors) shown_.fatal += count;
      }
    }
    json message{{"kind", kind},
                 {"acknowledged", shown_.acknowledged},
                 {"failed", shown_.failed},
                 {"retried", shown_.retried},
                 {"fatal", shown_.fatal},
                 {"live", shown_.live}};
    message["applications"] = json::array();
    for (const auto& one : applications)
      message["applications"].push_back({one.sequence, one.acknowledged, one.failed, one.retried});
    const auto text = message.dump();
    // Whole or not at all, also if the process is killed.
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0) give_up("nobody listens");
  }

  int socket_;
  exposition::SelfMetrics self_{"0.0.0", "storm", "0.0.0"};
  producers::ProducersState state_;
  struct {
    std::uint64_t acknowledged = 0, failed = 0, retried = 0, fatal = 0;
    std::size_t live = 0;
  } shown_;
  std::unique_ptr<history::History> history_;
  std::optional<ProducerJournal> journal_;
};

class ProducersStorm : public testing::Test {
 protected:
  ProducersStorm() {
    std::string pattern = testing::TempDir() + "kie_storm_XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~ProducersStorm() override { fs::remove_all(folder); }

  milliseconds up_to(milliseconds most) {
    return milliseconds{std::uniform_int_distribution<milliseconds::rep>{0, most.count()}(random)};
  }

  /// Compares what is shown with what was shown before and with what was sent.
  void hear(const json& message) {
    if (message.at("kind") != "started") {
      for (std::size_t i = 0; i < kProducers; ++i) {
        const auto& one = message.at("applications").at(i);
        applications[i] = {one.at(0), one.at(1), one.at(2), one.at(3)};
      }
    }
    for (const auto* name : {"acknowledged", "failed", "retried", "fatal"}) {
      const auto now = message.at(name).get<std::uint64_t>();
      EXPECT_GE(now, shown[name]) << name << " went back after " << kills << " kills";
      shown[name] = now;
    }
    EXPECT_LE(shown["acknowledged"], total(&Application::acknowledged)) << "more than was sent";
    if (message.at("kind") == "shown") {
      EXPECT_EQ(shown["acknowledged"], total(&Application::acknowledged));
      ++rounds;
    }
  }

  std::uint64_t total(std::uint64_t Application::* of) const {
    return std::accumulate(
        applications.begin(), applications.end(), std::uint64_t{0},
        [&](std::uint64_t sum, const Application& one) { return sum + one.*of; });
  }

  void run_and_kill() {
    const auto seed = random();
    Process process{[&](int socket) {
      Taker taker{folder / "history.db", socket};
      taker.run(applications, seed);
    }};
    auto until = Clock::now() + kLongestStart;
    if (up_to(milliseconds{3}).count() == 0) until = Clock::now() + up_to(milliseconds{40});
    while (auto message = process.next(until)) {
      hear(*message);
      if (message->at("kind") == "started") until = Clock::now() + up_to(milliseconds{120});
    }
    process.kill();
    while (auto message = process.next(Clock::time_point::max())) hear(*message);
    const int status = process.wait();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
    ++kills;
  }

  fs::path folder;
  Applications applications;
  std::map<std::string, std::uint64_t> shown;
  int kills = 0;
  int rounds = 0;
  std::mt19937_64 random{std::random_device{}()};
};

TEST_F(ProducersStorm, NoTotalGoesBackOrJumpsAndNoEventIsSaidTwice) {
  const char* wanted = std::getenv("KIE_STORM_KILLS");
  const int most = wanted == nullptr ? 20 : std::atoi(wanted);
  ASSERT_GT(most, 0);
  while (kills < most && !HasFailure()) run_and_kill();
  std::size_t fatal = 0;
  {
    Process process{[&](int socket) {
      {
        Taker taker{folder / "history.db", socket};
        // Each has sent its totals, and sends them once more.
        taker.run(applications, 0, 1);
      }
      _exit(0);
    }};
    json last;
    while (auto message = process.next(Clock::now() + kLongestStart)) hear(last = *message);
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(last.at("acknowledged"), total(&Application::acknowledged));
    EXPECT_EQ(last.at("failed"), total(&Application::failed));
    EXPECT_EQ(last.at("retried"), total(&Application::retried));
    EXPECT_EQ(last.at("live"), kProducers);
    fatal = last.at("fatal");
    EXPECT_LE(fatal, 3);
  }
  const auto history = history::History::open({.path = folder / "history.db"});
  ASSERT_TRUE(history) << history.error();
  const auto page = (*history)->events(
      {.kinds = {"producer_started", "producer_fatal", "producer_vanished", "producer_ended"},
       .limit = 1000});
  ASSERT_TRUE(page) << page.error().text;
  std::map<std::string, std::size_t> events;
  for (const auto& event : page->events) ++events[event.kind];
  EXPECT_EQ(events["producer_fatal"], fatal) << "each is counted once, and said once";
  events.erase("producer_fatal");
  EXPECT_EQ(events, (std::map<std::string, std::size_t>{{"producer_started", kProducers}}));
  fmt::print("{} kills, {} reports shown, {} records acknowledged\n", kills,
             static_cast<std::size_t>(rounds) * kProducers, shown["acknowledged"]);
}

}  // namespace
}  // namespace kie::storm
