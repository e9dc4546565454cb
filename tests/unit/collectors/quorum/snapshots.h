#pragma once

#include "collectors/model/controller.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

/// Short ways to write down what was learnt of a controller.
namespace kie::quorum::test {

inline model::Instant at(int seconds) {
  return model::Instant{} + std::chrono::hours{10} + std::chrono::seconds{seconds};
}

inline model::QuorumReplica replica(int id, std::optional<std::int64_t> log_end,
                                    std::optional<std::chrono::seconds> caught_up) {
  model::QuorumReplica replica;
  replica.id = BrokerId{id};
  if (log_end) replica.log_end = Offset{*log_end};
  replica.last_caught_up = caught_up;
  return replica;
}

/// The controller `leader` answers; its peers are 101 to 103 and its followers brokers 1 to 3.
inline model::ControllerSnapshot answered(int seconds, int leader, int epoch) {
  const std::chrono::seconds now{1'700'000'000};
  model::Quorum quorum;
  quorum.leader = BrokerId{leader};
  quorum.epoch = LeaderEpoch{epoch};
  for (const int id : {101, 102, 103}) quorum.voters.push_back(replica(id, 500, now));
  for (const int id : {1, 2, 3}) quorum.observers.push_back(replica(id, 500, now));
  return {.at = at(seconds),
          .answer = model::ControllerAnswer::kAnswered,
          .quorum = std::move(quorum),
          .why = {}};
}

inline model::ControllerSnapshot without(int seconds, model::ControllerAnswer answer) {
  return {.at = at(seconds), .answer = answer, .quorum = std::nullopt, .why = "why"};
}

}  // namespace kie::quorum::test
