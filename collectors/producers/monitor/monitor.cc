#include "collectors/producers/monitor/monitor.h"

#include "collectors/producers/monitor/post.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <new>
#include <thread>
#include <utility>

namespace kie::monitor {
namespace {

using namespace std::chrono_literals;

constexpr auto kInterval = 1s;
/// Without news: the exporter calls a producer vanished that has not reported for a minute.
constexpr auto kHeartbeat = 10s;
/// The longest pause between attempts while the exporter cannot be reached.
constexpr auto kLongestPause = 5s;
constexpr auto kPostTimeout = 3s;
constexpr auto kFinishTimeout = 1s;
/// Failed records and fatal errors wake the thread; it reads them this often at most.
constexpr auto kShortest = 10ms;
constexpr std::size_t kMostProducers = 1000;
/// Of lines that are not written yet.
constexpr std::size_t kMostLogLines = 100;
/// The exporter takes bodies of 8 MiB by default, and of 64 KiB at least.
constexpr std::size_t kMostBody = std::size_t{1} << 20U;
constexpr std::size_t kLeastBody = std::size_t{16} << 10U;
/// Reports of more partitions than this are sent less often than every second.
constexpr std::size_t kPartitionsPerInterval = 1000;

std::string read_token(const std::string& path) {
  std::string token;
  if (path.empty()) return token;
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return token;
  std::array<char, 4096> bytes{};
  const auto length = read(file, bytes.data(), bytes.size());
  close(file);
  if (length > 0) token.assign(bytes.data(), static_cast<std::size_t>(length));
  const auto end = token.find_first_of("\r\n");
  if (end != std::string::npos) token.resize(end);
  return token;
}

std::string log_line(const std::string& text) {
  const auto now = time(nullptr);
  tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> at{};
  strftime(at.data(), at.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(at.data()) + " kafka-isr-monitor[" + std::to_string(getpid()) + "] " + text +
         "\n";
}

}  // namespace

// Never destroyed: its thread and those of librdkafka may use it until the process is gone.
Monitor& Monitor::instance() {
  static auto* const monitor = new Monitor;
  return *monitor;
}

Monitor::Monitor() : options_(options_from_environment()), most_body_(kMostBody) {
  sem_init(&woken_, 0, 0);
  pthread_atfork([] { instance().before_fork(); }, [] { instance().after_fork_in_parent(); },
                 [] { instance().after_fork_in_child(); });
}

void Monitor::log(const std::string& line) noexcept {
  if (options_.log_file.empty()) return;
  try {
    const std::scoped_lock lock{mutex_};
    if (log_lines_.size() == kMostLogLines || !start_thread()) return;
    log_lines_.push_back(log_line(line));
  } catch (const std::exception&) {  // no memory
    return;
  }
  wake();
}

bool Monitor::add(std::shared_ptr<Producer> producer) {
  if (!is_attached_.exchange(true))
    log("attached to \"" + producer->client_id() + "\" (" + producer->client() +
        "); reports go to " + options_.address.text);
  const std::scoped_lock lock{mutex_};
  if (producers_.size() == kMostProducers) {
    // Of those whose end could not be reported yet, the oldest.
    const auto ended =
        std::ranges::find_if(producers_, &Producer::is_ended, &Producers::value_type::operator*);
    if (ended == producers_.end()) return false;
    producers_.erase(ended);
  }
  if (!start_thread()) return false;
  producers_.push_back(std::move(producer));
  return true;
}

void Monitor::wake() noexcept {
  if (!is_woken_.exchange(true)) sem_post(&woken_);
}

/// With the mutex held.
bool Monitor::start_thread() {
  if (has_thread_) return true;
  // Signals are the application's.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    std::thread([this] { run(); }).detach();
    has_thread_ = true;
  } catch (const std::exception&) {
    has_thread_ = false;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return has_thread_;
}

Monitor::Producers Monitor::producers() const {
  const std::scoped_lock lock{mutex_};
  return producers_;
}

void Monitor::wait(Clock::time_point until) {
  const auto since = until.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const timespec at{.tv_sec = seconds.count(),
                    .tv_nsec = std::chrono::nanoseconds{since - seconds}.count()};
  while (sem_clockwait(&woken_, CLOCK_MONOTONIC, &at) != 0 && errno == EINTR) {
  }
  is_woken_.exchange(false);
}

void Monitor::run() noexcept {
  pthread_setname_np(pthread_self(), "kafka-isr-monit");
  next_report_ = Clock::now() + kInterval;
  while (true) {
    wait(next_report_);
    // Set later, it takes another round.
    const bool is_last = is_finishing_.load();
    try {
      round(is_last);
      write_log();
    } catch (const std::exception&) {  // no memory: the next round may have some
      next_report_ = Clock::now() + kLongestPause;
    }
    if (is_last) {
      const std::scoped_lock lock{mutex_};
      is_finished_ = true;
      finished_.notify_all();
      return;
    }
    std::this_thread::sleep_for(kShortest);
  }
}

void Monitor::round(bool is_last) {
  const auto all = producers();
  const auto now = Clock::now();
  const bool is_due = now >= next_report_;
  const bool is_heartbeat = now >= next_heartbeat_;
  Producers due;
  std::size_t partitions = 0;
  for (const auto& producer : all) {
    producer->ask_client();
    if (is_last) producer->on_end();
    partitions += producer->partitions();
    const bool has_news =
        is_due ? is_heartbeat || producer->has_unreported_change() : producer->has_unreported_end();
    if (has_news && !producer->is_void()) due.push_back(producer);
  }
  // While the exporter cannot be reached, attempts have their own rhythm.
  if (!is_due && !is_last && pause_ > 0ms) return;

  if (send(due, now + (is_last ? kFinishTimeout : kPostTimeout))) {
    pause_ = 0ms;
    forget_ended();
    if (is_due && is_heartbeat) next_heartbeat_ = now + kHeartbeat;
    if (is_due)
      next_report_ = now + std::min<std::chrono::milliseconds>(
                               kInterval * (1 + partitions / kPartitionsPerInterval), kHeartbeat);
  } else {
    pause_ = std::clamp<std::chrono::milliseconds>(2 * pause_, kInterval, kLongestPause);
    next_report_ = Clock::now() + pause_;
  }
}

bool Monitor::send(SomeProducers producers, Clock::time_point deadline) {
  std::string documents;
  std::string document;
  // Of those whose reports are in `documents`.
  std::size_t first = 0;
  for (std::size_t i = 0; i < producers.size(); ++i) {
    document.clear();
    write_report(producers[i]->report(std::chrono::system_clock::now()), document);
    if (i > first && documents.size() + document.size() > most_body_) {
      if (!post(producers.subspan(first, i - first), documents, deadline)) return false;
      documents.clear();
      first = i;
    }
    documents += document;
  }
  return documents.empty() || post(producers.subspan(first), documents, deadline);
}

bool Monitor::post(SomeProducers producers, const std::string& documents,
                   Clock::time_point deadline) {
  const auto result =
      post_reports(options_.address, read_token(options_.token_file), documents, deadline, socket_);
  if (result.is_too_large && producers.size() > 1 && most_body_ > kLeastBody) {
    most_body_ = std::max(std::min(most_body_, documents.size()) / 2, kLeastBody);
    return send(producers, deadline);
  }
  if (!result.is_too_large) {
    log_problem(result.problem);
    if (!result.is_read) return false;
  } else if (!std::exchange(has_logged_too_large_, true)) {
    // Once: it will be too large every time, and the others are accepted.
    log("reports to " + options_.address.text + ": " + result.problem);
  }
  for (const auto& one : producers) one->reported();
  return true;
}

/// Each problem once, and that it is over.
void Monitor::log_problem(const std::string& problem) {
  if (problem == last_problem_) return;
  const auto& to = options_.address.text;
  log(problem.empty() ? "reports are accepted by " + to : "reports to " + to + ": " + problem);
  last_problem_ = problem;
}

/// Those that have ended, and whose end is reported or not worth a report.
void Monitor::forget_ended() {
  const std::scoped_lock lock{mutex_};
  std::erase_if(producers_, [](const auto& one) {
    return one->is_ended() && (one->is_void() || !one->has_unreported_end());
  });
}

void Monitor::write_log() {
  std::vector<std::string> lines;
  {
    const std::scoped_lock lock{mutex_};
    lines.swap(log_lines_);
  }
  if (lines.empty()) return;
  const int file =
      open(options_.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
  if (file < 0) return;
  for (const auto& line : lines) {
    [[maybe_unused]] const auto written = write(file, line.data(), line.size());
  }
  close(file);
}

void Monitor::finish() noexcept {
  std::unique_lock lock{mutex_};
  if (!has_thread_) return;
  is_finishing_.store(true);
  wake();
  finished_.wait_for(lock, kFinishTimeout, [&] { return is_finished_; });
}

/// The child has the memory of its parent's producers and none of their threads: they are left
/// where they are, and nothing is freed that a thread of the parent was using.
void Monitor::after_fork_in_child() noexcept {
  generation_.fetch_add(1);
  new (&mutex_) std::mutex;
  new (&finished_) std::condition_variable;
  new (&producers_) Producers;
  new (&log_lines_) std::vector<std::string>;
  new (&last_problem_) std::string;
  has_logged_too_large_ = false;
  has_thread_ = false;
  is_finishing_.store(false);
  is_finished_ = false;
  sem_init(&woken_, 0, 0);
  is_woken_.store(false);
  if (const int fd = socket_.exchange(-1); fd >= 0) close(fd);
  is_attached_.store(false);
  next_report_ = next_heartbeat_ = {};
  pause_ = {};
}

}  // namespace kie::monitor
