#include "exporter/history/packing.h"

#include "tests/fuzz/check.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

// Rows of the history as a damaged file may have them: the first byte says whose, the rest is the
// row. What is understood is sound, and is the row that would be written for it, or one with the
// same contents.
namespace {

using namespace kie;
using history::Clocks;

const Clocks kClocks{Clocks::Instant{std::chrono::hours{7}},
                     Clocks::Time{std::chrono::hours{400'000}}};

/// As it would be written for what is read of it; nullopt: it is not understood.
std::optional<std::string> topic_again(const std::string& row) {
  replication::ReplicationState replication;
  loss::LossState loss;
  if (!history::unpack_topic("orders", row, kClocks, replication, loss)) {
    KIE_CHECK(replication.topics.empty() && replication.deleted.empty() && loss.topics.empty());
    return std::nullopt;
  }
  history::KnownTopic view;
  if (!replication.topics.empty()) view.topic = &replication.topics.at(0);
  if (!replication.deleted.empty()) view.deleted = &replication.deleted.at("orders");
  if (!loss.topics.empty()) view.loss = &loss.topics.at("orders");
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
  return history::pack_topic(view, kClocks);
}

std::optional<std::string> cluster_again(const std::string& row) {
  replication::ReplicationState replication;
  loss::LossState loss;
  quorum::QuorumState quorum;
  std::optional<Clocks::Time> polled;
  if (!history::unpack_cluster(row, replication, loss, quorum, polled)) {
    KIE_CHECK(replication.topic_recreations == 0 && !quorum.is_lost && !quorum.id && !polled);
    return std::nullopt;
  }
  return history::pack_cluster(replication, loss, quorum, polled);
}

template <class Again>
void check(const std::string& row, Again again) {
  const auto written = again(row);
  // A damaged row may have a leader where there is none, and those of earlier versions are others.
  if (written) KIE_CHECK(written == row || again(*written) == written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string row{fuzz::as_text(data + 1, size - 1)};
  if (data[0] % 2 == 0) {
    check(row, topic_again);
  } else {
    check(row, cluster_again);
  }
  return 0;
}
