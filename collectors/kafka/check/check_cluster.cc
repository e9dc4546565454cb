#include "collectors/kafka/check/check_cluster.h"

#include "collectors/kafka/acl.h"
#include "collectors/kafka/check/connection_checks.h"
#include "collectors/kafka/check/connection_probe.h"
#include "collectors/kafka/check/dial.h"
#include "collectors/kafka/check/request_checks.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/redact.h"

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
std::string refusals(const DialResult& dialed) {
  std::vector<std::string> texts;
  for (const auto& [address, error] : dialed.attempts)
    if (!error.empty()) texts.push_back(fmt::format("{}: {}", address, error));
  return join(texts);
}

/// The addresses that connected first, then those that did not.
std::string connections(const DialResult& dialed) {
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
    ClusterCheck result{cluster_.place, cluster_.name, cluster_.servers, cluster_id_,
                        report_.all()};
    for (auto& check : result.checks) {
      check.detail = redact(std::move(check.detail), cluster_.librdkafka);
      check.help = redact(std::move(check.help), cluster_.librdkafka);
    }
    return result;
  }

 private:
  CheckId check_configuration() {
    auto client = Client::create(cluster_, [](auto, auto, auto) {});
    if (client)
      return report_.ok(CheckKind::kConfiguration, "", "librdkafka " + librdkafka_version());
    return report_.failed(CheckKind::kConfiguration, "",
                          cluster_.place.text() + ": librdkafka refuses it: " + client.error().text,
                          "correct [cluster.librdkafka], or the file that it names");
  }

  /// The last check of each server.
  std::vector<CheckId> check_servers(CheckId configuration) {
    std::vector<Target> targets;
    targets.reserve(cluster_.servers.size());
    for (const auto& server : cluster_.servers) targets.push_back(parse_target(server));
    const auto dialed = dial(targets, family_, timeout_);

    const auto attempts = probe(cluster_.servers, [&](std::size_t i) {
      return report_.is_ok(configuration) && dialed[i].connected();
    });

    std::vector<CheckId> last;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto& server = cluster_.servers[i];
      auto at = add_dialed(server, dialed[i]);
      if (!report_.is_ok(configuration) && report_.is_ok(at)) at = configuration;
      const auto& attempt = attempts[i];
      last.push_back(attempt
                         ? add_connection_checks(report_, server, security_, *attempt, patience_)
                         : skip_connection_checks(report_, server, security_, at));
    }
    return last;
  }

  /// Connects to those of the servers that are wanted. Many at once: one that keeps silent must not
  /// hold up the others; but not all, for each client has its threads and files.
  std::vector<std::optional<ConnectionAttempt>> probe(
      const std::vector<std::string>& servers,
      const std::function<bool(std::size_t)>& wanted) const {
    static constexpr std::size_t kAtOnce = 32;
    std::vector<std::optional<ConnectionAttempt>> attempts(servers.size());
    for (std::size_t first = 0; first < servers.size(); first += kAtOnce) {
      std::map<std::size_t, ConnectionProbe> probes;
      for (auto i = first; i < std::min(first + kAtOnce, servers.size()); ++i)
        if (wanted(i))
          if (auto started = ConnectionProbe::start(cluster_, servers[i]))
            probes.emplace(i, std::move(*started));
      const auto deadline = ConnectionProbe::Clock::now() + patience_;
      for (auto& [i, one] : probes) attempts[i] = one.wait(deadline);
    }
    return attempts;
  }

  CheckId add_dialed(const std::string& server, const DialResult& dialed) {
    if (!dialed.name_error.empty()) {
      const auto name = report_.failed(CheckKind::kName, server, dialed.name_error,
                                       "correct the name, or this machine's /etc/hosts or DNS");
      return report_.skipped(CheckKind::kTcp, server, name);
    }
    report_.ok(CheckKind::kName, server, dialed.addresses());
    if (dialed.connected()) return report_.ok(CheckKind::kTcp, server, connections(dialed));
    return report_.failed(CheckKind::kTcp, server, refusals(dialed),
                          "see that Kafka runs and listens there, that the port is right, and that "
                          "no firewall is between");
  }

  void check_cluster(const std::vector<CheckId>& servers) {
    config::Cluster reachable = cluster_;
    reachable.servers.clear();
    for (std::size_t i = 0; i < servers.size(); ++i)
      if (report_.is_ok(servers[i])) reachable.servers.push_back(cluster_.servers[i]);
    if (reachable.servers.empty()) {
      const auto metadata =
          servers.size() == 1
              ? report_.skipped(CheckKind::kMetadata, "", servers.front())
              : report_.skipped(CheckKind::kMetadata, "", "waits for any of the servers");
      return skip_request_checks(report_, metadata);
    }
    // Servers that failed were told of; here they would only cost time.
    const auto client = Client::create(reachable, [](auto, auto, auto) {});
    auto metadata = client ? ask_metadata(*client, config::TopicFilter{}, patience_)
                           : tl::make_unexpected(client.error());
    if (!metadata) {
      // Before a login a server answers nothing but which questions it knows.
      const auto failed = report_.failed(
          CheckKind::kMetadata, "", metadata.error().text,
          security_.sasl ? kSlowHelp
                         : std::string("if the listener wants a login, set security.protocol and "
                                       "sasl.mechanism; if not, ") +
                               kSlowHelp);
      return skip_request_checks(report_, failed);
    }
    cluster_id_ = client->cluster_id();
    const auto at = report_.ok(
        CheckKind::kMetadata, "",
        fmt::format("cluster id {}, {} brokers, {} topics", cluster_id_.value_or("unknown"),
                    metadata->brokers.size(), metadata->topics.size()));
    if (metadata->brokers.empty())
      report_.failed(CheckKind::kBroker, "", "Metadata lists none", "see the brokers' own logs");
    const auto broker = check_brokers(*metadata, reachable.servers);
    // The first of the brokers stands for all.
    if (!broker) return skip_request_checks(report_, at + 1);
    add_request_checks(*client, reachable, *metadata, *broker, grant(), report_);
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
    const auto attempts = probe(servers, [&](std::size_t i) {
      return dialed[i].connected() && std::ranges::find(known, servers[i]) == known.end();
    });
    std::optional<BrokerId> reachable;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto& broker = metadata.brokers[i];
      const auto subject = fmt::format("{}, advertised as {}", broker.id.value, servers[i]);
      if (!dialed[i].connected()) {
        report_.failed(
            CheckKind::kBroker, subject,
            dialed[i].name_error.empty() ? refusals(dialed[i]) : "name: " + dialed[i].name_error,
            fmt::format("see that broker {0} runs; clients use the address that it advertises, so "
                        "advertised.listeners of broker {0} must name one that this machine can "
                        "resolve and attempt",
                        broker.id.value));
      } else if (const auto broken = broken_step(servers[i], attempts[i])) {
        report_.failed(CheckKind::kBroker, subject, title(*broken) + ": " + broken->detail,
                       broken->help);
      } else {
        report_.ok(CheckKind::kBroker, subject, connections(dialed[i]));
        if (!reachable || broker.id == metadata.by) reachable = broker.id;
      }
    }
    return reachable;
  }

  /// The check at which a connection broke, if it was tried and did.
  std::optional<Check> broken_step(const std::string& server,
                                   const std::optional<ConnectionAttempt>& attempt) const {
    if (!attempt) return std::nullopt;
    CheckReport report;
    add_connection_checks(report, server, security_, *attempt, patience_);
    const auto found = std::ranges::find(report.all(), Outcome::kFailed, &Check::outcome);
    if (found == report.all().end()) return std::nullopt;
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
  CheckReport report_;
  std::optional<std::string> cluster_id_;
};

}  // namespace

ClusterCheck check_cluster(const config::Cluster& cluster) { return Checker{cluster}.check(); }

}  // namespace kie::kafka
