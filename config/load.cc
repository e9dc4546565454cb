#include "config/load.h"

#include "config/section.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <tuple>
#include <utility>

namespace kie::config {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Properties with a file that librdkafka reads only when its handle is created.
constexpr std::array<std::string_view, 5> kReadOnce{"ssl.ca.location", "ssl.certificate.location",
                                                    "ssl.crl.location", "ssl.key.location",
                                                    "ssl.keystore.location"};

/// Reads [cluster.librdkafka]. TOML makes tables of unquoted dotted keys, so both sasl.password =
/// "..." and "sasl.password" = "..." are accepted.
class PropertyReader {
 public:
  PropertyReader(Context& context, std::vector<Property>& out) : context_(context), out_(out) {}

  void read(const toml::table& table, const std::string& prefix = {}) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const auto* below = node.as_table()) {
        read(*below, name + ".");
      } else if (auto value = scalar(name, node)) {
        add(name, std::move(*value), context_.place(key.source()), node);
      }
    }
  }

 private:
  std::optional<std::string> scalar(const std::string& name, const toml::node& node) {
    if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
    if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
    if (node.is_string()) return context_.text(node, name);
    context_.problem(node,
                     name + " must be a string, an integer or a boolean, not " + type_name(node));
    return std::nullopt;
  }

  void add(std::string name, std::string value, SourceLocation place, const toml::node& node) {
    static constexpr std::string_view kFile = "_file";
    if (name.ends_with(kFile)) {
      auto content = context_.load_context.read_file(value);
      if (!content) {
        // Not its name: if only "_file" was added to the key, the value is still the secret.
        context_.problem(node, name + ": cannot read the file: " + content.error());
        return;
      }
      // Editors and `echo` end a file with a line feed that is not part of the secret.
      while (content->ends_with('\n') || content->ends_with('\r')) content->pop_back();
      name.resize(name.size() - kFile.size());
      value = std::move(*content);
    }
    for (const auto& earlier : out_)
      if (earlier.name == name) {
        context_.problem(
            node, name + " is given twice; the other one is in " + earlier.place.line_text());
        return;
      }
    Secret secret{std::move(value)};
    if (const auto wrong = context_.load_context.check_property(name, secret)) {
      context_.problem(node, *wrong);
      return;
    }
    const auto hash = content_hash(name, secret.reveal());
    out_.push_back({std::move(name), std::move(secret), std::move(place), hash});
  }

  /// Errors are reported by librdkafka; some properties may name a directory.
  std::size_t content_hash(const std::string& name, const std::string& path) const {
    if (std::ranges::find(kReadOnce, name) == kReadOnce.end()) return 0;
    const auto content = context_.load_context.read_file(path);
    return content ? std::hash<std::string>{}(*content) : 0;
  }

  Context& context_;
  std::vector<Property>& out_;
};

constexpr WordTable<LogLevel, 4> kLogLevels{{{"debug", LogLevel::kDebug},
                                             {"info", LogLevel::kInfo},
                                             {"warn", LogLevel::kWarn},
                                             {"error", LogLevel::kError}}};
constexpr WordTable<LogFormat, 2> kLogFormats{
    {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}}};
constexpr WordTable<PartitionMetrics, 3> kPartitionMetrics{
    {{"all", PartitionMetrics::kAll},
     {"unhealthy", PartitionMetrics::kUnhealthy},
     {"none", PartitionMetrics::kNone}}};

constexpr std::string_view kUnix = "unix:";

/// 16 MiB hold the state of 50,000 partitions and leave room for events.
constexpr std::int64_t kLeastHistory = 16LL << 20;
constexpr std::int64_t kMostHistory = 1LL << 40;

/// System calls ignore what follows a zero byte.
std::optional<std::string> check_path(const std::string& path) {
  if (path.find('\0') == std::string::npos) return std::nullopt;
  return "a path has no zero byte in it";
}

/// `needs_servers`: they are not set by a flag.
ClusterConfig read_cluster(Context& context, const toml::table& table, bool needs_servers) {
  ClusterConfig cluster;
  cluster.place = context.place(table.source());
  Section section{context, table, "cluster"};
  section.text("name", cluster.name, [](const std::string& name) -> std::optional<std::string> {
    if (!name.empty() && name.size() <= 200 && is_utf8(name)) return std::nullopt;
    return "a name has 1 to 200 bytes of UTF-8; leave the key out for none";
  });
  const auto* servers = table.get_as<toml::array>("servers");
  if (needs_servers && (servers == nullptr ? !table.contains("servers") : servers->empty()))
    context.problem(table,
                    "the [[cluster]] has no servers: add servers = [\"HOST:PORT\"] or give "
                    "--kafka.server HOST:PORT");
  section.texts("servers", [&](const std::string& server, const toml::node& node) {
    if (const auto wrong = check_server(server)) context.problem(node, *wrong);
    cluster.servers.push_back(server);
  });
  section.duration("poll_interval", cluster.poll_interval, seconds{1}, minutes{1});
  section.duration("watch_interval", cluster.watch_interval, seconds{1}, hours{1});
  section.duration("request_timeout", cluster.request_timeout, milliseconds{100}, minutes{1});
  section.duration("config_interval", cluster.config_interval, seconds{1}, hours{24});
  cluster.expected_brokers = section.integer("expected_brokers", 1, 100'000);
  section.texts("topic_include", [&](const std::string& expression, const toml::node& node) {
    if (const auto wrong = cluster.topics.include(expression))
      context.problem(node, "topic_include: bad regular expression: " + *wrong);
  });
  section.texts("topic_exclude", [&](const std::string& expression, const toml::node& node) {
    if (const auto wrong = cluster.topics.exclude(expression))
      context.problem(node, "topic_exclude: bad regular expression: " + *wrong);
  });
  section.word("partition_metrics", cluster.partition_metrics, kPartitionMetrics);
  section.boolean("compatible_metrics", cluster.compatible_metrics);
  if (const auto value = section.integer("max_series", 100, 100'000'000))
    cluster.max_series = *value;
  if (const auto* properties = section.table("librdkafka"))
    PropertyReader{context, cluster.librdkafka}.read(*properties);
  section.finish();
  return cluster;
}

void read_clusters(Context& context, Section& root, bool need_servers, Config& config) {
  const auto* node = root.find("cluster");
  if (node == nullptr) return;
  const auto* array = node->as_array();
  if (array == nullptr || !array->is_array_of_tables()) {
    context.problem(*node, "a cluster is written as [[cluster]], with two brackets");
    return;
  }
  for (const auto& element : *array) {
    config.clusters.push_back(read_cluster(context, *element.as_table(), need_servers));
  }
}

std::optional<std::string> check_ingest_address(const std::string& address) {
  if (address.empty()) return std::nullopt;
  if (!address.starts_with(kUnix)) return check_listen_address(address);
  // The kernel's limit, with the terminating byte.
  const auto path = address.substr(kUnix.size());
  if (path.empty() || path.size() > 107 || path.find_first_of(",:") != std::string::npos)
    return "a Unix socket's path has 1 to 107 bytes, no comma and no colon";
  // CivetWeb reads "443s" in its list of ports as a port with TLS, also in the middle of a path.
  for (std::size_t i = 1; i < path.size(); ++i)
    if (path[i - 1] >= '0' && path[i - 1] <= '9' && (path[i] == 's' || path[i] == 'r'))
      return "a Unix socket's path may not have a digit before an \"s\" or an \"r\"";
  return std::nullopt;
}

/// The one line of a token file. No message contains it, nor the file's name, which may be the
/// token by mistake.
std::optional<Secret> read_token(Context& context, const toml::node& node,
                                 const std::string& path) {
  auto content = context.load_context.read_file(path);
  if (!content) {
    context.problem(node, "ingest.token_file: cannot read the file: " + content.error());
    return std::nullopt;
  }
  content->erase(content->find_last_not_of(" \t\r\n") + 1);
  const bool is_token = !content->empty() &&
                        std::ranges::all_of(*content, [](char c) { return c > ' ' && c < 0x7f; });
  if (is_token) return Secret{std::move(*content)};
  context.problem(node,
                  "ingest.token_file: the file must have one line of printable ASCII without "
                  "spaces");
  return std::nullopt;
}

void read_ingest(Context& context, const toml::table& table, IngestConfig& ingest) {
  Section section{context, table, "ingest"};
  section.text("listen_address", ingest.listen_address, check_ingest_address);
  section.boolean("allow_anonymous", ingest.allow_anonymous);
  std::string token_file;
  section.text("token_file", token_file, check_path);
  if (!token_file.empty())
    if (auto token = read_token(context, *table.get("token_file"), token_file))
      ingest.token = std::move(*token);
  section.size("max_body", ingest.max_body, 64LL << 10, 1LL << 30);
  section.size("max_inflated", ingest.max_inflated, 64LL << 10, 1LL << 30);
  const auto number = [&](const char* key, std::int64_t& out, std::int64_t least,
                          std::int64_t most) {
    if (const auto value = section.integer(key, least, most)) out = *value;
  };
  number("max_clients", ingest.max_clients, 1, 100'000);
  number("max_instances", ingest.max_instances, 1, 1'000'000);
  number("max_label", ingest.max_label, 16, 4'096);
  number("max_offsets", ingest.max_offsets, 100, 10'000'000);
  section.finish();
  if (!ingest.listen_address.empty() && !table.contains("token_file") && !ingest.allow_anonymous)
    context.problem(table,
                    "[ingest] needs token_file, or allow_anonymous = true if every client that "
                    "reaches the address may send");
  if (table.contains("token_file") && ingest.allow_anonymous)
    context.problem(table, "[ingest] has a token_file and allow_anonymous: only one can be meant");
}

void read_exemption(Context& context, const toml::table& table, RiskConfig& risk) {
  Exemption exemption;
  std::string name;
  Section section{context, table, "risk.exempt"};
  section.text("rule", exemption.rule, [&](const std::string& id) -> std::optional<std::string> {
    if (context.load_context.is_rule(id)) return std::nullopt;
    return "there is no rule " + in_quotes(id) + "; lint --rules has all";
  });
  section.text("name", name, [&](const std::string& expression) -> std::optional<std::string> {
    if (auto wrong = exemption.names.include(expression))
      return "bad regular expression: " + *wrong;
    return std::nullopt;
  });
  section.text("reason", exemption.reason,
               [](const std::string& reason) -> std::optional<std::string> {
                 if (!reason.empty() && reason.size() <= 500 && is_utf8(reason))
                   return std::nullopt;
                 return "a reason has 1 to 500 bytes of UTF-8";
               });
  section.finish();
  for (const char* key : {"rule", "name", "reason"})
    if (!table.contains(key))
      context.problem(
          table, "[[risk.exempt]] needs rule, name and reason; there is no " + std::string(key));
  risk.exemptions.push_back(std::move(exemption));
}

void read_risk(Context& context, const toml::table& table, RiskConfig& risk) {
  Section section{context, table, "risk"};
  section.duration("min_producer_id_expiration", risk.min_producer_id_expiration, seconds{1},
                   days{365});
  section.duration("min_transactional_id_expiration", risk.min_transactional_id_expiration,
                   seconds{1}, days{365});
  milliseconds idle_gap{};
  section.duration("producer_idle_gap", idle_gap, seconds{1}, days{365});
  if (table.contains("producer_idle_gap")) risk.producer_idle_gap = idle_gap;
  section.duration("max_lag_time", risk.max_lag_time, seconds{1}, hours{24});
  section.duration("min_delivery_timeout", risk.min_delivery_timeout, seconds{1}, hours{24});
  section.duration("min_retry_time", risk.min_retry_time, seconds{1}, hours{24});
  if (const auto value = section.integer("max_new_producers", 1, 1'000'000))
    risk.max_new_producers = *value;
  if (const auto* node = section.find("exempt")) {
    const auto* array = node->as_array();
    if (array == nullptr || !array->is_array_of_tables()) {
      context.problem(*node, "an exemption is written as [[risk.exempt]], with two brackets");
    } else {
      for (const auto& element : *array) read_exemption(context, *element.as_table(), risk);
    }
  }
  section.finish();
}

void read_file(Context& context, const toml::table& table, bool need_servers, Config& config) {
  Section root{context, table, ""};
  if (const auto* web = root.table("web")) {
    Section section{context, *web, "web"};
    std::vector<std::string> addresses;
    section.text_or_texts("listen_address", [&](const std::string& text, const toml::node& node) {
      if (const auto wrong = check_listen_address(text))
        context.problem(node, "web.listen_address: " + *wrong);
      addresses.push_back(text);
    });
    if (!addresses.empty()) config.web.listen_addresses = std::move(addresses);
    section.text("telemetry_path", config.web.telemetry_path, check_telemetry_path);
    if (const auto value = section.integer("max_connections", 2, 1024))
      config.web.max_connections = *value;
    section.duration("request_timeout", config.web.request_timeout, milliseconds{100}, minutes{5});
    section.boolean("enable_lifecycle", config.web.enable_lifecycle);
    section.finish();
  }
  if (const auto* log = root.table("log")) {
    Section section{context, *log, "log"};
    section.word("level", config.log.level, kLogLevels);
    section.word("format", config.log.format, kLogFormats);
    section.finish();
  }
  if (const auto* history = root.table("history")) {
    Section section{context, *history, "history"};
    section.text("file", config.history.file, check_path);
    section.duration("max_age", config.history.max_age, hours{1}, days{3650});
    section.size("max_size", config.history.max_size, kLeastHistory, kMostHistory);
    section.finish();
  }
  if (const auto* ingest = root.table("ingest")) read_ingest(context, *ingest, config.ingest);
  if (const auto* risk = root.table("risk")) read_risk(context, *risk, config.risk);
  read_clusters(context, root, need_servers, config);
  for (auto& cluster : config.clusters) cluster.risk = config.risk;
  root.finish();
}

void apply_flags(const Flags& flags, Config& config, ConfigErrors& problems) {
  const auto check = [&](const char* flag, const std::optional<std::string>& wrong) {
    if (wrong) problems.push_back({SourceLocation{flag}, *wrong});
  };
  if (!flags.listen_addresses.empty()) {
    config.web.listen_addresses = flags.listen_addresses;
    for (const auto& address : flags.listen_addresses)
      check("--web.listen-address", check_listen_address(address));
  }
  if (flags.telemetry_path) {
    config.web.telemetry_path = *flags.telemetry_path;
    check("--web.telemetry-path", check_telemetry_path(*flags.telemetry_path));
  }
  if (flags.history_file) {
    config.history.file = *flags.history_file;
    check("--history.file", check_path(*flags.history_file));
  }
  if (flags.log_level)
    check("--log.level", take_word(*flags.log_level, kLogLevels, config.log.level));
  if (flags.log_format)
    check("--log.format", take_word(*flags.log_format, kLogFormats, config.log.format));
  if (flags.enable_lifecycle) config.web.enable_lifecycle = true;
  if (!flags.kafka_servers.empty()) {
    if (config.clusters.size() > 1)
      problems.push_back({SourceLocation{"--kafka.server"},
                          "the file has several [[cluster]], so the flag is ambiguous: put the "
                          "servers there"});
    if (config.clusters.empty()) {
      auto& cluster = config.clusters.emplace_back();
      cluster.place = {"--kafka.server"};
      cluster.risk = config.risk;
    }
    config.clusters.front().servers = flags.kafka_servers;
    for (const auto& server : flags.kafka_servers) check("--kafka.server", check_server(server));
  }
}

void check_whole(const Config& config, const std::string& source, ConfigErrors& problems) {
  // Errors in a cluster have been reported already.
  if (config.clusters.empty() && problems.empty())
    problems.push_back({SourceLocation{source},
                        "no cluster to watch: give --kafka.server HOST:PORT, or a [[cluster]] with "
                        "servers = [\"HOST:PORT\"] in --config.file"});
  if (config.clusters.size() < 2) return;
  std::map<std::string_view, const SourceLocation*> names;
  for (const auto& cluster : config.clusters) {
    if (cluster.name.empty()) {
      problems.push_back({cluster.place,
                          "of several [[cluster]] each needs a name, the label kafka_cluster that "
                          "tells their metrics apart"});
    } else if (const auto [first, is_new] = names.emplace(cluster.name, &cluster.place); !is_new) {
      problems.push_back({cluster.place, "the name " + in_quotes(cluster.name) +
                                             " is that of the [[cluster]] in " +
                                             first->second->line_text() + ", too"});
    }
  }
}

/// toml++'s message has a number that is too large, which may be a password without quotes.
std::string without_number(std::string description) {
  const auto end = description.find("' is not representable");
  const auto begin = description.find('\'');
  if (end != std::string::npos && begin < end)
    description.replace(begin, end + 1 - begin, "the number");
  return description;
}

/// In the order of the file, those of flags first.
void sort(ConfigErrors& problems) {
  std::ranges::sort(problems, {}, [](const ConfigError& problem) {
    return std::tie(problem.place.position, problem.what);
  });
}

tl::expected<Config, ConfigErrors> finish(Config config, const std::string& source,
                                          const Flags& flags, ConfigErrors problems) {
  apply_flags(flags, config, problems);
  check_whole(config, source, problems);
  sort(problems);
  if (!problems.empty()) return tl::make_unexpected(std::move(problems));
  return config;
}

}  // namespace

LoadContext real_load_context() {
  LoadContext real;
  real.environment = [](const std::string& name) -> std::optional<std::string> {
    // Read once, at start, before any thread that could change the environment.
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) return std::nullopt;
    return value;
  };
  real.read_file = [](const std::string& path) -> tl::expected<std::string, std::string> {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream content;
    // An empty file sets failbit on `<<`, so end of file decides.
    if (file && (file.peek() == std::ifstream::traits_type::eof() || content << file.rdbuf()))
      if (!file.bad()) return std::move(content).str();
    return tl::make_unexpected(std::generic_category().message(errno));
  };
  real.check_property = [](const std::string&, const Secret&) -> std::optional<std::string> {
    return std::nullopt;
  };
  return real;
}

tl::expected<Config, ConfigErrors> load_text(std::string_view toml, const std::string& source,
                                             const Flags& flags, const LoadContext& load_context) {
  Config config;
  ConfigErrors problems;
  Context context{source, load_context, problems};
  try {
    read_file(context, toml::parse(toml, source), flags.kafka_servers.empty(), config);
  } catch (const toml::parse_error& error) {
    problems.push_back(
        {context.place(error.source()), without_number(std::string(error.description()))});
  }
  return finish(std::move(config), source, flags, std::move(problems));
}

tl::expected<Config, ConfigErrors> load(const Flags& flags, const LoadContext& load_context) {
  if (!flags.config_file) return finish({}, "configuration", flags, {});
  const auto content = load_context.read_file(*flags.config_file);
  if (!content)
    return finish(
        {}, *flags.config_file, flags,
        {{SourceLocation{*flags.config_file}, "cannot read the file: " + content.error()}});
  return load_text(*content, *flags.config_file, flags, load_context);
}

}  // namespace kie::config
