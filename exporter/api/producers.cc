#include "exporter/api/producers.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <chrono>

namespace kie::api {
namespace {

using producers::Instance;

double seconds(producers::WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

Json fatal_json(const std::optional<producers::FatalError>& fatal) {
  if (!fatal) return nullptr;
  return {{"error", fatal->error}, {"reason", fatal->reason}, {"known", seconds(fatal->wall)}};
}

Json instance_json(const Instance& instance, std::int64_t started) {
  const auto& last = instance.last;
  Json json{{"client_id", instance.client_id},
            {"producer", instance.name},
            {"started", started},
            {"gone", instance.is_gone},
            {"last_report", seconds(instance.seen_wall)},
            {"fatal", fatal_json(instance.fatal)}};
  // Recalled from the journal: it has not reported to this process.
  if (last.name.empty()) return json;
  const auto& acknowledged = instance.counted.acknowledged_records;
  json["acknowledged_records"] = acknowledged ? Json(*acknowledged) : Json(nullptr);
  json["transmitted_bytes"] = instance.counted.transmitted_bytes;
  json["socket_send_errors"] = instance.counted.socket_send_errors;
  json["request_timeouts"] = instance.counted.request_timeouts;
  json["queue"] = {{"messages", last.messages},
                   {"messages_limit", last.messages_limit},
                   {"bytes", last.bytes},
                   {"bytes_limit", last.bytes_limit}};
  json["idempotence"] = nullptr;
  if (const auto& now = last.idempotence)
    json["idempotence"] = {{"state", now->state},
                           {"transaction_state", now->transaction_state},
                           {"producer_id", now->producer_id},
                           {"producer_epoch", now->producer_epoch}};
  return json;
}

}  // namespace

std::optional<std::pair<std::string, std::int64_t>> parse_producer(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  const auto number = text.substr(at + 1);
  std::int64_t started = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), started);
  if (error != std::errc{} || end != number.data() + number.size()) return std::nullopt;
  return std::pair{std::string(text.substr(0, at)), started};
}

Json producers_json(const producers::State& state, const ProducerQuery& query) {
  auto list = Json::array();
  Json next = nullptr;
  auto one = query.after ? state.instances.upper_bound(*query.after) : state.instances.begin();
  for (; one != state.instances.end(); ++one) {
    const auto& [key, instance] = *one;
    if (query.client_id && instance.client_id != *query.client_id) continue;
    if (list.size() == query.limit) {
      next = list.back().at("producer").get<std::string>() + "@" +
             std::to_string(list.back().at("started").get<std::int64_t>());
      break;
    }
    list.push_back(instance_json(instance, key.second));
  }
  return {{"producers", std::move(list)}, {"next", std::move(next)}};
}

}  // namespace kie::api
