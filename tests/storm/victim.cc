#include "tests/storm/victim.h"

#include "exporter/exposition/self_metrics.h"
#include "exporter/history/history.h"
#include "exporter/web/api/api.h"
#include "tests/storm/cluster.h"

#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <list>
#include <memory>
#include <thread>
#include <utility>

namespace kie::storm {
namespace {

using nlohmann::json;

/// Events in one message, which a socket must be able to hold.
constexpr std::size_t kMostEvents = 200;

constexpr const char* kServers = "kafka-1:9092,kafka-2:9092";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  _exit(1);
}

class Victim {
 public:
  Victim(const Replay& replay, const Task& task, int socket)
      : task_(task), socket_(socket), timeline_(task.begin) {
    // What is shown must be in the file, however slow the disk is.
    auto opened = history::History::open({.path = task.file,
                                          .max_bytes = std::int64_t{1} << 40,
                                          .commit_wait = std::chrono::minutes{1}});
    if (!opened) give_up(opened.error());
    history_ = std::move(*opened);
    api_.emplace(status_, producers_, *history_);
    for (std::size_t i = 0; i < kClusters; ++i) watched_.emplace_back(*this, replay, i);
  }

  void tell() {
    for (auto& one : watched_) one.begin();
    tell_journal();
    send(R"({"kind":"started"})");
  }

  void finish() {
    for (auto& one : watched_) one.finish();
  }

  [[noreturn]] void storm() {
    std::list<std::jthread> threads;
    for (auto& one : watched_)
      threads.emplace_back([&] {
        while (true) one.step();
      });
    threads.clear();
    give_up("a storm has no end");
  }

 private:
  class Watched {
   public:
    Watched(Victim& victim, const Replay& replay, std::size_t number)
        : victim_(victim),
          history_(*victim.history_, victim.self_),
          cluster_(replay, victim.timeline_, number,
                   [this](const ClusterState& known, const ClusterUpdate& step) {
                     commit(known, step);
                   }) {
      ClusterStatus status;
      status.name = cluster_.name();
      status.cluster_id = cluster_.id();
      victim.status_.set(number, status);
    }

    void begin() {
      history_.recall(cluster_.name(), kServers, cluster_.known());
      show("first", R"({"events":[]})");
      history_.begin(cluster_.id(), cluster_.name(), kServers, cluster_.known());
    }

    void step() { cluster_.step(); }
    void finish() { cluster_.finish(); }

   private:
    void commit(const ClusterState& known, const ClusterUpdate& step) {
      history_.commit(known, step);
      if (!victim_.history_->figures().writable.value()) give_up("the file is not written");
      // A few more than are new, as somebody who asks again sees them.
      const auto count = std::min(step.replication.size() + step.loss.size() + 3, kMostEvents);
      show("shown", victim_.ask("cluster=" + cluster_.name() + "&limit=" + std::to_string(count)));
    }

    void show(const char* kind, const std::string& answer) {
      const auto last = cluster_.last_step();
      const json head{{"kind", kind},
                      {"cluster", cluster_.name()},
                      {"step", last ? json(*last) : json(nullptr)},
                      {"counters", cluster_.counters()}};
      auto text = head.dump();
      text.back() = ',';
      victim_.send(text + R"("answer":)" + answer + "}");
    }

    Victim& victim_;
    ClusterJournal history_;
    Cluster cluster_;
  };

  std::string ask(const std::string& query) const {
    const std::string path = "/api/v1/events";
    const auto answer =
        api_->answer({.method = "GET", .path = path, .raw_path = path, .query = query});
    if (answer.status != 200) give_up(std::string(answer.body));
    return std::string(answer.body);
  }

  void tell_journal() {
    auto query = "limit=" + std::to_string(kMostEvents);
    while (true) {
      const auto text = ask(query);
      send(R"({"kind":"journal","answer":)" + text + "}");
      const auto next = json::parse(text).at("next");
      if (next.is_null() || next.get<std::int64_t>() <= task_.after) return;
      query = "limit=" + std::to_string(kMostEvents) + "&before=" + next.dump();
    }
  }

  void send(const std::string& text) const {
    // Whole or not at all, also if the process is killed.
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0) give_up("nobody listens");
  }

  const Task& task_;
  int socket_;
  Timeline timeline_;
  exposition::SelfMetrics self_{"0.0.0", "storm", "0.0.0"};
  StatusBoard status_;
  ProducerStore producers_;
  std::unique_ptr<history::History> history_;
  std::optional<api::Api> api_;
  std::list<Watched> watched_;
};

}  // namespace

void be_victim(const Replay& replay, const Task& task, int socket) {
  try {
    Victim victim{replay, task, socket};
    victim.tell();
    if (!task.is_last) victim.storm();
    victim.finish();
  } catch (const std::exception& error) {
    give_up(error.what());
  }
  _exit(0);
}

}  // namespace kie::storm
