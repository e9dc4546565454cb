#pragma once

#include "exporter/history/history.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace kie::history {

/// Text that the action writes to the log.
template <class Do>
std::string logged(Do action) {
  testing::internal::CaptureStderr();
  action();
  return testing::internal::GetCapturedStderr();
}

constexpr std::chrono::milliseconds kShort{1};

/// A folder of its own, and a history in it.
class HistoryFixture : public testing::Test {
 protected:
  HistoryFixture() {
    std::string pattern = testing::TempDir() + "kie_history_XXXXXX";
    folder = mkdtemp(pattern.data());
    options.path = folder / "history.db";
    options.retry_interval = std::chrono::milliseconds{1};
    // The machine may be slow, and the disk is not meant to be.
    options.commit_wait = options.open_wait = options.read_wait = std::chrono::minutes{1};
    options.end_wait = std::chrono::minutes{1};
  }
  ~HistoryFixture() override {
    history.reset();
    std::filesystem::remove_all(folder);
  }

  /// As after a restart of the process.
  History& open() {
    history.reset();
    auto opened = History::open(options);
    if (!opened) throw std::runtime_error{opened.error()};
    history = std::move(*opened);
    return *history;
  }

  /// Until everything is in the file.
  void await_written() const {
    while (!history->figures().writable.value()) std::this_thread::sleep_for(kShort);
  }

  static Time at(std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; }
  /// Recent, so that it is not too old to be kept.
  static Time now() {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }

  static StoredEvent event(const std::string& kind, const std::string& topic = "orders",
                           std::optional<std::int32_t> partition = 0, Time to = now()) {
    return {.kind = kind,
            .topic = topic,
            .partition = partition,
            .from = to - std::chrono::seconds{10},
            .to = to,
            .details = "{}"};
  }

  /// Their kinds and topics, the newest first.
  std::vector<std::string> texts(const EventQuery& query = {}) const {
    std::vector<std::string> all;
    const auto page = history->events(query);
    if (!page) {
      ADD_FAILURE() << page.error().text;
      return all;
    }
    for (const auto& one : page->events) all.push_back(one.kind + " " + one.topic);
    return all;
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }

  /// The only file whose name begins so; empty if there is none.
  std::filesystem::path file_like(const std::string& beginning) const {
    for (const auto& name : files())
      if (name.starts_with(beginning)) return folder / name;
    return {};
  }

  void write_file(const std::string& content) const {
    std::ofstream{options.path, std::ios::binary} << content;
  }

  static std::string content(const std::filesystem::path& file) {
    std::ifstream stream{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
  }

  std::filesystem::path folder;
  Options options;
  std::unique_ptr<History> history;
};

}  // namespace kie::history
