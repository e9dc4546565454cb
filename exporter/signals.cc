#include "exporter/signals.h"

#include "exporter/log/log.h"
#include "exporter/log/survive.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <utility>

namespace kie {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

sigset_t answered_signals() { return set_of({SIGTERM, SIGINT, SIGHUP}); }

void block(const sigset_t& set) { pthread_sigmask(SIG_BLOCK, &set, nullptr); }

}  // namespace

void hold_reloads() { block(set_of({SIGHUP})); }

Signals::Signals(std::function<void()> end_begins) : end_begins_(std::move(end_begins)) {
  block(answered_signals());
  // A scraper that goes away must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

Signals::~Signals() {
  thread_.request_stop();
  // To this thread alone: sigwait() knows no stop.
  pthread_kill(thread_.native_handle(), SIGHUP);
}

void Signals::run(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "kie:signals");
  const auto set = answered_signals();
  while (true) {
    int signal = 0;
    sigwait(&set, &signal);
    if (stop.stop_requested()) return;
    survives("signals", [&] { take(signal); }, [](const std::string& /*error*/) {});
    changed_.notify_all();
  }
}

void Signals::take(int signal) {
  // await_end() returns after end_begins_().
  const std::scoped_lock lock{mutex_};
  if (signal == SIGHUP) {
    is_reload_asked_ = true;
  } else if (!std::exchange(is_ending_, true)) {
    log_info("shutting down", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
    end_begins_();
  }
}

void Signals::await_end() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return is_ending_; });
}

bool Signals::await_reload(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  return changed_.wait(lock, stop, [this] { return std::exchange(is_reload_asked_, false); }) &&
         !stop.stop_requested();
}

void Deadline::begin(std::chrono::milliseconds limit) {
  const std::scoped_lock lock{mutex_};
  until_ = std::chrono::steady_clock::now() + limit;
  thread_ = std::jthread{[this](const std::stop_token& stop) { run(stop); }};
}

void Deadline::awaits(const std::string& what, std::chrono::milliseconds more) {
  const std::scoped_lock lock{mutex_};
  what_ = what;
  until_ += more;
}

void Deadline::run(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (!stop.stop_requested()) {
    if (std::chrono::steady_clock::now() >= until_) {
      log_warn("exiting without waiting any longer", {{"for", what_}});
      _exit(EXIT_SUCCESS);
    }
    // It may be later by then.
    const auto until = until_;
    changed_.wait_until(lock, stop, until, [] { return false; });
  }
}

}  // namespace kie
