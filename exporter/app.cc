#include "exporter/app.h"

#include "collectors/kafka/client.h"
#include "exporter/cluster/supervisor.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/history/history.h"
#include "exporter/http/server.h"
#include "exporter/log/log.h"
#include "exporter/log/survive.h"
#include "exporter/producers/ingest.h"
#include "exporter/producers/journal.h"
#include "exporter/producers/worker.h"
#include "exporter/reload.h"
#include "exporter/version.h"
#include "exporter/web/routes.h"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace kie {
namespace {

using exposition::FamilyId;

/// How long the threads may take to end. A Kafka request may take longer, and its answer is not
/// needed any more.
constexpr std::chrono::seconds kPatienceAtEnd{4};

/// The signals that the process handles, blocked in every thread and received by next().
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set_, signal);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // A scraper that disconnects must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
  }

  int next() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal;
  }

 private:
  sigset_t set_{};
};

/// Reloads the configuration on request, in a thread of its own: a reload waits for the clusters
/// that are removed, and the next signal must not.
class ReloadOnSignal {
 public:
  explicit ReloadOnSignal(Reloader& reloader)
      : thread_([this, &reloader](const std::stop_token& stop) {
          std::unique_lock lock{mutex_};
          while (wake_.wait(lock, stop, [this] { return asked_; })) {
            asked_ = false;
            lock.unlock();
            static_cast<void>(reloader.reload("SIGHUP"));
            lock.lock();
          }
        }) {}

  void ask() {
    {
      const std::scoped_lock lock{mutex_};
      asked_ = true;
    }
    wake_.notify_all();
  }

  /// Returns when a reload in progress has ended.
  void stop() {
    thread_.request_stop();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool asked_ = false;
  std::jthread thread_;
};

/// Ends the process if `done()` is not called in time.
class Deadline {
 public:
  explicit Deadline(std::chrono::seconds limit)
      : thread_([this, limit](const std::stop_token& stop) {
          std::unique_lock lock{mutex_};
          ended_.wait_for(lock, stop, limit, [] { return false; });
          if (stop.stop_requested()) return;
          log_warn("a Kafka request is still open, exiting without its answer");
          _exit(EXIT_SUCCESS);
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

/// Each holds one body at most.
constexpr int kIngestConnections = 32;

/// The large buffers are pages, created again at every poll. Each should be returned to the system
/// when it is dropped, which glibc does only for blocks above a threshold that it would raise
/// itself; and the many threads of the server should not have a heap each.
void keep_heap_small() {
  // NOLINTBEGIN(concurrency-mt-unsafe): there is no other thread yet
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_ARENA_MAX, 2);
  // NOLINTEND(concurrency-mt-unsafe)
}

}  // namespace

void hold_reloads() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int run(const config::Flags& flags, const config::LoadContext& surroundings,
        const config::Config& config) {
  set_log(config.log);
  keep_heap_small();
  const Signals signals;

  exposition::SelfMetrics self{version(), revision(), kafka::librdkafka_version()};
  auto& scrapes = self.counter(FamilyId::kScrapes);
  StatusBoard status;
  ClusterIds ids;
  exposition::PageMaker pages{self};
  // Series of closed lists exist from the first page on.
  for (const auto* thread : {"poll", "loss", "page", "producers", "reload", "history"})
    self.counter(FamilyId::kInternalErrors, {{"thread", thread}});
  const auto failed = [&self](const char* thread) {
    return [&self, thread](const std::string& /*error*/) {
      self.counter(FamilyId::kInternalErrors, {{"thread", thread}}).Increment();
    };
  };
  auto& dropped = self.counter(FamilyId::kJournalDropped);
  // Until the history has ended, too.
  std::optional<Deadline> deadline;
  auto history = history::History::open(
      {.path = config.history.file,
       .max_age = config.history.max_age,
       .max_bytes = config.history.max_size,
       .dropped =
           [&dropped](std::size_t events) { dropped.Increment(static_cast<double>(events)); },
       .failed = failed("history")});
  if (!history) {
    log_error(history.error());
    return 1;
  }
  AckedOffsets acknowledged;
  const bool takes_reports = !config.ingest.listen_address.empty();
  ProducerStore producers;
  ClusterSupervisor clusters{
      {pages, self, status, ids, **history, producers, takes_reports ? &acknowledged : nullptr}};
  if (const auto started = clusters.start(config.clusters); !started) {
    for (const auto& problem : started.error()) log_error(problem.text());
    return 2;
  }
  // The first page has the state of the history.
  pages.render(exposition::PageMaker::Clock::now());

  ProducerJournal producer_journal{**history, self};
  std::optional<ProducersWorker> producers_worker;
  const auto take_risk = [&](const config::RiskConfig& risk) {
    if (producers_worker) producers_worker->take(risk);
  };
  Reloader reloader{flags, surroundings, config, clusters, take_risk, self};
  std::optional<ingest::Ingest> ingest;
  tl::expected<http::Server, std::string> ingest_server = tl::make_unexpected("");
  if (takes_reports) {
    producers_worker.emplace(config.ingest, config.risk, producers, producer_journal, acknowledged,
                             pages, self);
    ingest.emplace(
        config.ingest,
        [&](std::vector<ProducerDocument> documents) {
          return producers_worker->take(std::move(documents));
        },
        self);
    ingest_server = http::Server::start(
        {.listen_addresses = {config.ingest.listen_address},
         .max_connections = kIngestConnections,
         .keep_alive = false},
        [&](const http::Request& request) { return ingest->answer(request); },
        [](std::string_view line) { log_debug(line, {{"from", "civetweb"}}); });
    if (!ingest_server) {
      log_error(ingest_server.error());
      return 1;
    }
    const auto ports = ingest_server->ports();
    log_info("ingest listening",
             {{"address", config.ingest.listen_address},
              {"port", ports.empty() ? std::string{} : std::to_string(ports.front())},
              {"path", "/api/v1/producers/"}});
  }

  const http::Routes routes{
      config.web.telemetry_path,
      "Version " + version(),
      pages,
      status,
      producers,
      **history,
      scrapes,
      config.web.enable_lifecycle ? [&] { return reloader.reload("/-/reload"); } : http::Reload{}};
  auto server = http::Server::start(
      {.listen_addresses = config.web.listen_addresses,
       .max_connections = static_cast<int>(config.web.max_connections),
       .request_timeout = config.web.request_timeout},
      [&](const http::Request& request) { return routes.answer(request); },
      [](std::string_view line) { log_debug(line, {{"from", "civetweb"}}); });
  if (!server) {
    log_error(server.error());
    return 1;
  }
  const auto ports = server->ports();
  for (std::size_t i = 0; i < ports.size(); ++i)
    log_info("serving metrics", {{"address", config.web.listen_addresses.at(i)},
                                 {"port", std::to_string(ports[i])},
                                 {"path", config.web.telemetry_path},
                                 {"version", version()},
                                 {"revision", revision()},
                                 {"librdkafka", kafka::librdkafka_version()}});

  std::jthread page_thread([&](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "kie:page");
    run_until_stopped("page", stop, [&] { pages.run(stop); }, failed("page"));
  });

  std::jthread producers_thread([&](const std::stop_token& stop) {
    if (!producers_worker) return;
    pthread_setname_np(pthread_self(), "kie:producers");
    run_until_stopped("producers", stop, [&] { producers_worker->run(stop); }, failed("producers"));
  });

  ReloadOnSignal on_signal{reloader};
  int signal = signals.next();
  for (; signal == SIGHUP; signal = signals.next()) on_signal.ask();
  log_info("shutting down", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  deadline.emplace(kPatienceAtEnd);
  page_thread.request_stop();
  // Its requests wait for the producers thread.
  if (ingest_server) ingest_server->stop();
  producers_thread.request_stop();
  server->stop();
  on_signal.stop();
  clusters.stop();
  page_thread.join();
  log_info("stopped");
  return 0;
}

}  // namespace kie
