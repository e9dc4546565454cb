#include "collectors/kafka/check.h"

#include "collectors/kafka/acl.h"
#include "collectors/kafka/dial.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/permissions.h"
#include "collectors/kafka/probe.h"
#include "collectors/kafka/reach_steps.h"
#include "collectors/kafka/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <utility>

namespace kie::kafka {
namespace {

std::string property(const config::Cluster& cluster, std::string_view name) {
  const auto found = std::ranges::find(cluster.librdkafka, name, &config::Property::name);
  return found == cluster.librdkafka.end() ? "" : found->value.reveal();
}

Security security_of(const config::Cluster& cluster) {
  auto protocol = property(cluster, "security.protocol");
  std::ranges::transform(protocol, protocol.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return {.tls = protocol == "ssl" || protocol == "sasl_ssl", .sasl = protocol.starts_with("sasl")};
}

AddressFamily family_of(const config::Cluster& cluster) {
  const auto family = property(cluster, "broker.address.family");
  if (family == "v4") return AddressFamily::kV4;
  if (family == "v6") return AddressFamily::kV6;
  return AddressFamily::kAny;
}

std::string shell_quoted(const std::string& text) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:@/=,";
  if (text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) {
    if (!joined.empty()) joined += "; ";
    joined += text;
  }
  return joined;
}

/// What became of the addresses of a host.
std::string refusals(const Dialed& dialed) {
  std::vector<std::string> texts;
  for (const auto& [address, error] : dialed.attempts)
    if (!error.empty()) texts.push_back(fmt::format("{}: {}", address, error));
  return join(texts);
}

/// The addresses that connected first, then those that did not.
std::string connections(const Dialed& dialed) {
  std::vector<std::string> texts;
  for (const auto& [address, error] : dialed.attempts)
    if (error.empty()) texts.push_back(address);
  if (const auto refused = refusals(dialed); !refused.empty()) texts.push_back("not " + refused);
  return join(texts);
}

constexpr const char* kSlowHelp =
    "give it more time with request_timeout, and see the brokers' own logs";

class Checker {
 public:
  explicit Checker(const config::Cluster& cluster)
      : cluster_(cluster),
        security_(security_of(cluster)),
        family_(family_of(cluster)),
        timeout_(cluster.request_timeout),
        patience_(2 * timeout_) {}

  ClusterCheck check() {
    const auto configuration = check_configuration();
    const auto servers = check_servers(configuration);
    check_cluster(servers);
    ClusterCheck result{cluster_.place, cluster_.name, cluster_.servers, cluster_id_, steps_.all()};
    for (auto& step : result.steps) {
      step.detail = without_secrets(std::move(step.detail), cluster_.librdkafka);
      step.help = without_secrets(std::move(step.help), cluster_.librdkafka);
    }
    return result;
  }

 private:
  Steps::At check_configuration() {
    auto client = Client::create(cluster_, [](auto, auto, auto) {});
    if (client)
      return steps_.ok(StepKind::kConfiguration, "", "librdkafka " + librdkafka_version());
    return steps_.failed(StepKind::kConfiguration, "",
                         cluster_.place.text() + ": librdkafka refuses it: " + client.error().text,
                         "correct [cluster.librdkafka], or the file that it names");
  }

  /// The last step of each server.
  std::vector<Steps::At> check_servers(Steps::At configuration) {
    std::vector<Target> targets;
    targets.reserve(cluster_.servers.size());
    for (const auto& server : cluster_.servers) targets.push_back(parse_target(server));
    const auto dialed = dial(targets, family_, timeout_);

    const auto reaches = probe(cluster_.servers, [&](std::size_t i) {
      return steps_.is_ok(configuration) && dialed[i].connected();
    });

    std::vector<Steps::At> last;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto& server = cluster_.servers[i];
      auto at = add_dialed(server, dialed[i]);
      if (!steps_.is_ok(configuration) && steps_.is_ok(at)) at = configuration;
      const auto& reach = reaches[i];
      last.push_back(reach ? add_reach(steps_, server, security_, *reach, patience_)
                           : skip_reach(steps_, server, security_, at));
    }
    return last;
  }

  /// Connects to those of the servers that are wanted. Many at once: one that keeps silent must not
  /// hold up the others; but not all, for each client has its threads and files.
  std::vector<std::optional<Reach>> probe(const std::vector<std::string>& servers,
                                          const std::function<bool(std::size_t)>& wanted) const {
    static constexpr std::size_t kAtOnce = 32;
    std::vector<std::optional<Reach>> reaches(servers.size());
    for (std::size_t first = 0; first < servers.size(); first += kAtOnce) {
      std::map<std::size_t, Probe> probes;
      for (auto i = first; i < std::min(first + kAtOnce, servers.size()); ++i)
        if (wanted(i))
          if (auto started = Probe::start(cluster_, servers[i]))
            probes.emplace(i, std::move(*started));
      const auto deadline = Probe::Clock::now() + patience_;
      for (auto& [i, one] : probes) reaches[i] = one.wait(deadline);
    }
    return reaches;
  }

  Steps::At add_dialed(const std::string& server, const Dialed& dialed) {
    if (!dialed.name_error.empty()) {
      const auto name = steps_.failed(StepKind::kName, server, dialed.name_error,
                                      "correct the name, or this machine's /etc/hosts or DNS");
      return steps_.skipped(StepKind::kTcp, server, name);
    }
    steps_.ok(StepKind::kName, server, dialed.addresses());
    if (dialed.connected()) return steps_.ok(StepKind::kTcp, server, connections(dialed));
    return steps_.failed(StepKind::kTcp, server, refusals(dialed),
                         "see that Kafka runs and listens there, that the port is right, and that "
                         "no firewall is between");
  }

  void check_cluster(const std::vector<Steps::At>& servers) {
    config::Cluster reachable = cluster_;
    reachable.servers.clear();
    for (std::size_t i = 0; i < servers.size(); ++i)
      if (steps_.is_ok(servers[i])) reachable.servers.push_back(cluster_.servers[i]);
    if (reachable.servers.empty()) {
      const auto metadata =
          servers.size() == 1
              ? steps_.skipped(StepKind::kMetadata, "", servers.front())
              : steps_.skipped(StepKind::kMetadata, "", "waits for any of the servers");
      return skip_questions(steps_, metadata);
    }
    // Servers that failed were told of; here they would only cost time.
    const auto client = Client::create(reachable, [](auto, auto, auto) {});
    auto metadata = client ? ask_metadata(*client, config::TopicFilter{}, patience_)
                           : tl::make_unexpected(client.error());
    if (!metadata) {
      // Before a login a server answers nothing but which questions it knows.
      const auto failed = steps_.failed(
          StepKind::kMetadata, "", metadata.error().text,
          security_.sasl ? kSlowHelp
                         : std::string("if the listener wants a login, set security.protocol and "
                                       "sasl.mechanism; if not, ") +
                               kSlowHelp);
      return skip_questions(steps_, failed);
    }
    cluster_id_ = client->cluster_id();
    const auto at = steps_.ok(
        StepKind::kMetadata, "",
        fmt::format("cluster id {}, {} brokers, {} topics", cluster_id_.value_or("unknown"),
                    metadata->brokers.size(), metadata->topics.size()));
    if (metadata->brokers.empty())
      steps_.failed(StepKind::kBroker, "", "Metadata lists none", "see the brokers' own logs");
    const auto broker = check_brokers(*metadata, reachable.servers);
    // The first of the brokers stands for all.
    if (!broker) return skip_questions(steps_, at + 1);
    check_questions(*client, reachable, *metadata, *broker, grant(), steps_);
  }

  /// Whether the brokers can be reached where they say they are. `known`: servers that were tried
  /// with success. Returns a broker that can be reached.
  std::optional<BrokerId> check_brokers(const ClusterStatement& metadata,
                                        const std::vector<std::string>& known) {
    std::vector<Target> targets;
    std::vector<std::string> servers;
    for (const auto& broker : metadata.brokers) {
      targets.push_back({broker.host, std::to_string(broker.port)});
      const bool is_v6 = broker.host.find(':') != std::string::npos;
      const auto host = is_v6 ? "[" + broker.host + "]" : broker.host;
      servers.push_back(fmt::format("{}:{}", host, broker.port));
    }
    const auto dialed = dial(targets, family_, timeout_);
    const auto reaches = probe(servers, [&](std::size_t i) {
      return dialed[i].connected() && std::ranges::find(known, servers[i]) == known.end();
    });
    std::optional<BrokerId> reachable;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto& broker = metadata.brokers[i];
      const auto subject = fmt::format("{}, advertised as {}", broker.id.value, servers[i]);
      if (!dialed[i].connected()) {
        steps_.failed(
            StepKind::kBroker, subject,
            dialed[i].name_error.empty() ? refusals(dialed[i]) : "name: " + dialed[i].name_error,
            fmt::format("see that broker {0} runs; clients use the address that it advertises, so "
                        "advertised.listeners of broker {0} must name one that this machine can "
                        "resolve and reach",
                        broker.id.value));
      } else if (const auto broken = broken_step(servers[i], reaches[i])) {
        steps_.failed(StepKind::kBroker, subject, title(*broken) + ": " + broken->detail,
                      broken->help);
      } else {
        steps_.ok(StepKind::kBroker, subject, connections(dialed[i]));
        if (!reachable || broker.id == metadata.by) reachable = broker.id;
      }
    }
    return reachable;
  }

  /// The step at which a connection broke, if it was tried and did.
  std::optional<Step> broken_step(const std::string& server,
                                  const std::optional<Reach>& reach) const {
    if (!reach) return std::nullopt;
    Steps steps;
    add_reach(steps, server, security_, *reach, patience_);
    const auto found = std::ranges::find(steps.all(), Outcome::kFailed, &Step::outcome);
    if (found == steps.all().end()) return std::nullopt;
    return *found;
  }

  Grant grant() const {
    std::string principal = "User:NAME";
    if (const auto user = property(cluster_, "sasl.username"); security_.sasl && !user.empty())
      principal = "User:" + user;
    return [principal = shell_quoted(principal), server = shell_quoted(cluster_.servers.front())](
               std::string_view resource, std::string_view operation) {
      return acl_command(resource, operation, principal, server);
    };
  }

  const config::Cluster& cluster_;
  Security security_;
  AddressFamily family_;
  std::chrono::milliseconds timeout_;
  /// For a connection, which takes several answers to come up.
  std::chrono::milliseconds patience_;
  Steps steps_;
  std::optional<std::string> cluster_id_;
};

}  // namespace

ClusterCheck check_cluster(const config::Cluster& cluster) { return Checker{cluster}.check(); }

}  // namespace kie::kafka
