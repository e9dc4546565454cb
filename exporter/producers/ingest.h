#pragma once

#include "config/config.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/http/message.h"
#include "exporter/producers/document_queue.h"

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

/// Takes what applications send of their producers, POST /api/v1/producers/statistics and
/// /api/v1/producers/reports. Each document is taken whole or not at all, and the others of its
/// body all the same. Thread: any, several at a time.
class Ingest {
 public:
  /// Hands documents to the producers thread; nullopt: too many wait for it. Called from the
  /// threads of the requests.
  using HandOver =
      std::function<std::optional<std::future<Refusals>>(std::vector<ProducerDocument>)>;

  /// `patience`: how long a request waits for its turn and for the producers thread.
  Ingest(config::IngestConfig config, HandOver hand_over, exposition::SelfMetrics& self,
         std::chrono::milliseconds patience = std::chrono::seconds{1});

  http::Response answer(const http::Request& request);

 private:
  template <class Reader>
  http::Response take_all(const http::Request& request, const std::string& kind);
  /// What became of each document; nullopt: the producers thread is too busy.
  std::optional<Refusals> take(std::vector<ProducerDocument> documents);
  http::Response busy();
  /// These return what was sent, or what to answer.
  tl::expected<std::string, http::Response> read(const http::Request& request);
  tl::expected<std::string, http::Response> inflated(const http::Request& request,
                                                     std::string body);
  bool is_allowed(const http::Request& request) const;
  http::Response refuse(int status, const std::string& reason, const std::string& what);
  void count_refused(const std::string& reason, const std::string& what);

  const config::IngestConfig config_;
  HandOver hand_over_;
  exposition::SelfMetrics& self_;
  const std::chrono::milliseconds patience_;

  /// Bodies that are inflated and read at a time, for each may be large.
  std::counting_semaphore<> working_{2};

  std::mutex reported_mutex_;
  /// The reasons that the log has.
  std::set<std::string> reported_;
};

}  // namespace kie::ingest
