#include "exporter/commands/may_stop.h"

#include "exporter/commands/http_client.h"
#include "exporter/commands/stop_verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace kie {
namespace {

using VerdictAnswer = StopVerdict::Answer;
using Clock = std::chrono::steady_clock;

/// The exporter waits up to five seconds for a poll.
constexpr std::chrono::seconds kAnswerWithin{10};
constexpr std::chrono::seconds kAskEvery{1};

class Asking {
 public:
  explicit Asking(const config::MayStopFlags& flags) : flags_(flags), base_(flags.url) {
    while (base_.ends_with('/')) base_.pop_back();
    base_ += "/api/v1/clusters";
  }

  /// One for each broker.
  std::vector<StopVerdict> ask() {
    auto cluster = flags_.cluster.empty() ? only_cluster()
                                          : tl::expected<std::string, StopVerdict>{flags_.cluster};
    std::vector<StopVerdict> verdicts;
    verdicts.reserve(flags_.brokers.size());
    for (const auto broker : flags_.brokers)
      verdicts.push_back(cluster ? ask(*cluster, broker) : cluster.error());
    return verdicts;
  }

 private:
  tl::expected<std::string, StopVerdict> only_cluster() {
    const auto answer = client_.get(base_, kAnswerWithin);
    if (!answer) return tl::make_unexpected(no_answer(answer.error()));
    return read_only_cluster(answer->status, answer->body);
  }

  StopVerdict ask(const std::string& cluster, std::int32_t broker) {
    auto url =
        fmt::format("{}/{}/brokers/{}/stop?limit=10", base_, percent_encode(cluster), broker);
    if (!flags_.accept.empty()) url += "&accept=" + percent_encode(flags_.accept);
    if (flags_.accept_unwatched) url += "&accept_unwatched=true";
    const auto answer = client_.get(url, kAnswerWithin);
    if (!answer) return no_answer(answer.error());
    return read_stop_verdict(answer->status, answer->body);
  }

  static StopVerdict no_answer(const std::string& error) {
    return {VerdictAnswer::kUnknown, "not known: the exporter does not answer: " + error, false};
  }

  const config::MayStopFlags& flags_;
  std::string base_;
  HttpClient client_;
};

bool has(const std::vector<StopVerdict>& verdicts, VerdictAnswer answer) {
  return std::ranges::find(verdicts, answer, &StopVerdict::answer) != verdicts.end();
}

int exit_code(const std::vector<StopVerdict>& verdicts) {
  if (has(verdicts, VerdictAnswer::kUnknown)) return 2;
  return has(verdicts, VerdictAnswer::kNo) ? 1 : 0;
}

}  // namespace

int may_stop(const config::MayStopFlags& flags) {
  const auto until = Clock::now() + flags.wait;
  Asking asking{flags};
  std::vector<StopVerdict> before(flags.brokers.size());
  while (true) {
    const auto verdicts = asking.ask();
    const bool is_final = std::ranges::any_of(verdicts, &StopVerdict::is_final);
    const auto now = Clock::now();
    const bool is_last = exit_code(verdicts) == 0 || is_final || now >= until;
    for (std::size_t i = 0; i < verdicts.size(); ++i)
      if (is_last || verdicts[i].text != before[i].text)
        fmt::print(is_last ? stdout : stderr, "broker {}: {}\n", flags.brokers[i],
                   verdicts[i].text);
    if (is_last) return exit_code(verdicts);
    before = verdicts;
    std::this_thread::sleep_until(std::min<Clock::time_point>(now + kAskEvery, until));
  }
}

}  // namespace kie
