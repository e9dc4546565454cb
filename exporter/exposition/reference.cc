#include "exporter/exposition/reference.h"

#include "exporter/exposition/family.h"

#include <fmt/format.h>

namespace kie::exposition {

std::string metrics_reference() {
  std::string out = "| name | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  for (const auto& one : families())
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} |\n", one.name,
                   one.type == Type::kCounter ? "counter" : "gauge", one.labels, one.help);
  return out;
}

}  // namespace kie::exposition
