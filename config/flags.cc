#include "config/flags.h"

#include "config/duration.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <vector>

namespace kie::config {
namespace {

/// CLI11 reads "--flag=" as a flag without a value. For --history.file an empty value has a
/// meaning.
std::vector<const char*> with_empty_values(int argc, const char* const* argv) {
  static constexpr std::string_view kHistoryFile = "--history.file=";
  std::vector<const char*> arguments;
  for (int i = 0; i < argc; ++i) {
    if (argv[i] == kHistoryFile) {
      arguments.insert(arguments.end(), {"--history.file", ""});
    } else {
      arguments.push_back(argv[i]);
    }
  }
  return arguments;
}

/// Whether the text has the form "--WORD".
bool looks_like_flag(std::string_view text) {
  return text.size() > 2 && text.starts_with("--") && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                  c == '_';
         });
}

/// The error, or nothing. Never with the text itself, in which there may be a password.
std::string check_url(const std::string& url) {
  const auto begin = url.find("://");
  const auto scheme = url.substr(0, begin);
  if (begin == std::string::npos || (scheme != "http" && scheme != "https"))
    return "must begin with http:// or https://";
  if (const auto host = url.substr(begin + 3, url.find('/', begin + 3) - begin - 3);
      host.find('@') != std::string::npos)
    return "must not have a user or a password: other users of the host can see it";
  if (url.find_first_of("?#", begin) != std::string::npos) return "must not have parameters";
  return {};
}

CLI::App* add_may_stop(CLI::App& app, MayStopFlags& flags) {
  auto* command = app.add_subcommand(
      "may-stop",
      "Ask a running exporter whether each BROKER, one at a time, may be stopped. Ends with 0 if "
      "so, 1 if not, 2 if it is not known");
  command->add_option("--url", flags.url, "The exporter, such as http://localhost:10033")
      ->required()
      ->check(check_url)
      ->type_name("URL");
  command
      ->add_option("--cluster", flags.cluster,
                   "Name or id (default: the only one that the exporter watches)")
      ->type_name("CLUSTER");
  command
      ->add_option_function<std::string>(
          "--wait",
          [&flags](const std::string& text) {
            const auto wait = parse_duration(text);
            if (!wait) throw CLI::ValidationError("--wait", "must be a duration, such as 10m");
            flags.wait = *wait;
          },
          "Ask again for so long, until it may be (default 0s)")
      ->type_name("DURATION");
  command
      ->add_option("--accept", flags.accept,
                   "What does not forbid it, with commas: offline, under_min_isr, one_copy, "
                   "reassigning, quorum")
      ->type_name("OBSTACLES");
  command->add_flag("--accept-unwatched", flags.accept_unwatched,
                    "Topics that the exporter's configuration excludes do not matter");
  command->add_option("broker", flags.brokers, "Ids of brokers or controllers")
      ->required()
      ->check(CLI::NonNegativeNumber)
      ->type_name("BROKER");
  return command;
}

}  // namespace

std::variant<Flags, Exit> parse_flags(int argc, const char* const* argv,
                                      const std::string& version) {
  Flags flags;
  CLI::App app{"Prometheus exporter for the health of Kafka replication.", "kafka-isr-exporter"};
  app.set_version_flag("--version", version);
  app.require_subcommand(0, 1);
  app.add_option("--config.file", flags.config_file, "Configuration in TOML")->type_name("FILE");
  const auto each_is_one = [](CLI::Option* option) {
    // Otherwise the next word, such as lint's FILE, would be another value.
    option->expected(1)->allow_extra_args(false);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  each_is_one(app.add_option("--kafka.server", flags.kafka_servers,
                             "Broker to start from; repeatable. Wins over the file's servers")
                  ->type_name("HOST:PORT"));
  each_is_one(app.add_option("--web.listen-address", flags.listen_addresses,
                             "Address to listen on; repeatable (default :10033)")
                  ->type_name("[HOST]:PORT"));
  app.add_option("--web.telemetry-path", flags.telemetry_path,
                 "Path of the metrics (default /metrics)")
      ->type_name("PATH");
  app.add_option("--history.file", flags.history_file,
                 "File of the history (default kafka-isr-exporter.db); empty: memory only")
      ->type_name("FILE");
  app.add_option("--log.level", flags.log_level, "debug, info, warn or error (default info)")
      ->type_name("LEVEL");
  app.add_option("--log.format", flags.log_format, "logfmt or json (default logfmt)")
      ->type_name("FORMAT");
  app.add_flag("--web.enable-lifecycle", flags.enable_lifecycle, "Let POST /-/reload reload");
  app.add_subcommand("run", "Watch the cluster and serve its metrics (the default)")->fallthrough();
  auto* check = app.add_subcommand(
      "check", "Try each step and each request to the clusters, report what fails and what helps");
  check->fallthrough();
  std::string check_format = "text";
  check->add_option("--format", check_format, "text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  auto* lint = app.add_subcommand(
      "lint",
      "Check producers' settings in files by the rules; with --config.file the clusters' "
      "topics "
      "too. Ends with 0 if nothing is found, 1 if something is, 2 if something cannot be read");
  lint->fallthrough();
  std::string lint_format = "text";
  lint->add_option("--client", flags.client,
                   "java or librdkafka, with :VERSION if known (default: guessed from the keys)")
      ->type_name("CLIENT");
  lint->add_option("--format", lint_format, "text or json (default text)")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  lint->add_flag("--rules", flags.rules, "Print the table of all rules, in Markdown");
  lint->add_option("file", flags.files,
                   "Java .properties, librdkafka key=value, .json, Spring .yml and .properties")
      ->type_name("FILE");
  const auto* metrics =
      app.add_subcommand("metrics", "Print the reference of all metrics, in Markdown");
  const auto* may_stop = add_may_stop(app, flags.may_stop);
  try {
    const auto arguments = with_empty_values(argc, argv);
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ExtrasError&) {
    // CLI11 would print all of it, and kafka_exporter has a flag for the password, which may begin
    // with a dash.
    std::string unknown;
    for (const auto& extra : app.remaining(true))
      if (const auto name = extra.substr(0, extra.find('=')); looks_like_flag(name))
        unknown += " " + name;
    return Exit{2, (unknown.empty() ? "There is a word that is neither a flag nor a command"
                                    : "There is no such flag:" + unknown) +
                       "\nRun with --help for a list; librdkafka's properties, such as "
                       "sasl.password, belong in --config.file.\n"};
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int code = app.exit(error, out, err);
    if (code == 0) return Exit{0, out.str()};
    return Exit{2, err.str()};
  }
  if (metrics->parsed()) flags.command = Command::kMetrics;
  if (check->parsed()) flags.command = Command::kCheck;
  if (lint->parsed()) flags.command = Command::kLint;
  if (may_stop->parsed()) flags.command = Command::kMayStop;
  flags.json = (lint->parsed() ? lint_format : check_format) == "json";
  return flags;
}

}  // namespace kie::config
