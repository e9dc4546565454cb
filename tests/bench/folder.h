#pragma once

#include "exporter/history/history.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace kie::bench {

/// A history in a folder of its own.
class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "kie_history_bench_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~Folder() {
    history_.reset();
    std::filesystem::remove_all(folder_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// As at the start of the process. A commit is measured to its end.
  history::History& open(std::int64_t max_bytes = 1LL << 40) {
    history_.reset();
    history_ = std::move(*history::History::open({.path = folder_ / "history.db",
                                                  .max_bytes = max_bytes,
                                                  .commit_wait = std::chrono::minutes{1}}));
    return *history_;
  }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<history::History> history_;
};

}  // namespace kie::bench
