#include "exporter/lint/connect.h"

#include <algorithm>
#include <array>
#include <set>

namespace kie::lint {
namespace {

constexpr std::string_view kOfConnector = "connector.class";
constexpr std::array kOfWorker{
    std::string_view{"key.converter"}, std::string_view{"offset.storage.file.filename"},
    std::string_view{"offset.storage.topic"}, std::string_view{"plugin.path"}};

bool is_last(std::string_view text, std::string_view key) {
  return text.ends_with(key) &&
         (text.size() == key.size() || text[text.size() - key.size() - 1] == '.');
}

std::string producer_beside(std::string_view text, std::string_view key) {
  return std::string(text.substr(0, text.size() - key.size())) + "producer";
}

}  // namespace

Connect connect_of(const std::vector<const Setting*>& lines) {
  std::set<std::string> workers;
  std::set<std::string> connectors;
  Connect out;
  for (const auto* line : lines) {
    if (is_last(line->key, kOfConnector))
      connectors.insert(producer_beside(line->key, kOfConnector));
    for (const auto key : kOfWorker)
      if (is_last(line->key, key)) workers.insert(producer_beside(line->key, key));
    if (is_last(line->key, "exactly.once.source.support") && line->value == "enabled")
      out.is_exactly_once = true;
  }
  // Connectors have converters, too.
  std::ranges::set_difference(workers, connectors, std::back_inserter(out.workers));
  out.connectors.assign(connectors.begin(), connectors.end());
  return out;
}

std::map<std::string, std::string, std::less<>> connect_defaults(const Connect& connect) {
  std::map<std::string, std::string, std::less<>> defaults{
      {"acks", "all"},
      {"delivery.timeout.ms", "2147483647"},
      {"max.in.flight.requests.per.connection", "1"}};
  if (!connect.is_exactly_once) defaults.emplace("enable.idempotence", "false");
  return defaults;
}

}  // namespace kie::lint
