#include "exporter/history/packing.h"

#include "tests/fuzz/check.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

// Rows of the history as a damaged file may have them: the first byte says whose, the rest is the
// row. What is understood is sound, and is the row that would be written for it.
namespace {

using namespace kie;
using history::Clocks;

const Clocks kClocks{Clocks::Instant{std::chrono::hours{7}},
                     Clocks::Time{std::chrono::hours{400'000}}};

void check_topic(const std::string& row) {
  replication::State replication;
  loss::State loss;
  if (!history::unpack_topic("orders", row, kClocks, replication, loss)) {
    KIE_CHECK(replication.topics.empty() && replication.deleted.empty() && loss.topics.empty());
    return;
  }
  history::TopicView view;
  if (!replication.topics.empty()) view.topic = &replication.topics.at(0);
  if (!replication.deleted.empty()) view.deleted = &replication.deleted.at("orders");
  if (!loss.topics.empty()) view.loss = &loss.topics.at("orders");
  KIE_CHECK(history::pack_topic(view, kClocks) == row);
  // Each thing has a byte of its own in the row.
  std::size_t things = 0;
  if (view.topic != nullptr)
    for (const auto& partition : view.topic->partitions)
      things += 1 + partition.replicas.size() + partition.isr.size() + partition.last_isr.size() +
                partition.adding.size() + partition.missing.size();
  if (view.loss != nullptr)
    for (const auto& partition : view.loss->partitions)
      things += 1 + partition.pending.size() + partition.ends.size();
  KIE_CHECK(things <= row.size());
}

void check_cluster(const std::string& row) {
  replication::State replication;
  loss::State loss;
  std::optional<Clocks::Time> polled;
  if (!history::unpack_cluster(row, replication, loss, polled)) {
    KIE_CHECK(replication.topic_recreations == 0 && !polled);
    return;
  }
  KIE_CHECK(history::pack_cluster(replication, loss, polled) == row);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string row{fuzz::as_text(data + 1, size - 1)};
  if (data[0] % 2 == 0) {
    check_topic(row);
  } else {
    check_cluster(row);
  }
  return 0;
}
