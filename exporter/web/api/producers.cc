#include "exporter/web/api/producers.h"

#include "config/parse_number.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/or_null.h"

namespace kie::api {
namespace {

using exposition::unix_seconds;
using producers::Instance;

Json fatal_json(const std::optional<producers::FatalError>& fatal) {
  if (!fatal) return nullptr;
  return {{"error", fatal->error}, {"reason", fatal->reason}, {"known", unix_seconds(fatal->wall)}};
}

void add_statistics(Json& json, const Instance& instance, const producers::Statistics& last) {
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
}

void add_report(Json& json, const Instance& instance, const producers::ProducerReport& last) {
  json["instance"] = last.instance;
  json["host"] = or_null(last.host);
  json["pid"] = or_null(last.pid);
  json["client"] = or_null(last.client);
  json["cluster_id"] = or_null(last.cluster_id);
  json["settings"] = last.settings ? Json::object() : Json{};
  if (last.settings)
    for (const auto& [name, value] : *last.settings) json["settings"][std::string(name)] = value;
  json["acknowledged_bytes"] = last.acknowledged_bytes;
  json["failed"] = Json::array();
  for (const auto& [kind, records] : instance.failed)
    json["failed"].push_back({{"error", kind.first},
                              {"persisted", producers::to_string(kind.second)},
                              {"records", records}});
  json["retried_records"] = or_null(instance.counted.retried_records);
  json["dropped"] = last.dropped;
}

Json instance_json(const Instance& instance) {
  Json json{{"client_id", instance.client_id},    {"producer", instance.key.name},
            {"started", instance.key.started},    {"gone", instance.is_gone},
            {"ended", instance.has_ended},        {"last_report", unix_seconds(instance.seen_wall)},
            {"fatal", fatal_json(instance.fatal)}};
  // It has neither if it was restored from the journal and has not reported to this process.
  if (instance.statistics || instance.report) {
    const auto& acknowledged = instance.counted.acknowledged_records;
    json["acknowledged_records"] = or_null(acknowledged);
  }
  if (const auto& last = instance.statistics) add_statistics(json, instance, *last);
  if (const auto& last = instance.report) add_report(json, instance, *last);
  return json;
}

std::string cursor(const producers::InstanceKey& key) {
  return key.name + "@" + std::to_string(key.started) + "@" + key.id;
}

}  // namespace

std::optional<producers::InstanceKey> parse_producer(std::string_view text) {
  // A name may contain "@", an id does not.
  const auto second = text.rfind('@');
  if (second == std::string_view::npos || second == 0) return std::nullopt;
  const auto first = text.rfind('@', second - 1);
  if (first == std::string_view::npos) return std::nullopt;
  const auto started =
      config::parse_number<std::int64_t>(text.substr(first + 1, second - first - 1));
  if (!started) return std::nullopt;
  return producers::InstanceKey{std::string(text.substr(0, first)), *started,
                                std::string(text.substr(second + 1))};
}

Json producers_json(ProducerStore& producers, const ProducerQuery& query) {
  std::vector<Instance> found;
  bool has_more = false;
  {
    const std::scoped_lock lock{producers.mutex};
    const auto& instances = producers.state.instances;
    auto one = query.after ? instances.upper_bound(*query.after) : instances.begin();
    for (; one != instances.end() && !has_more; ++one) {
      if (query.client_id && one->second.client_id != *query.client_id) continue;
      has_more = found.size() == query.limit;
      if (!has_more) found.push_back(one->second);
    }
  }
  auto list = Json::array();
  for (const auto& instance : found) list.push_back(instance_json(instance));
  Json next = nullptr;
  if (has_more) next = cursor(found.back().key);
  return {{"producers", std::move(list)}, {"next", std::move(next)}};
}

}  // namespace kie::api
