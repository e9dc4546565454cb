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
#include "exporter/signals.h"
#include "exporter/version.h"
#include "exporter/web/routes.h"

#include <malloc.h>
#include <pthread.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace kie {
namespace {

using exposition::FamilyId;

/// How long the start and the threads may take to end. A question to Kafka may outlast it, and
/// nothing depends on its answer any more.
constexpr std::chrono::seconds kPatienceAtEnd{4};
/// What the history may take beyond its own limit before it counts as hanging.
constexpr std::chrono::seconds kPatienceWithHistory{1};
constexpr const char* kHistoryFile = "the file of the history";

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

std::function<void(const std::string&)> count_errors(exposition::SelfMetrics& self,
                                                     const char* thread) {
  return [&self, thread](const std::string& /*error*/) {
    self.counter(FamilyId::kInternalErrors, {{"thread", thread}}).Increment();
  };
}

/// What an exception leaves is a 500; it is logged and counted.
template <class Answer>
http::Handler surviving(const char* thread, exposition::SelfMetrics& self, Answer answer) {
  return [thread, failed = count_errors(self, thread), answer](const http::Request& request) {
    auto response = http::make_response(500, "internal error\n");
    survives(thread, [&] { response = answer(request); }, failed);
    return response;
  };
}

void log_civetweb(std::string_view line) { log_debug(line, {{"from", "civetweb"}}); }

/// What runs beside the history. The members stand in the order in which they are made: each uses
/// those above it alone, and is destroyed before them.
class App {
 public:
  /// What the references lead to must outlive this.
  App(const config::Flags& flags, const config::LoadContext& load_context,
      const config::Config& config, Signals& signals, Deadline& deadline,
      exposition::SelfMetrics& self, history::History& history)
      : config_(config),
        signals_(signals),
        deadline_(deadline),
        self_(self),
        history_(history),
        pages_(self),
        clusters_({pages_, self, status_, ids_, history, producers_,
                   takes_reports() ? &acknowledged_ : nullptr}),
        producer_journal_(history, self),
        reloader_(
            flags, load_context, config, clusters_,
            [this](const config::RiskConfig& risk) {
              if (producers_worker_) producers_worker_->take(risk);
            },
            self),
        routes_(config.web.telemetry_path, "Version " + version(), pages_, status_, producers_,
                history, self.counter(FamilyId::kScrapes),
                config.web.enable_lifecycle ? [this] { return reloader_.reload("/-/reload"); }
                                            : http::Reload{},
                // A scrape always finds a thread.
                std::min(8, static_cast<int>(config.web.max_connections / 2))) {}

  /// Until SIGTERM or SIGINT. Returns the exit code.
  int run();

 private:
  bool takes_reports() const { return !config_.ingest.listen_address.empty(); }
  /// The exit code; 0: go on.
  int start_clusters();
  int start_ingest();
  int serve();
  void start_threads();
  void shut_down();

  const config::Config& config_;
  Signals& signals_;
  Deadline& deadline_;
  exposition::SelfMetrics& self_;
  history::History& history_;

  StatusBoard status_;
  ClusterIds ids_;
  exposition::PageMaker pages_;
  AckedOffsets acknowledged_;
  ProducerStore producers_;
  ClusterSupervisor clusters_;
  ProducerJournal producer_journal_;
  /// This and the next two: where reports are taken.
  std::optional<ProducersWorker> producers_worker_;
  std::optional<ingest::Ingest> ingest_;
  std::optional<http::Server> ingest_server_;
  Reloader reloader_;
  http::Routes routes_;
  std::optional<http::Server> server_;
  std::jthread page_thread_, producers_thread_, reload_thread_;
};

int App::start_clusters() {
  if (const auto started = clusters_.start(config_.clusters); !started) {
    for (const auto& problem : started.error()) log_error(problem.text());
    return 2;
  }
  return 0;
}

int App::start_ingest() {
  if (!takes_reports()) return 0;
  producers_worker_.emplace(config_.ingest, kIngestConnections, config_.risk, producers_,
                            producer_journal_, acknowledged_, pages_, self_);
  ingest_.emplace(
      config_.ingest,
      [this](std::vector<ProducerDocument> documents) {
        return producers_worker_->take(std::move(documents));
      },
      producers_, self_);
  auto server = http::Server::start(
      {.listen_addresses = {config_.ingest.listen_address},
       .max_connections = kIngestConnections,
       .keep_alive = false},
      surviving("ingest", self_,
                [this](const http::Request& request) { return ingest_->answer(request); }),
      log_civetweb);
  if (!server) {
    log_error(server.error());
    return 1;
  }
  ingest_server_ = std::move(*server);
  const auto ports = ingest_server_->ports();
  log_info("ingest listening",
           {{"address", config_.ingest.listen_address},
            {"port", ports.empty() ? std::string{} : std::to_string(ports.front())},
            {"path", "/api/v1/producers/"}});
  return 0;
}

int App::serve() {
  // The first page has the state from the history, of clusters and producers.
  pages_.render(exposition::PageMaker::Clock::now());
  const auto& web = config_.web;
  auto server = http::Server::start(
      {.listen_addresses = web.listen_addresses,
       .max_connections = static_cast<int>(web.max_connections),
       .request_timeout = web.request_timeout},
      surviving("http", self_,
                [this](const http::Request& request) { return routes_.answer(request); }),
      log_civetweb);
  if (!server) {
    log_error(server.error());
    return 1;
  }
  server_ = std::move(*server);
  const auto ports = server_->ports();
  for (std::size_t i = 0; i < ports.size(); ++i)
    log_info("serving metrics", {{"address", web.listen_addresses.at(i)},
                                 {"port", std::to_string(ports[i])},
                                 {"path", web.telemetry_path},
                                 {"version", version()},
                                 {"revision", revision()},
                                 {"librdkafka", kafka::librdkafka_version()}});
  return 0;
}

void App::start_threads() {
  page_thread_ = std::jthread{[this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "kie:page");
    run_until_stopped("page", stop, [&] { pages_.run(stop); }, count_errors(self_, "page"));
  }};
  if (producers_worker_)
    producers_thread_ = std::jthread{[this](const std::stop_token& stop) {
      pthread_setname_np(pthread_self(), "kie:producers");
      run_until_stopped(
          "producers", stop, [&] { producers_worker_->run(stop); },
          count_errors(self_, "producers"));
    }};
  // A reload waits for the clusters that go, and the next signal shall not.
  reload_thread_ = std::jthread{[this](const std::stop_token& stop) {
    while (signals_.await_reload(stop)) static_cast<void>(reloader_.reload("SIGHUP"));
  }};
}

int App::run() {
  for (const auto step : {&App::start_clusters, &App::start_ingest, &App::serve})
    if (const int code = (this->*step)(); code != 0) return code;
  start_threads();
  signals_.await_end();
  shut_down();
  return 0;
}

void App::shut_down() {
  deadline_.awaits("HTTP requests");
  // A request may wait for a disk that hangs.
  history_.stop_reading();
  // A request may wait for a poll.
  for (const auto& cluster : status_.get())
    if (cluster.wake_up) cluster.wake_up->end();
  page_thread_.request_stop();
  // Its requests wait for the producers thread.
  if (ingest_server_) ingest_server_->stop();
  producers_thread_.request_stop();
  if (server_) server_->stop();
  deadline_.awaits("a reload");
  reload_thread_ = {};
  deadline_.awaits("a Kafka request");
  clusters_.stop();
  deadline_.awaits("the threads of producers and the page");
  producers_thread_ = {};
  page_thread_ = {};
}

}  // namespace

int run(const config::Flags& flags, const config::LoadContext& load_context,
        const config::Config& config) {
  set_log(config.log);
  keep_heap_small();
  // Until the history, too, has ended.
  Deadline deadline;
  Signals signals{[&] { deadline.begin(kPatienceAtEnd); }};

  exposition::SelfMetrics self{version(), revision(), kafka::librdkafka_version()};
  // Closed lists are there from the first page.
  for (const auto* thread :
       {"poll", "loss", "page", "producers", "reload", "history", "http", "ingest"})
    self.counter(FamilyId::kInternalErrors, {{"thread", thread}});
  auto& dropped = self.counter(FamilyId::kJournalDropped);
  const history::Options options{
      .path = config.history.file,
      .max_age = config.history.max_age,
      .max_bytes = config.history.max_size,
      .dropped = [&](std::size_t events) { dropped.Increment(static_cast<double>(events)); },
      .failed = count_errors(self, "history")};
  deadline.awaits(kHistoryFile);
  auto history = history::History::open(options);
  if (!history) {
    log_error(history.error());
    return 1;
  }
  deadline.awaits("the start");
  const int code = App{flags, load_context, config, signals, deadline, self, **history}.run();
  deadline.awaits(kHistoryFile, options.end_wait + kPatienceWithHistory);
  history->reset();
  if (code == 0) log_info("stopped");
  return code;
}

}  // namespace kie
