#include "collectors/producers/instances.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <utility>

namespace kie::producers {
namespace {

/// How far the time between two documents here may differ from that by the client's clock.
constexpr std::chrono::seconds kClocksDiffer{30};

/// Whether both may be of one process: the monotonic clocks of two hosts began at different times.
/// A `ts` may be any number, of which only doubles hold each difference.
bool may_be_same_host(const Instance& before, const Statistics& now, Instant at) {
  using Microseconds = std::chrono::duration<double, std::micro>;
  const Microseconds here = at - before.seen;
  const Microseconds there{static_cast<double>(now.ts) -
                           static_cast<double>(before.ts.value_or(0))};
  return std::chrono::abs(here - there) <= kClocksDiffer;
}

InstanceKey find_without_age(const ProducersState& state, const Statistics& now, Instant at) {
  const Instance* best = nullptr;
  for (auto one =
           state.instances.lower_bound({now.name, std::numeric_limits<std::int64_t>::min(), {}});
       one != state.instances.end() && one->first.name == now.name; ++one) {
    const auto& before = one->second;
    if (!before.is_without_age || !may_be_same_host(before, now, at)) continue;
    const auto sent = before.counted.transmitted_bytes;
    // A duplicate, or a late one.
    if (now.ts <= before.ts.value_or(0) && now.transmitted_bytes <= sent) return one->first;
    if (now.transmitted_bytes < sent) continue;
    // Of several, the one that had come furthest.
    if (best == nullptr || sent > best->counted.transmitted_bytes) best = &before;
  }
  return best == nullptr ? InstanceKey{now.name, now.ts, {}} : best->key;
}

/// A plugin of the client sees its start a moment after the one that statistics have.
constexpr std::int64_t kStartsDiffer = 100'000;  // microseconds

/// A start may be any number.
std::int64_t saturating_add(std::int64_t start, std::int64_t difference) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(start, difference, &sum)) return sum;
  return difference < 0 ? std::numeric_limits<std::int64_t>::min()
                        : std::numeric_limits<std::int64_t>::max();
}

/// The instance of that name that `fits` and whose start is nearest; nullptr: none is near.
template <typename Fits>
const Instance* find_near(const ProducersState& state, const InstanceKey& key, Fits fits) {
  const auto first = saturating_add(key.started, -kStartsDiffer);
  const auto last = saturating_add(key.started, kStartsDiffer);
  const auto distance = [&](const Instance& one) {
    return std::abs(one.key.started - key.started);
  };
  const Instance* best = nullptr;
  for (auto one = state.instances.lower_bound({key.name, first, {}});
       one != state.instances.end() && one->first.name == key.name && one->first.started <= last;
       ++one)
    if (one->first.id.empty() && fits(one->second) &&
        (best == nullptr || distance(one->second) < distance(*best)))
      best = &one->second;
  return best;
}

/// Gives the instance `from` the key `to`, whose instance it becomes a part of if there is one.
void unite(ProducersState& state, const InstanceKey& from, const InstanceKey& to) {
  auto node = state.instances.extract(from);
  state.changed_instances.insert(from);
  state.changed_instances.insert(to);
  auto& reports = node.mapped();
  state.by_report_id.insert_or_assign(reports.report_id, to);
  const auto known = state.instances.find(to);
  if (known == state.instances.end()) {
    reports.key = to;
    node.key() = to;
    state.instances.insert(std::move(node));
    return;
  }
  auto& one = known->second;
  if (!reports.is_gone) --state.clients[reports.client_id].instances;
  state.changed_clients.insert(reports.client_id);
  // What statistics count and what reports count is never the same.
  one.counted.acknowledged_records = reports.counted.acknowledged_records;
  one.counted.retried_records = reports.counted.retried_records;
  one.failed = std::move(reports.failed);
  one.report = std::move(reports.report);
  one.report_id = std::move(reports.report_id);
  one.sequence = reports.sequence;
  one.offsets = reports.offsets;
  one.first_report = reports.first_report;
  one.last_report = reports.last_report;
  one.report_interval = reports.report_interval;
  one.first_seen = std::min(one.first_seen, reports.first_seen);
  if (!one.fatal) one.fatal = std::move(reports.fatal);
  one.has_ended = one.has_ended || reports.has_ended;
}

/// Makes room for one instance; false if all are live.
bool drop_oldest_gone_instance(ProducersState& state) {
  if (!state.may_have_gone_instances) return false;
  const Instance* oldest = nullptr;
  for (const auto& [key, one] : state.instances)
    if (one.is_gone && (oldest == nullptr || one.seen < oldest->seen)) oldest = &one;
  state.may_have_gone_instances = oldest != nullptr;
  if (oldest == nullptr) return false;
  drop(state, InstanceKey{oldest->key});
  return true;
}

/// Makes room for one client; false if all are live. The last hour of its fatal errors stays.
bool drop_oldest_gone_client(ProducersState& state) {
  if (!state.may_have_gone_clients) return false;
  auto oldest = state.clients.end();
  for (auto one = state.clients.begin(); one != state.clients.end(); ++one)
    if (one->second.instances == 0 &&
        (oldest == state.clients.end() || one->second.seen < oldest->second.seen))
      oldest = one;
  state.may_have_gone_clients = oldest != state.clients.end();
  if (oldest == state.clients.end()) return false;
  std::vector<InstanceKey> keys;
  for (const auto& [key, one] : state.instances)
    if (one.client_id == oldest->first) keys.push_back(key);
  for (const auto& key : keys) drop(state, key);
  state.changed_clients.insert(oldest->first);
  state.clients.erase(oldest);
  return true;
}

/// The client under which a new instance is counted.
std::string client_with_room(ProducersState& state, const std::string& client_id,
                             const ProducerLimits& limits, News& news) {
  if (state.clients.contains(client_id)) return client_id;
  // kOtherClient needs no room. To drop it makes none, so one drop may not be enough.
  const auto has_room = [&] {
    return state.clients.size() - state.clients.count(kOtherClient) < limits.clients;
  };
  while (!has_room() && drop_oldest_gone_client(state)) {
  }
  if (has_room()) return client_id;
  news.given_up.push_back(Refusal::kTooManyClients);
  return kOtherClient;
}

}  // namespace

InstanceKey find_key(ProducersState& state, const Statistics& statistics, Instant at) {
  if (!statistics.age) return find_without_age(state, statistics, at);
  const InstanceKey key{statistics.name, statistics.ts - *statistics.age, {}};
  if (state.instances.contains(key)) return key;
  const auto* reporting =
      find_near(state, key, [](const Instance& one) { return !one.ts && !one.report_id.empty(); });
  if (reporting != nullptr) unite(state, InstanceKey{reporting->key}, key);
  return key;
}

InstanceKey find_key(ProducersState& state, const ProducerReport& report) {
  const auto known = state.by_report_id.find(report.instance);
  const bool is_known = known != state.by_report_id.end();
  InstanceKey own = is_known ? known->second : InstanceKey{report.name, 0, report.instance};
  const bool is_named = report.started && !report.name.empty();
  if (!is_named || (is_known && known->second.id.empty())) return own;

  InstanceKey named{report.name, *report.started, {}};
  const auto is_without_reports = [](const Instance& one) { return one.report_id.empty(); };
  if (const auto same = state.instances.find(named); same != state.instances.end()) {
    // Of another client object, on a host whose clock happens to say the same.
    if (!is_without_reports(same->second)) return own;
  } else if (const auto* near = find_near(state, named, is_without_reports)) {
    named = near->key;
  }
  if (is_known) unite(state, own, named);
  return named;
}

tl::expected<Instance*, Refusal> find_or_add(ProducersState& state, const std::string& client_id,
                                             const InstanceKey& key, const ProducerLimits& limits,
                                             bool is_fatal, Instant at, News& news) {
  auto found = state.instances.find(key);
  news.is_new_instance = found == state.instances.end();
  if (news.is_new_instance) {
    const auto most = is_fatal ? 2 * limits.instances : limits.instances;
    if (state.instances.size() >= limits.instances && !drop_oldest_gone_instance(state) &&
        state.instances.size() >= most)
      return tl::make_unexpected(Refusal::kTooManyInstances);
    Instance instance;
    instance.client_id = client_with_room(state, client_id, limits, news);
    instance.key = key;
    instance.first_seen = at;
    found = state.instances.emplace(key, std::move(instance)).first;
  }
  news.instance = &found->second;
  return &found->second;
}

void drop(ProducersState& state, const InstanceKey& key) {
  const auto found = state.instances.find(key);
  if (found == state.instances.end()) return;
  state.offsets -= found->second.offsets;
  state.by_report_id.erase(found->second.report_id);
  state.changed_instances.insert(key);
  state.instances.erase(found);
}

}  // namespace kie::producers
