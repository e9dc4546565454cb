#pragma once

#include "collectors/producers/advance.h"
#include "config/config.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/http/message.h"
#include "exporter/producers/acked_offsets.h"
#include "exporter/producers/journal.h"
#include "exporter/producers/store.h"

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <semaphore>
#include <set>
#include <string>

namespace kie::ingest {

/// Takes what applications send of their producers, POST /api/v1/producers/statistics and
/// /api/v1/producers/reports. Each document is taken whole or not at all, and the others of its
/// body all the same. Thread: any, several at a time.
class Ingest {
 public:
  /// `changed` is called when there is something new, from the thread of the request.
  Ingest(const config::Ingest& config, ProducerStore& board, ProducerJournal& journal,
         AckedOffsets& acknowledged, exposition::SelfMetrics& self, std::function<void()> changed);

  http::Response answer(const http::Request& request);

 private:
  template <class Reader>
  http::Response take_all(const http::Request& request, const std::string& kind);
  template <class Document>
  std::optional<producers::Refusal> take(Document document);
  /// These return what was sent, or what to answer.
  tl::expected<std::string, http::Response> read(const http::Request& request);
  tl::expected<std::string, http::Response> inflated(const http::Request& request,
                                                     std::string body);
  bool is_allowed(const http::Request& request) const;
  http::Response refuse(int status, const std::string& reason, const std::string& what);
  void count_refused(const std::string& reason, const std::string& what);

  const config::Ingest config_;
  const producers::Limits limits_;
  ProducerStore& board_;
  /// Held with the board.
  ProducerJournal& journal_;
  AckedOffsets& acknowledged_;
  exposition::SelfMetrics& self_;
  std::function<void()> changed_;

  /// Bodies that are inflated and read at a time, for each may be large.
  std::counting_semaphore<> working_{2};

  std::mutex said_mutex_;
  /// The reasons that the log has.
  std::set<std::string> said_;
};

}  // namespace kie::ingest
