#include "collectors/producers/advance.h"
#include "collectors/producers/documents.h"
#include "collectors/producers/forget.h"
#include "collectors/producers/report.h"
#include "tests/fuzz/check.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

// A body of reports: what is read of them is within what it says it is, bounds hold, and what is
// counted of them never goes back.
namespace {

using namespace kie::producers;

void check(const ProducerReport& report) {
  KIE_CHECK(!report.instance.empty() && report.instance.size() <= 64);
  KIE_CHECK(report.time >= 0);
  for (const auto& one : report.offsets) {
    KIE_CHECK(!one.topic.empty() && one.partition.value >= 0 && one.next.value >= 0);
    KIE_CHECK(one.age >= std::chrono::microseconds{0});
  }
  const auto kind = [](const ReportedFailure& one) { return std::pair{one.error, one.persisted}; };
  KIE_CHECK(std::ranges::adjacent_find(report.failed, std::ranges::greater_equal{}, kind) ==
            report.failed.end());
  if (report.settings)
    KIE_CHECK(std::ranges::adjacent_find(*report.settings, std::ranges::greater_equal{},
                                         [](auto& one) { return one.first; }) ==
              report.settings->end());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string body{kie::fuzz::as_text(data, size)};
  body.resize(size + StatisticsReader::padding());
  const auto text = std::string_view{body}.substr(0, size);
  const ProducerLimits limits{.clients = 3, .instances = 5, .label = 40, .offsets = 10};
  const WallTime wall{std::chrono::hours{500'000}};
  ReportReader reader;
  ProducersState state;
  Instant now{std::chrono::hours{1}};
  std::map<std::string, std::uint64_t> before;
  for (const auto document : split_documents(text)) {
    const auto report = reader.read(document);
    if (!report) {
      KIE_CHECK(!report.error().empty());
      continue;
    }
    check(*report);
    now += std::chrono::seconds{20};
    const auto news = advance(state, *report, limits, now, wall);
    if (news) KIE_CHECK(news->offsets.size() <= report->offsets.size());
    forget(state, now);
    KIE_CHECK(state.clients.size() <= limits.clients + 1);
    KIE_CHECK(state.instances.size() <= 2 * limits.instances);
    KIE_CHECK(state.by_report_id.size() == state.instances.size());
    std::size_t offsets = 0;
    std::size_t alive = 0;
    for (const auto& [key, instance] : state.instances) {
      offsets += instance.offsets;
      alive += instance.is_gone ? 0 : 1;
    }
    KIE_CHECK(offsets == state.offsets && offsets <= limits.offsets);
    std::map<std::string, std::uint64_t> after;
    for (const auto& [id, client] : state.clients) {
      alive -= client.instances;
      after[id] = client.counters.acknowledged_records.value_or(0);
      if (const auto found = before.find(id); found != before.end())
        KIE_CHECK(after[id] >= found->second);
    }
    KIE_CHECK(alive == 0);
    before = std::move(after);
  }
  return 0;
}
