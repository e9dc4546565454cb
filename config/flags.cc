#include "config/flags.h"

#include <CLI/CLI.hpp>

#include <sstream>

namespace kie::config {

std::variant<Flags, Exit> parse_flags(int argc, const char* const* argv,
                                      const std::string& version) {
  Flags flags;
  CLI::App app{"Prometheus exporter for the health of Kafka replication.", "kafka-isr-exporter"};
  app.set_version_flag("--version", version);
  app.require_subcommand(0, 1);
  app.add_option("--config.file", flags.config_file, "Configuration in TOML")->type_name("FILE");
  app.add_option("--kafka.server", flags.kafka_servers,
                 "Broker to start from; repeatable. Wins over the file's servers")
      ->type_name("HOST:PORT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--web.listen-address", flags.listen_address,
                 "Address to listen on (default :10033)")
      ->type_name("[HOST]:PORT");
  app.add_option("--web.telemetry-path", flags.telemetry_path,
                 "Path of the metrics (default /metrics)")
      ->type_name("PATH");
  app.add_option("--log.level", flags.log_level, "debug, info, warn or error (default info)")
      ->type_name("LEVEL");
  app.add_subcommand("run", "Watch the cluster and serve its metrics (the default)")->fallthrough();
  const auto* metrics =
      app.add_subcommand("metrics", "Print the reference of all metrics, in Markdown");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    if (code == 0) return Exit{0, out.str()};
    return Exit{2, err.str()};
  }
  if (metrics->parsed()) flags.command = Command::kMetrics;
  return flags;
}

}  // namespace kie::config
