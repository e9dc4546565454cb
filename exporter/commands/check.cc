#include "exporter/commands/check.h"

#include "exporter/commands/check_text.h"

#include <cstdio>
#include <future>
#include <string>
#include <vector>

namespace kie {

int check(const config::Flags& flags, const config::LoadContext& load_context) {
  const auto config = config::load(flags, load_context);
  if (!config) {
    if (flags.json) {
      std::fputs(problems_json(config.error()).c_str(), stdout);
    } else {
      for (const auto& problem : config.error())
        std::fprintf(stderr, "%s\n", problem.text().c_str());
    }
    return 2;
  }
  // All at once: a cluster that cannot be reached must not delay the others.
  std::vector<std::future<kafka::ClusterCheck>> running;
  running.reserve(config->clusters.size());
  for (const auto& cluster : config->clusters)
    running.push_back(
        std::async(std::launch::async, [&cluster] { return kafka::check_cluster(cluster); }));
  ClusterChecks clusters;
  for (auto& one : running) clusters.push_back(one.get());
  compare_ids(clusters);
  const auto text = flags.json ? check_json(clusters) : check_text(clusters);
  std::fputs(text.c_str(), stdout);
  return exit_code(clusters);
}

}  // namespace kie
