#include "exporter/history/leavable_thread.h"

#include <pthread.h>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace kie::history {

struct LeavableThread::Ended {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool is_so = false;
};

LeavableThread::LeavableThread(const char* name, std::function<void(const std::stop_token&)> body)
    : ended_(std::make_shared<Ended>()),
      thread_([name, body = std::move(body), ended = ended_](const std::stop_token& stop) mutable {
        pthread_setname_np(pthread_self(), name);
        body(stop);
        body = {};
        const std::scoped_lock lock{ended->mutex};
        ended->is_so = true;
        ended->changed.notify_all();
      }) {}

LeavableThread::~LeavableThread() { end(std::chrono::steady_clock::now()); }

bool LeavableThread::end(std::chrono::steady_clock::time_point until) {
  if (!thread_.joinable()) return true;
  thread_.request_stop();
  std::unique_lock lock{ended_->mutex};
  const bool is_over = ended_->changed.wait_until(lock, until, [this] { return ended_->is_so; });
  lock.unlock();
  is_over ? thread_.join() : thread_.detach();
  return is_over;
}

}  // namespace kie::history
