#include "config/config.h"

#include "config/load.h"
#include "config/text.h"
#include "tests/fuzz/check.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace kie::config;

constexpr std::string_view kSecret = "correct horse battery staple";

LoadContext fake_surroundings() {
  LoadContext fake;
  fake.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "HOST") return "broker-1";
    if (name == "SHORT") return "1s";
    if (name == "EMPTY") return "";
    if (name == "ODD") return "${HOST} \n\"\\";
    return std::nullopt;
  };
  fake.read_file = [](const std::string& path) -> tl::expected<std::string, std::string> {
    if (path.starts_with("/secret")) return std::string(kSecret) + "\r\n";
    if (path == "/empty") return std::string{};
    return tl::make_unexpected(std::string{"no such file"});
  };
  fake.check_property = [](const std::string& name, const Secret&) -> std::optional<std::string> {
    if (name.starts_with("no.")) return "no such property \"" + name + "\"";
    return std::nullopt;
  };
  return fake;
}

bool is_in_file(const SourceLocation& place) {
  return place.position && place.position->line > 0 && place.position->column > 0;
}

void check_cluster(const ClusterConfig& cluster, bool one_of_several) {
  using namespace std::chrono_literals;
  KIE_CHECK(!one_of_several || !cluster.name.empty());
  KIE_CHECK(cluster.max_series >= 100);
  KIE_CHECK(!cluster.servers.empty());
  for (const auto& server : cluster.servers) KIE_CHECK(!check_server(server));
  KIE_CHECK(cluster.poll_interval >= 1s && cluster.staleness() >= 3s);
  KIE_CHECK(cluster.request_timeout >= 100ms && cluster.config_interval >= 1s);
  KIE_CHECK(cluster.watch_interval >= 1s);
  KIE_CHECK(cluster.expected_brokers.value_or(1) >= 1);
  for (const auto& property : cluster.librdkafka) {
    KIE_CHECK(is_in_file(property.place));
    KIE_CHECK(!property.name.starts_with("no."));
  }
  cluster.topics.matches("orders");
}

void check_config(const Config& config) {
  using namespace std::chrono_literals;
  KIE_CHECK(!config.web.listen_addresses.empty());
  for (const auto& address : config.web.listen_addresses) KIE_CHECK(!check_listen_address(address));
  KIE_CHECK(!check_telemetry_path(config.web.telemetry_path));
  KIE_CHECK(config.web.max_connections >= 2 && config.web.max_connections <= 1024);
  KIE_CHECK(config.web.request_timeout >= 100ms);
  KIE_CHECK(config.history.file.find('\0') == std::string::npos);
  KIE_CHECK(config.history.max_age >= 1h && config.history.max_size >= 16 << 20);
  KIE_CHECK(!config.clusters.empty());
  for (const auto& cluster : config.clusters) check_cluster(cluster, config.clusters.size() > 1);
}

void check_problems(const ConfigErrors& problems, bool has_secret) {
  KIE_CHECK(!problems.empty());
  for (const auto& problem : problems) {
    KIE_CHECK(problem.place.source == "fuzz.toml" || problem.place.source == "--kafka.server");
    KIE_CHECK(!problem.what.empty());
    // What is missing altogether has no line, and is said only if nothing else is wrong.
    if (problem.place.position)
      KIE_CHECK(is_in_file(problem.place));
    else
      KIE_CHECK(problem.what.find("cluster") != std::string::npos);
    KIE_CHECK(has_secret || problem.text().find(kSecret) == std::string::npos);
  }
  for (std::size_t i = 1; i < problems.size(); ++i)
    KIE_CHECK(problems[i - 1].place.position <= problems[i].place.position);
}

void run(std::string_view toml, const Flags& flags, const LoadContext& load_context) {
  const auto loaded = load_text(toml, "fuzz.toml", flags, load_context);
  if (loaded) {
    check_config(*loaded);
  } else {
    check_problems(loaded.error(), toml.find(kSecret) != std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const LoadContext kSurroundings = fake_surroundings();
  const auto toml = kie::fuzz::as_text(data, size);
  run(toml, {}, kSurroundings);
  Flags flags;
  flags.kafka_servers = {"flag:9092"};
  run(toml, flags, kSurroundings);
  return 0;
}
