#include "collectors/risk/producers.h"

#include "collectors/risk/producer.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace kie::risk {
namespace {

using std::chrono::hours;

Given given_of(std::span<const std::pair<std::string_view, std::string>> settings) {
  Given given;
  for (const auto& [key, value] : settings) given.emplace(key, value);
  return given;
}

ClientRelease client_of(const ReportingProducer& producer, const Given& given) {
  if (auto client = parse_client(producer.client)) return *client;
  return {.kind = guess_client(given), .version = {}};
}

/// The findings, one for each rule and client.id.
class FindingsByClient {
 public:
  void add(std::string_view client_id, Finding finding) {
    finding.name = client_id;
    const auto [place, is_new] = all_.try_emplace({finding.name, finding.rule}, finding);
    if (is_new) return;
    auto& values = place->second.value;
    const auto has = [&](const std::string& value) {
      return (", " + values + ", ").find(", " + value + ", ") != std::string::npos;
    };
    if (!has(finding.value)) values += ", " + finding.value;
  }

  std::vector<Finding> take() {
    std::vector<Finding> found;
    found.reserve(all_.size());
    for (auto& [key, finding] : all_) found.push_back(std::move(finding));
    return found;
  }

 private:
  std::map<std::pair<std::string, RuleId>, Finding> all_;
};

Finding found(RuleId id, std::string_view setting, std::string value, std::string note) {
  Finding finding;
  finding.rule = id;
  finding.severity = rule(id).severity;
  finding.setting = setting;
  finding.value = std::move(value);
  finding.note = std::move(note);
  return finding;
}

std::string named(const ReportingProducer& producer) {
  std::string text = "client.id " + std::string(producer.client_id);
  if (!producer.host.empty()) text += " on " + std::string(producer.host);
  return text;
}

void each_alone(std::span<const ReportingProducer> all, const Thresholds& thresholds,
                FindingsByClient& out) {
  // Instances of one application have the same settings.
  std::set<std::tuple<std::string_view, std::string_view, Given>> seen;
  for (const auto& producer : all) {
    if (!producer.is_live || !producer.settings) continue;
    auto given = given_of(*producer.settings);
    const auto [place, is_new] =
        seen.emplace(producer.client_id, producer.client, std::move(given));
    if (!is_new) continue;
    const auto& settings = std::get<Given>(*place);
    for (auto& finding : evaluate(settings, client_of(producer, settings), thresholds))
      // It has started, so the guessed client is wrong.
      if (finding.rule != RuleId::kClientRefuses) out.add(producer.client_id, std::move(finding));
  }
}

void shared_ids(std::span<const ReportingProducer> all, FindingsByClient& out) {
  std::map<std::pair<std::string_view, std::string_view>, std::vector<const ReportingProducer*>>
      by_id;
  for (const auto& producer : all) {
    if (!producer.is_live || producer.cluster_id.empty() || !producer.settings) continue;
    const auto setting = std::ranges::find(*producer.settings, std::string_view{"transactional.id"},
                                           [](const auto& one) { return one.first; });
    if (setting != producer.settings->end() && !setting->second.empty())
      by_id[{producer.cluster_id, setting->second}].push_back(&producer);
  }
  for (auto& [id, users] : by_id) {
    std::ranges::sort(users, {}, &ReportingProducer::first);
    for (std::size_t i = 1; i < users.size(); ++i) {
      // After a restart the older one has reported last before the newer one began.
      const auto& older = *users[i - 1];
      const auto& newer = *users[i];
      if (older.last <= newer.first) continue;
      const auto note = "It is that of " + named(older) + " and of " + named(newer) + ".";
      for (const auto* one : {&older, &newer})
        out.add(one->client_id, found(RuleId::kTransactionalIdShared, "transactional.id",
                                      std::string(id.second), note));
    }
  }
}

/// Producers that already run when this process starts report within this time, and are not new.
constexpr std::chrono::minutes kIntroductions{2};

void short_lived(std::span<const ReportingProducer> all, const Thresholds& thresholds,
                 std::chrono::steady_clock::time_point now, FindingsByClient& out) {
  if (all.empty()) return;
  const auto begun = std::ranges::min(all, {}, &ReportingProducer::first).first;
  const auto since = std::max(now - hours{1}, begun + kIntroductions);
  std::map<std::pair<std::string_view, std::string_view>, std::int64_t> made;
  for (const auto& producer : all)
    if (!producer.host.empty() && producer.first > since)
      ++made[{producer.client_id, producer.host}];
  for (const auto& [who, count] : made)
    if (count > thresholds.max_new_producers)
      out.add(who.first, found(RuleId::kProducersShortLived, "client.id", std::to_string(count),
                               "On " + std::string(who.second) + " " + std::to_string(count) +
                                   " were new within the hour."));
}

}  // namespace

std::vector<Finding> evaluate(std::span<const ReportingProducer> all, const Thresholds& thresholds,
                              std::chrono::steady_clock::time_point now) {
  FindingsByClient out;
  each_alone(all, thresholds, out);
  shared_ids(all, out);
  short_lived(all, thresholds, now, out);
  auto findings = out.take();
  exempt(findings, thresholds);
  return findings;
}

std::optional<milliseconds> delivery_timeout(const ReportingProducer& producer) {
  if (!producer.settings) return std::nullopt;
  const auto given = given_of(*producer.settings);
  return effective(given, client_of(producer, given)).delivery_timeout;
}

}  // namespace kie::risk
