#include "exporter/web/api/may_stop.h"

#include "config/parse_number.h"
#include "exporter/cluster/wake_up.h"
#include "exporter/web/api/stop.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

namespace kie::api {
namespace {

/// How long a question waits for a poll.
constexpr std::chrono::seconds kMostPollTime{5};

/// Counts a request while it waits.
class WaitingRequest {
 public:
  explicit WaitingRequest(std::atomic<int>& count) : count_(count), before_(count.fetch_add(1)) {}
  ~WaitingRequest() { count_.fetch_sub(1); }
  WaitingRequest(const WaitingRequest&) = delete;
  WaitingRequest& operator=(const WaitingRequest&) = delete;

  bool is_one_too_many(int most) const { return before_ >= most; }

 private:
  std::atomic<int>& count_;
  int before_;
};

}  // namespace

tl::expected<ApiAnswer, ApiError> MayStop::answer(const ClusterStatus& cluster,
                                                  const std::string& broker,
                                                  Parameters& parameters) {
  StopQuery query;
  const auto id = config::parse_number<std::int32_t>(broker);
  if (!id || *id < 0) return tl::make_unexpected(ApiError{400, "a broker is a number"});
  query.broker = BrokerId{*id};
  query.limit = parameters.number("limit", query.limit, kMostObstacles);
  query.accepts_unwatched = parameters.flag("accept_unwatched");
  if (const auto text = parameters.text("accept")) {
    if (auto accepted = parse_obstacles(*text)) {
      query.accepted = *std::move(accepted);
    } else {
      parameters.wrong("accept", "must be offline, under_min_isr, one_copy, reassigning or quorum");
    }
  }
  if (const auto known = parameters.finish(); !known) return tl::make_unexpected(known.error());
  if (!cluster.wake_up) return stop_answer(cluster, query);

  const WaitingRequest self{waiting_};
  const auto deadline = std::chrono::steady_clock::now() + kMostPollTime;
  if (self.is_one_too_many(most_waiting_) || !cluster.wake_up->await_poll(deadline)) {
    ApiAnswer answer{{{"broker", *id},
                      {"may_stop", nullptr},
                      {"unknown", Json::array({"The cluster has not been polled in time."})}}};
    answer.status = 503;
    answer.retry_after = std::chrono::seconds{1};
    return answer;
  }
  const auto clusters = status_.get();
  const auto found = std::ranges::find(clusters, cluster.wake_up, &ClusterStatus::wake_up);
  if (found == clusters.end())
    return tl::make_unexpected(ApiError{404, "there is no cluster of that name or id"});
  return stop_answer(*found, query);
}

}  // namespace kie::api
