#include "exporter/journal/commit.h"

#include <cstddef>
#include <map>
#include <utility>

namespace kie {

using exposition::FamilyId;

void commit(history::History& history, exposition::SelfMetrics& self, const std::string& cluster,
            history::Change change) {
  std::map<std::string, std::size_t> counts;
  for (const auto& event : change.events) ++counts[event.kind];
  history.commit(cluster, std::move(change));
  for (const auto& [kind, count] : counts)
    self.counter(FamilyId::kJournalEvents, {{"kind", kind}}).Increment(static_cast<double>(count));
  show_figures(history, self);
}

void show_figures(const history::History& history, exposition::SelfMetrics& self) {
  const auto figures = history.figures();
  if (figures.writable) self.gauge(FamilyId::kJournalWritable).Set(*figures.writable ? 1 : 0);
  if (figures.bytes) self.gauge(FamilyId::kJournalBytes).Set(static_cast<double>(*figures.bytes));
}

}  // namespace kie
