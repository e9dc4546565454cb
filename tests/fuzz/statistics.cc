#include "collectors/producers/statistics.h"

#include "collectors/producers/advance.h"
#include "collectors/producers/documents.h"
#include "collectors/producers/forget.h"
#include "tests/fuzz/check.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>

// A body of statistics: its documents lie in it one behind the other, bounds hold, and what is
// counted of them never goes back.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kie::producers;
  std::string body{kie::fuzz::as_text(data, size)};
  body.resize(size + StatisticsReader::padding());
  const auto text = std::string_view{body}.substr(0, size);
  const ProducerLimits limits{.clients = 3, .instances = 5, .label = 40};
  StatisticsReader reader;
  ProducersState state;
  Instant now{std::chrono::hours{1}};
  std::map<std::string, std::uint64_t> before;
  const char* end = text.data();
  for (const auto document : split_documents(text)) {
    KIE_CHECK(!document.empty() && document.data() >= end);
    end = document.data() + document.size();
    KIE_CHECK(end <= text.data() + text.size());
    const auto statistics = reader.read(document);
    if (!statistics) {
      KIE_CHECK(!statistics.error().empty());
      continue;
    }
    now += std::chrono::seconds{20};
    KIE_CHECK(advance(state, *statistics, limits, now, {}).has_value() ||
              state.instances.size() >= limits.instances);
    forget(state, now);
    KIE_CHECK(state.clients.size() <= limits.clients + 1);
    KIE_CHECK(state.instances.size() <= 2 * limits.instances);
    std::map<std::string, std::uint64_t> after;
    std::size_t alive = 0;
    for (const auto& [id, client] : state.clients) {
      alive += client.instances;
      after[id] = client.counters.request_timeouts;
      if (const auto found = before.find(id); found != before.end())
        KIE_CHECK(after[id] >= found->second);
    }
    before = std::move(after);
    KIE_CHECK(alive == static_cast<std::size_t>(std::ranges::count_if(
                           state.instances, [](const auto& one) { return !one.second.is_gone; })));
  }
  return 0;
}
