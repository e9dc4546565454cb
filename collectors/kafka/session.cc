#include "collectors/kafka/session.h"

#include "collectors/kafka/broker_view.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

std::vector<BrokerId> ids_of(const std::vector<model::BrokerSnapshot>& brokers) {
  std::vector<BrokerId> ids;
  ids.reserve(brokers.size());
  for (const auto& broker : brokers) ids.push_back(broker.id);
  return ids;
}

}  // namespace

void Session::keep(RequestBatch&& batch) {
  // librdkafka refers to the requests, whose addresses stay the same, and not to the batch.
  if (!batch.drain_late()) late_.push_back(std::move(batch));
}

void Session::drain_late() {
  late_.remove_if([](RequestBatch& batch) { return batch.drain_late(); });
}

void Session::set_listed(std::vector<model::BrokerSnapshot> brokers) {
  listed_ = std::move(brokers);
  known_ = listed_;
  const auto ids = known_ids();
  timeouts_.forget_unless(ids);
  client_->versions().forget_unless(ids);
}

void Session::set_unconfirmed(std::vector<model::BrokerSnapshot> brokers) {
  listed_ = std::move(brokers);
  std::vector<model::BrokerSnapshot> all;
  // The new entry wins.
  std::ranges::set_union(listed_, known_, std::back_inserter(all), {}, &model::BrokerSnapshot::id,
                         &model::BrokerSnapshot::id);
  // A broker that lists others in every answer must not be able to add to them without end.
  known_ = all.size() > kMostBrokers ? listed_ : std::move(all);
}

std::vector<BrokerId> Session::listed_ids() const { return ids_of(listed_); }

std::vector<BrokerId> Session::known_ids() const { return ids_of(known_); }

void Session::add_same_address(std::set<BrokerId>& brokers) const {
  std::set<std::pair<std::string_view, std::int32_t>> addresses;
  for (const auto& broker : known_)
    if (brokers.contains(broker.id)) addresses.emplace(broker.host, broker.port);
  for (const auto& broker : known_)
    if (addresses.contains({broker.host, broker.port})) brokers.insert(broker.id);
}

std::vector<BrokerId> Session::answering_since(model::Instant since) const {
  auto ids = listed_ids();
  std::erase_if(ids, [&](BrokerId id) {
    const auto last = timeouts_.last_answer(id);
    return !last || *last < since;
  });
  return ids;
}

std::optional<BrokerId> Session::pick(const std::set<BrokerId>& asked,
                                      std::optional<BrokerId> wanted) {
  std::vector<BrokerId> able;
  std::vector<BrokerId> unresponsive;
  for (const auto& broker : known_)
    if (!asked.contains(broker.id))
      (timeouts_.is_unresponsive(broker.id) ? unresponsive : able).push_back(broker.id);
  if (wanted && std::ranges::find(able, *wanted) != able.end()) return wanted;
  const auto& from = able.empty() ? unresponsive : able;
  if (from.empty()) return std::nullopt;
  const auto next = std::ranges::upper_bound(from, last_picked_);
  last_picked_ = next == from.end() ? from.front() : *next;
  return last_picked_;
}

}  // namespace kie::kafka
