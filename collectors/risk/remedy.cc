#include "collectors/risk/remedy.h"

#include "collectors/model/shell_quote.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace kie::risk {
namespace {

using model::shell_quote;
using Json = nlohmann::ordered_json;

std::string alter(const Place& place, const std::string& entity, const std::string& change) {
  return "kafka-configs --bootstrap-server " + shell_quote(place.server) +
         " --alter --entity-type " + entity + " " + change;
}

std::string add_config(const Wanted& wanted) {
  return "--add-config " + shell_quote(wanted.key + "=" + wanted.value);
}

std::string reassignment(const std::string& topic, const std::vector<Assignment>& partitions) {
  auto list = Json::array();
  for (const auto& one : partitions) {
    auto replicas = Json::array();
    for (const auto broker : one.replicas) replicas.push_back(broker.value);
    list.push_back(
        {{"topic", topic}, {"partition", one.partition}, {"replicas", std::move(replicas)}});
  }
  const Json json{{"version", 1}, {"partitions", std::move(list)}};
  // Names from brokers may not be UTF-8, which must not fail.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Prescription {
 public:
  Prescription(const Finding& finding, const Place& place) : finding_(finding), place_(place) {}

  Remedy run() {
    switch (rule(finding_.rule).scope) {
      case Scope::kTopic:
        topic();
        break;
      case Scope::kBroker:
        for (const auto& wanted : finding_.wanted) broker(wanted);
        break;
      case Scope::kCluster:
        differing();
        break;
      case Scope::kProducer:
        say(std::string(rule(finding_.rule).remedy));
        break;
    }
    return std::move(remedy_);
  }

 private:
  void say(std::string_view sentence) {
    if (!remedy_.text.empty()) remedy_.text += ' ';
    remedy_.text += sentence;
  }

  void topic() {
    if (finding_.wanted_replicas) replicas(static_cast<std::size_t>(*finding_.wanted_replicas));
    for (const auto& wanted : finding_.wanted) {
      say("Set " + wanted.key + "=" + wanted.value + " for the topic.");
      if (finding_.origin != to_string(model::ConfigSource::kTopic) && has_finding_of_brokers())
        say("It is inherited now: the brokers' own findings say how to change it for all topics.");
      remedy_.commands.push_back(
          alter(place_, "topics --entity-name " + shell_quote(finding_.name), add_config(wanted)));
    }
  }

  /// Rules about brokers find the same value where it is inherited.
  bool has_finding_of_brokers() const {
    return finding_.rule == RuleId::kMinIsr1 || finding_.rule == RuleId::kUncleanElectionEnabled;
  }

  void replicas(std::size_t wanted) {
    const auto count = std::min(wanted, place_.racks.size());
    const auto changed = with_replicas(place_.partitions, wanted, place_);
    if (place_.racks.size() < wanted)
      say("There are " + std::to_string(place_.racks.size()) + " brokers: add some, so that " +
          std::to_string(wanted) + " replicas are possible.");
    if (changed.empty()) return;
    say("Reassign the partitions to " + std::to_string(count) + " brokers.");
    const auto file = shell_quote("reassign-" + finding_.name + ".json");
    remedy_.commands.push_back("echo " + shell_quote(reassignment(finding_.name, changed)) + " > " +
                               file + " && kafka-reassign-partitions --bootstrap-server " +
                               shell_quote(place_.server) + " --reassignment-json-file " + file +
                               " --execute");
  }

  const model::BrokerConfig* setting_of(BrokerId broker, std::string_view key) const {
    const auto of = place_.settings.brokers.find(broker);
    if (of == place_.settings.brokers.end()) return nullptr;
    const auto found = of->second.values.find(key);
    return found == of->second.values.end() ? nullptr : &found->second;
  }

  /// A value set for a single broker at run time overrides all others.
  void drop_own(BrokerId broker, const std::string& key) {
    const auto* setting = setting_of(broker, key);
    if (setting == nullptr || setting->origin != model::ConfigSource::kDynamicBroker) return;
    remedy_.commands.push_back(alter(place_,
                                     "brokers --entity-name " + std::to_string(broker.value),
                                     "--delete-config " + shell_quote(key)));
  }

  void broker(const Wanted& wanted) {
    const BrokerId id{std::stoi(finding_.name)};
    const auto* setting = setting_of(id, wanted.key);
    if (setting == nullptr || setting->is_read_only) {
      say("Put " + wanted.key + "=" + wanted.value + " into the file of broker " + finding_.name +
          " and restart it; the next one only when no partition is under-replicated.");
      return;
    }
    say("Set " + wanted.key + "=" + wanted.value + " for all brokers, controllers included.");
    if (wanted.key == "min.insync.replicas")
      say("With eligible leader replicas (the default of new clusters from 4.1 on) this is the "
          "only "
          "place: it cannot be set for one broker, and files do not count.");
    drop_own(id, wanted.key);
    remedy_.commands.push_back(alter(place_, "brokers --entity-default", add_config(wanted)));
  }

  void differing() {
    for (const auto& [id, of] : place_.settings.brokers) drop_own(id, finding_.name);
    if (!remedy_.commands.empty()) say("Delete what is set for single brokers.");
    const bool is_in_files = std::ranges::any_of(place_.settings.brokers, [&](const auto& entry) {
      const auto* setting = setting_of(entry.first, finding_.name);
      return setting != nullptr && setting->origin == model::ConfigSource::kStatic;
    });
    if (is_in_files)
      say("Put the same value into the files of all brokers and controllers, and restart them one "
          "after the other, each only when no partition is under-replicated.");
  }

  const Finding& finding_;
  const Place& place_;
  Remedy remedy_;
};

}  // namespace

std::vector<Assignment> with_replicas(std::vector<Assignment> partitions, std::size_t wanted,
                                      const Place& place) {
  auto load = place.load;
  std::vector<Assignment> changed;
  for (auto& one : partitions) {
    const auto before = one.replicas.size();
    while (one.replicas.size() < wanted) {
      std::set<std::string> used;
      for (const auto broker : one.replicas)
        if (const auto rack = place.racks.find(broker); rack != place.racks.end())
          used.insert(rack->second);
      std::optional<std::tuple<bool, std::size_t, BrokerId>> best;
      for (const auto& [broker, rack] : place.racks) {
        if (std::ranges::find(one.replicas, broker) != one.replicas.end()) continue;
        const bool same_rack = !rack.empty() && used.contains(rack);
        const std::tuple candidate{same_rack, load[broker], broker};
        best = std::min(best.value_or(candidate), candidate);
      }
      if (!best) break;
      const auto broker = std::get<BrokerId>(*best);
      one.replicas.push_back(broker);
      ++load[broker];
    }
    if (one.replicas.size() > before) changed.push_back(std::move(one));
  }
  return changed;
}

Remedy remedy_of(const Finding& finding, const Place& place) {
  return Prescription{finding, place}.run();
}

}  // namespace kie::risk
