#pragma once

#include "config/config.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/http/message.h"
#include "exporter/producers/document_queue.h"
#include "exporter/producers/store.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <string>
#include <vector>

namespace kie::ingest {

/// Accepts documents about applications' producers, POST /api/v1/producers/statistics and
/// /api/v1/producers/reports, and says whose were accepted, GET /api/v1/producers. Each document is
/// accepted as a whole or refused, independently of the others in its body. Thread: any, several at
/// a time.
class Ingest {
 public:
  /// Passes documents to the producers thread; nullopt: too many wait. Called from the threads of
  /// the requests.
  using HandOver =
      std::function<std::optional<std::future<DocumentOutcomes>>(std::vector<ProducerDocument>)>;

  /// `store`: of the producers thread. `patience`: how long a request waits for its turn and for
  /// the producers thread.
  Ingest(config::IngestConfig config, HandOver hand_over, ProducerStore& store,
         exposition::SelfMetrics& self,
         std::chrono::milliseconds patience = std::chrono::seconds{1});

  http::Response answer(const http::Request& request);

 private:
  /// The clients that are known, with their instances.
  http::Response list_clients();
  template <class Reader>
  http::Response take_all(const http::Request& request, const std::string& kind);
  /// The result of each document; nullopt: the producers thread is too busy.
  std::optional<DocumentOutcomes> take(std::vector<ProducerDocument> documents);
  http::Response busy();
  /// These return the body, or the response with the error.
  tl::expected<std::string, http::Response> read(const http::Request& request);
  tl::expected<std::string, http::Response> inflated(const http::Request& request,
                                                     std::string body);
  bool is_allowed(const http::Request& request) const;
  http::Response refuse(int status, const std::string& reason, const std::string& what);
  void count_refused(const std::string& reason, const std::string& what);

  const config::IngestConfig config_;
  HandOver hand_over_;
  ProducerStore& store_;
  exposition::SelfMetrics& self_;
  const std::chrono::milliseconds patience_;

  /// The most bodies that are decompressed and parsed at a time, as each may be large.
  std::counting_semaphore<> working_{2};

  std::mutex reported_mutex_;
  /// The reasons that were logged.
  std::set<std::string> reported_;
};

}  // namespace kie::ingest
