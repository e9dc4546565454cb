#pragma once

#include "collectors/producers/monitor/options.h"

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

namespace kie::monitor {

struct PostResult {
  /// The exporter has read the documents. It may have refused one: `problem`.
  bool is_read = false;
  /// The exporter takes no body of that length.
  bool is_too_large = false;
  /// "": none. Never the token.
  std::string problem;
};

/// `answer` is everything that the exporter sent, or its beginning.
PostResult read_answer(std::string_view answer);

/// Sends documents to the exporter in one POST /api/v1/producers/reports, and reads the answer. It
/// returns by `deadline`, except that the resolver of `address` may take longer. `socket` has the
/// descriptor while it is open, else -1: a child process closes it.
PostResult post_reports(const ExporterAddress& address, std::string_view token,
                        std::string_view documents, std::chrono::steady_clock::time_point deadline,
                        std::atomic<int>& socket);

}  // namespace kie::monitor
