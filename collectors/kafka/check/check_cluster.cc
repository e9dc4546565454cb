#include "collectors/kafka/check/check_cluster.h"

#include "collectors/kafka/acl.h"
#include "collectors/kafka/check/connection_checks.h"
#include "collectors/kafka/check/connection_probe.h"
#include "collectors/kafka/check/dial.h"
#include "collectors/kafka/check/request_checks.h"
#include "collectors/kafka/check/server_clusters.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/redact.h"
#include "collectors/model/address.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace kie::kafka {
namespace {

std::string property(const config::ClusterConfig& cluster, std::string_view name) {
  const auto found = std::ranges::find(cluster.librdkafka, name, &config::Property::name);
  return found == cluster.librdkafka.end() ? "" : found->value.reveal();
}

/// The CAs that librdkafka trusts. In the order in which it reads the properties.
std::string authorities_of(const config::ClusterConfig& cluster) {
  if (!property(cluster, "ssl.ca.pem").empty()) return "ssl.ca.pem";
  const auto location = property(cluster, "ssl.ca.location");
  if (location.empty() || location == "probe")
    return "those of this machine, as ssl.ca.location is not set";
  return "ssl.ca.location, " + location;
}

Security security_of(const config::ClusterConfig& cluster) {
  auto protocol = property(cluster, "security.protocol");
  std::ranges::transform(protocol, protocol.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto is_set = [&](const char* name) { return !property(cluster, name).empty(); };
  return {.tls = protocol == "ssl" || protocol == "sasl_ssl",
          .sasl = protocol.starts_with("sasl"),
          .has_client_certificate = is_set("ssl.certificate.location") ||
                                    is_set("ssl.certificate.pem") ||
                                    is_set("ssl.keystore.location"),
          .authorities = authorities_of(cluster)};
}

AddressFamily family_of(const config::ClusterConfig& cluster) {
  const auto family = property(cluster, "broker.address.family");
  if (family == "v4") return AddressFamily::kV4;
  if (family == "v6") return AddressFamily::kV6;
  return AddressFamily::kAny;
}

std::string join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) {
    if (!joined.empty()) joined += "; ";
    joined += text;
  }
  return joined;
}

/// The errors of a host's addresses.
std::string refusals(const DialResult& dial_result) {
  std::vector<std::string> texts;
  for (const auto& [address, error] : dial_result.attempts)
    if (!error.empty()) texts.push_back(model::format_host(address) + ": " + error);
  return join(texts);
}

/// The addresses that connected first, then those that did not.
std::string connections(const DialResult& dial_result) {
  std::vector<std::string> texts;
  for (const auto& [address, error] : dial_result.attempts)
    if (error.empty()) texts.push_back(address);
  if (const auto refused = refusals(dial_result); !refused.empty())
    texts.push_back("not " + refused);
  return join(texts);
}

constexpr const char* kSlowHelp =
    "give it more time with request_timeout, and see the brokers' own logs";

class Checker {
 public:
  explicit Checker(const config::ClusterConfig& cluster)
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
    auto client = KafkaClient::create(cluster_, [](auto, auto, auto) {});
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
    const auto dial_result = dial(targets, family_, timeout_);

    const auto attempts = probe(cluster_.servers, [&](std::size_t i) {
      return report_.is_ok(configuration) && dial_result[i].connected();
    });
    clusters_ = clusters_of(cluster_.servers, attempts);

    std::vector<CheckId> last;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto& server = cluster_.servers[i];
      auto at = add_dial_result(server, dial_result[i]);
      if (!report_.is_ok(configuration) && report_.is_ok(at)) at = configuration;
      const auto& attempt = attempts[i];
      last.push_back(attempt
                         ? add_connection_checks(report_, server, security_, *attempt, patience_)
                         : skip_connection_checks(report_, server, security_, at));
    }
    return last;
  }

  std::vector<std::optional<ConnectionAttempt>> probe(
      const std::vector<std::string>& servers,
      const std::function<bool(std::size_t)>& wanted) const {
    return probe_connections(cluster_, servers, wanted, patience_);
  }

  CheckId add_dial_result(const std::string& server, const DialResult& dial_result) {
    if (!dial_result.name_error.empty()) {
      const auto name = report_.failed(CheckKind::kName, server, dial_result.name_error,
                                       "correct the name, or this machine's /etc/hosts or DNS");
      return report_.skipped(CheckKind::kTcp, server, name);
    }
    report_.ok(CheckKind::kName, server, dial_result.addresses());
    if (dial_result.connected())
      return report_.ok(CheckKind::kTcp, server, connections(dial_result));
    return report_.failed(CheckKind::kTcp, server, refusals(dial_result),
                          "see that Kafka runs and listens there, that the port is right, and that "
                          "no firewall blocks it");
  }

  void check_cluster(const std::vector<CheckId>& servers) {
    config::ClusterConfig reachable = cluster_;
    reachable.servers.clear();
    for (std::size_t i = 0; i < servers.size(); ++i)
      if (report_.is_ok(servers[i])) reachable.servers.push_back(cluster_.servers[i]);
    if (const auto refused = check_one_cluster())
      return skip_request_checks(report_, report_.skipped(CheckKind::kMetadata, "", *refused));
    if (reachable.servers.empty()) {
      const auto metadata =
          servers.size() == 1
              ? report_.skipped(CheckKind::kMetadata, "", servers.front())
              : report_.skipped(CheckKind::kMetadata, "", "waits for any of the servers");
      return skip_request_checks(report_, metadata);
    }
    // Servers that failed were reported; here they would only cost time.
    auto made = KafkaClient::create(reachable, [](auto, auto, auto) {});
    if (!made)
      return skip_request_checks(
          report_, report_.failed(CheckKind::kMetadata, "", made.error().text, kSlowHelp));
    const auto client = std::make_shared<const KafkaClient>(std::move(*made));
    const auto metadata = read_metadata(*client);
    if (!metadata) {
      // Before a login a server answers only ApiVersions.
      const auto failed = report_.failed(
          CheckKind::kMetadata, "", metadata.error().text,
          security_.sasl ? kSlowHelp
                         : std::string("if the listener wants a login, set security.protocol and "
                                       "sasl.mechanism; if not, ") +
                               kSlowHelp);
      return skip_request_checks(report_, failed);
    }
    cluster_id_ = metadata->cluster_id;
    const auto at = report_.ok(
        CheckKind::kMetadata, "",
        fmt::format("cluster id {}, {} brokers, {} topics", cluster_id_.value_or("unknown"),
                    metadata->brokers.size(), metadata->topics.size()));
    if (metadata->brokers.empty())
      report_.failed(CheckKind::kBroker, "", "Metadata lists none", "see the brokers' own logs");
    const auto brokers = check_brokers(*metadata, reachable.servers);
    // The first broker is asked for all.
    if (brokers.empty()) return skip_request_checks(report_, at + 1);
    if (const auto shared = check_addresses(metadata->brokers))
      return skip_request_checks(report_, *shared);
    add_request_checks(client, reachable, *metadata, brokers, grant(), report_);
  }

  Result<BrokerView> read_metadata(const KafkaClient& client) const {
    const config::TopicFilter all;
    BrokerTimeouts timeouts{patience_, patience_};
    RequestBatch batch{client, timeouts, patience_};
    Result<BrokerView> metadata = tl::make_unexpected(make_error(RD_KAFKA_RESP_ERR__TIMED_OUT));
    ask_metadata(batch, kAnyBroker, all, [&](auto answer) { metadata = std::move(answer); });
    batch.await();
    return metadata;
  }

  /// Checks that the servers that answered are of one cluster. Returns the check if they are not.
  std::optional<CheckId> check_one_cluster() {
    if (clusters_.size() < 2) return std::nullopt;
    static constexpr auto kKind = CheckKind::kOneCluster;
    if (const auto mixed = find_mixed_clusters(clusters_))
      return report_.failed(
          kKind, "", "they are of several: " + *mixed,
          "let `servers` name brokers of one cluster alone, and make a [[cluster]] "
          "for each other one; an address may have moved to another cluster");
    report_.ok(kKind, "", clusters_.front().cluster_id);
    return std::nullopt;
  }

  /// Checks that the brokers have different addresses: a client that connects to an address of
  /// several, such as a load balancer's, reaches any of them. Returns the check if they do not.
  std::optional<CheckId> check_addresses(const std::vector<model::BrokerSnapshot>& brokers) {
    if (brokers.size() < 2) return std::nullopt;
    std::map<std::string, std::vector<std::int32_t>> ids;
    for (const auto& broker : brokers)
      ids[model::format_address(broker.host, broker.port)].push_back(broker.id.value);
    std::vector<std::string> shared;
    for (const auto& [address, owners] : ids)
      if (owners.size() > 1)
        shared.push_back(
            fmt::format("brokers {} all advertise {}", fmt::join(owners, ", "), address));
    static constexpr auto kKind = CheckKind::kAddresses;
    if (!shared.empty())
      return report_.failed(
          kKind, "", join(shared),
          "a client must be able to reach each broker by itself: let advertised.listeners differ "
          "for each of them, by host or port, also behind a load balancer or proxy");
    report_.ok(kKind, "", fmt::format("{} brokers", brokers.size()));
    return std::nullopt;
  }

  /// Checks that the brokers can be reached at their advertised addresses. `known`: servers that
  /// were reached already. Returns the brokers that can be reached, first the one that answered.
  std::vector<BrokerId> check_brokers(const BrokerView& metadata,
                                      const std::vector<std::string>& known) {
    std::vector<Target> targets;
    std::vector<std::string> servers;
    for (const auto& broker : metadata.brokers) {
      targets.push_back({broker.host, std::to_string(broker.port)});
      servers.push_back(model::format_address(broker.host, broker.port));
    }
    const auto dial_result = dial(targets, family_, timeout_);
    const auto attempts = probe(servers, [&](std::size_t i) {
      return dial_result[i].connected() && std::ranges::find(known, servers[i]) == known.end();
    });
    std::vector<BrokerId> reachable;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto& broker = metadata.brokers[i];
      const auto subject = fmt::format("{}, advertised as {}", broker.id.value, servers[i]);
      if (!dial_result[i].connected()) {
        report_.failed(
            CheckKind::kBroker, subject,
            dial_result[i].name_error.empty() ? refusals(dial_result[i])
                                              : "name: " + dial_result[i].name_error,
            fmt::format("see that broker {0} runs; clients use the address that it advertises, so "
                        "advertised.listeners of broker {0} must name one that this machine can "
                        "resolve and reach",
                        broker.id.value));
      } else if (const auto broken = broken_check(servers[i], attempts[i])) {
        report_.failed(CheckKind::kBroker, subject, title(*broken) + ": " + broken->detail,
                       broken->help);
      } else if (const auto other = other_cluster(attempts[i])) {
        report_.failed(CheckKind::kBroker, subject,
                       "a broker of another cluster answers there: " + *other,
                       fmt::format("let advertised.listeners of broker {} name the broker's own "
                                   "address",
                                   broker.id.value));
      } else {
        report_.ok(CheckKind::kBroker, subject, connections(dial_result[i]));
        reachable.insert(broker.id == metadata.by ? reachable.begin() : reachable.end(), broker.id);
      }
    }
    return reachable;
  }

  /// The check at which a connection broke, if it was tried and did.
  std::optional<Check> broken_check(const std::string& server,
                                    const std::optional<ConnectionAttempt>& attempt) const {
    if (!attempt) return std::nullopt;
    CheckReport report;
    add_connection_checks(report, server, security_, *attempt, patience_);
    const auto found = std::ranges::find(report.all(), Outcome::kFailed, &Check::outcome);
    if (found == report.all().end()) return std::nullopt;
    return *found;
  }

  /// The cluster that a connection reached, if it is not this one.
  std::optional<std::string> other_cluster(const std::optional<ConnectionAttempt>& attempt) const {
    if (!attempt || !cluster_id_ || attempt->cluster_id == cluster_id_) return std::nullopt;
    return attempt->cluster_id;
  }

  Grant grant() const {
    std::string principal = "User:NAME";
    if (const auto user = property(cluster_, "sasl.username"); security_.sasl && !user.empty())
      principal = "User:" + user;
    return [principal, server = cluster_.servers.front()](const std::vector<std::string>& topics,
                                                          std::string_view operation) {
      return acl_command(topics, operation, principal, server);
    };
  }

  const config::ClusterConfig& cluster_;
  Security security_;
  AddressFamily family_;
  std::chrono::milliseconds timeout_;
  /// For a connection, which needs several answers.
  std::chrono::milliseconds patience_;
  CheckReport report_;
  /// Of the servers that answered Metadata.
  std::vector<ServerCluster> clusters_;
  std::optional<std::string> cluster_id_;
};

}  // namespace

ClusterCheck check_cluster(const config::ClusterConfig& cluster) {
  return Checker{cluster}.check();
}

}  // namespace kie::kafka
