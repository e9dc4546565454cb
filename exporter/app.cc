#include "exporter/app.h"

#include "collectors/kafka/client.h"
#include "exporter/cluster_worker.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/http/routes.h"
#include "exporter/http/server.h"
#include "exporter/log.h"
#include "exporter/version.h"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kie {
namespace {

using exposition::FamilyId;

/// How long the threads may take to end. A question to Kafka may outlast it, and nothing hangs on
/// its answer any more.
constexpr std::chrono::seconds kPatienceAtEnd{4};

void name_thread(const std::string& name) {
  // Linux takes 15 characters.
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
}

/// The signals that end the process, blocked in every thread and taken by wait().
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // A scraper that goes away must not end the process.
    std::signal(SIGPIPE, SIG_IGN);
  }

  std::string wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
    return signal == SIGINT ? "SIGINT" : "SIGTERM";
  }

 private:
  sigset_t set_{};
};

/// Ends the process if `done()` is not said in time.
class Deadline {
 public:
  explicit Deadline(std::chrono::seconds limit)
      : thread_([this, limit](const std::stop_token& stop) {
          std::unique_lock lock{mutex_};
          ended_.wait_for(lock, stop, limit, [] { return false; });
          if (stop.stop_requested()) return;
          log_warn("a question to Kafka is still open; ending without its answer");
          _exit(EXIT_SUCCESS);
        }) {}

 private:
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

/// The large buffers are pages, made anew at every poll. Each shall go back to the system when it
/// is dropped, which glibc does only for blocks above a threshold that it would raise by itself;
/// and the many threads of the server shall not have a heap each.
void keep_heap_small() {
  // NOLINTBEGIN(concurrency-mt-unsafe): there is no other thread yet
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_ARENA_MAX, 2);
  // NOLINTEND(concurrency-mt-unsafe)
}

std::vector<ClusterStatus> unknown_status(const config::Config& config) {
  std::vector<ClusterStatus> clusters;
  for (const auto& cluster : config.clusters) {
    auto& status = clusters.emplace_back();
    status.name = cluster.name;
    status.servers = cluster.servers;
  }
  return clusters;
}

}  // namespace

int run(const config::Config& config) {
  set_log_level(config.log.level);
  keep_heap_small();
  const EndSignals signals;

  exposition::SelfMetrics self{version(), revision(), kafka::librdkafka_version()};
  auto& scrapes = self.counter(FamilyId::kScrapes);
  StatusBoard status{unknown_status(config)};
  exposition::PageMaker pages{config.clusters.size(), self};

  std::vector<std::unique_ptr<ClusterWorker>> workers;
  for (std::size_t i = 0; i < config.clusters.size(); ++i) {
    auto worker = ClusterWorker::create(i, config.clusters[i], pages, self, status);
    if (!worker) {
      log_error("librdkafka refuses the configuration",
                {{"cluster", config.clusters[i].name}, {"error", worker.error().text}});
      return 2;
    }
    workers.push_back(std::move(*worker));
  }

  const http::Routes routes{config.web.telemetry_path, "Version " + version(), pages, status,
                            scrapes};
  auto server = http::Server::start(
      {.listen_address = config.web.listen_address,
       .max_connections = static_cast<int>(config.web.max_connections),
       .request_timeout = config.web.request_timeout},
      [&](const http::Request& request) { return routes.answer(request); },
      [](std::string_view line) { log_debug(line, {{"from", "civetweb"}}); });
  if (!server) {
    log_error(server.error());
    return 1;
  }
  log_info("serving metrics", {{"address", config.web.listen_address},
                               {"port", std::to_string(server->port())},
                               {"path", config.web.telemetry_path},
                               {"version", version()},
                               {"revision", revision()},
                               {"librdkafka", kafka::librdkafka_version()}});

  std::vector<std::jthread> threads;
  threads.emplace_back([&](const std::stop_token& stop) {
    name_thread("kie:page");
    pages.run(stop);
  });
  for (auto& worker : workers)
    threads.emplace_back([&worker](const std::stop_token& stop) {
      name_thread("kie:poll");
      worker->run(stop);
    });

  log_info("ending", {{"signal", signals.wait()}});
  const Deadline deadline{kPatienceAtEnd};
  for (auto& thread : threads) thread.request_stop();
  server->stop();
  for (auto& thread : threads) thread.join();
  workers.clear();
  log_info("ended");
  return 0;
}

}  // namespace kie
