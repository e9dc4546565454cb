#include "exporter/web/api/api.h"

#include "exporter/http/uri.h"
#include "exporter/web/api/answer.h"
#include "exporter/web/api/clusters.h"
#include "exporter/web/api/events.h"
#include "exporter/web/api/parameters.h"
#include "exporter/web/api/partitions.h"
#include "exporter/web/api/producers.h"
#include "exporter/web/api/risks.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kie::api {
namespace {

using Answer = tl::expected<ApiAnswer, ApiError>;

Answer not_found(std::string text) { return tl::make_unexpected(ApiError{404, std::move(text)}); }

/// For a path without parameters.
template <class Make>
Answer whole(const Parameters& parameters, Make make) {
  if (const auto known = parameters.finish(); !known) return tl::make_unexpected(known.error());
  return make();
}

Answer list_partitions(const ClusterStatus& cluster, Parameters& parameters) {
  PartitionQuery query;
  query.unhealthy = parameters.flag("unhealthy");
  if (const auto expression = parameters.text("topic"))
    if (const auto wrong = query.topics.include(*expression))
      parameters.wrong("topic", "is not a regular expression: " + *wrong);
  query.limit = parameters.number("limit", query.limit, kMostPartitions);
  if (const auto after = parameters.text("after")) {
    query.after = parse_cursor(*after);
    if (!query.after) parameters.wrong("after", "must be TOPIC/PARTITION, as \"next\" had it");
  }
  return whole(parameters, [&] { return partitions_json(cluster, query); });
}

Answer one_partition(const ClusterStatus& cluster, history::History& history,
                     const std::string& topic, const std::string& number,
                     const Parameters& parameters) {
  const auto cursor = parse_cursor(topic + "/" + number);
  if (!cursor) return tl::make_unexpected(ApiError{400, "a partition is a number"});
  auto found = partition_json(cluster, *cursor);
  if (!found) return not_found("there is no such partition, or it is not watched");
  if (const auto known = parameters.finish(); !known) return tl::make_unexpected(known.error());
  history::EventQuery query;
  query.cluster = cluster.cluster_id;
  query.topic = cursor->topic;
  query.partition = cursor->partition;
  query.limit = kEventsOfPartition;
  // Without an id it would be the events of all.
  Answer events = no_events_json();
  if (cluster.cluster_id) events = events_json(history, query, {cluster});
  if (!events) return events;
  (*found)["events"] = std::move(events->body["events"]);
  return std::move(*found);
}

Answer list_events(const std::vector<ClusterStatus>& clusters, history::History& history,
                   Parameters& parameters) {
  const auto query = event_query(clusters, parameters);
  if (const auto known = parameters.finish(); !known) return tl::make_unexpected(known.error());
  if (!query) return no_events_json();
  return events_json(history, *query, clusters);
}

Answer list_producers(ProducerStore& producers, Parameters& parameters) {
  ProducerQuery query;
  query.client_id = parameters.text("client_id");
  query.limit = parameters.number("limit", query.limit, kMostProducers);
  if (const auto after = parameters.text("after")) {
    query.after = parse_producer(*after);
    if (!query.after)
      parameters.wrong("after", "must be PRODUCER@STARTED@INSTANCE, as \"next\" had it");
  }
  return whole(parameters, [&] { return producers_json(producers, query); });
}

Answer list_risks(const std::vector<ClusterStatus>& clusters, ProducerStore& producers,
                  Parameters& parameters) {
  RiskQuery query;
  if (const auto key = parameters.text("cluster")) {
    query.cluster = find_cluster(clusters, *key);
    if (query.cluster == nullptr)
      parameters.wrong("cluster", "must be the name or the id of a cluster");
  }
  if (const auto scope = parameters.text("scope")) {
    query.scope = parse_scope(*scope);
    if (!query.scope) parameters.wrong("scope", "must be topic, broker, cluster or producer");
  }
  if (const auto severity = parameters.text("severity")) {
    query.severity = parse_severity(*severity);
    if (!query.severity) parameters.wrong("severity", "must be info, warning or critical");
  }
  if (const auto id = parameters.text("rule")) {
    query.rule = risk::find_rule(*id);
    if (query.rule == nullptr) parameters.wrong("rule", "must be the id of a rule");
  }
  query.limit = parameters.number("limit", query.limit, kMostRisks);
  query.after = parameters.number("after", 0, 1'000'000'000);
  return whole(parameters, [&] { return risks_json(clusters, producers, query); });
}

Answer find_answer(const StatusBoard& status, ProducerStore& producers, history::History& history,
                   MayStop& may_stop, const http::Request& request) {
  auto path = http::path_segments(request.raw_path);
  auto query = http::query_parameters(request.query);
  if (!path || !query)
    return tl::make_unexpected(ApiError{400, "a % needs two hexadecimal digits"});
  Parameters parameters{std::move(*query)};
  const auto depth = path->size();
  const auto clusters = status.get();
  // The decoded path begins with "/api/v1/".
  if (depth < 3 || path->at(0) != "api" || path->at(1) != "v1")
    return not_found("there is no such path");
  if (depth == 3 && path->at(2) == "events") return list_events(clusters, history, parameters);
  if (depth == 3 && path->at(2) == "producers") return list_producers(producers, parameters);
  if (depth == 3 && path->at(2) == "risks") return list_risks(clusters, producers, parameters);
  path->resize(7);
  // /api/v1/clusters/CLUSTER/brokers/BROKER/stop
  if (depth == 7 && path->at(2) == "clusters" && path->at(4) == "brokers" &&
      path->at(6) == "stop") {
    const auto* cluster = find_cluster(clusters, path->at(3));
    if (cluster == nullptr) return not_found("there is no cluster of that name or id");
    return may_stop.answer(*cluster, path->at(5), parameters);
  }
  // /api/v1/clusters/CLUSTER/partitions/TOPIC/PARTITION
  const bool is_path = path->at(2) == "clusters" && (depth < 5 || path->at(4) == "partitions") &&
                       depth != 6 && depth <= 7;
  if (!is_path) return not_found("there is no such path");

  if (depth == 3) return whole(parameters, [&] { return clusters_json(clusters); });
  const auto* cluster = find_cluster(clusters, path->at(3));
  if (cluster == nullptr) return not_found("there is no cluster of that name or id");
  if (depth == 4) return whole(parameters, [&] { return cluster_json(*cluster); });
  if (depth == 5) return list_partitions(*cluster, parameters);
  return one_partition(*cluster, history, path->at(5), path->at(6), parameters);
}

}  // namespace

http::Response Api::answer(const http::Request& request) const {
  Answer answer;
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (is_read) {
    answer = find_answer(status_, producers_, history_, may_stop_, request);
  } else {
    answer = tl::make_unexpected(ApiError{405, "this path answers GET and HEAD only"});
  }
  const Json body = answer ? std::move(answer->body) : Json{{"error", answer.error().text}};
  // Texts from brokers and clients may not be UTF-8.
  auto response =
      http::make_response(answer ? answer->status : answer.error().status,
                          body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
  response.content_type = "application/json";
  if (answer) response.retry_after = answer->retry_after;
  if (!is_read) response.allow = "GET, HEAD";
  return response;
}

}  // namespace kie::api
