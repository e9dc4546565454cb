#include "collectors/kafka/client.h"
#include "collectors/risk/rules.h"
#include "config/flags.h"
#include "config/load.h"
#include "exporter/app.h"
#include "exporter/commands/check.h"
#include "exporter/commands/lint_command.h"
#include "exporter/commands/may_stop.h"
#include "exporter/exposition/reference.h"
#include "exporter/log/log.h"
#include "exporter/signals.h"
#include "exporter/version.h"

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <variant>

namespace {

int start(int argc, const char* const* argv) {
  using namespace kie;
  const auto parsed =
      config::parse_flags(argc, argv,
                          "kafka-isr-exporter " + version() + " (revision " + revision() +
                              ", librdkafka " + kafka::librdkafka_version() + ")");
  if (const auto* exit = std::get_if<config::Exit>(&parsed)) {
    std::fputs(exit->text.c_str(), exit->code == 0 ? stdout : stderr);
    return exit->code;
  }
  const auto& flags = std::get<config::Flags>(parsed);
  if (flags.command == config::Command::kMetrics) {
    std::fputs(exposition::metrics_reference().c_str(), stdout);
    return 0;
  }
  if (flags.command == config::Command::kMayStop) return may_stop(flags.may_stop);
  auto load_context = config::real_load_context();
  load_context.check_property = kafka::check_property;
  load_context.is_rule = [](std::string_view id) { return risk::find_rule(id) != nullptr; };
  if (flags.command == config::Command::kLint) return run_lint(flags, load_context);
  if (flags.command == config::Command::kCheck) return check(flags, load_context);
  hold_reloads();
  const auto config = config::load(flags, load_context);
  if (!config) {
    for (const auto& problem : config.error()) std::fprintf(stderr, "%s\n", problem.text().c_str());
    return 2;
  }
  return run(flags, load_context, *config);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return start(argc, argv);
  } catch (const std::exception& error) {
    kie::log_error("ending after an unexpected error", {{"error", error.what()}});
    return 1;
  }
}
