#include "exporter/producers/worker.h"

#include "tests/unit/exporter/history/faulty_vfs.h"
#include "tests/unit/exporter/history/history_fixture.h"

#include <thread>

namespace kie {
namespace {

using history::FaultyVfs;

class ProducersWorkerTest : public history::HistoryFixture {
 protected:
  ProducersWorkerTest() { options.vfs = FaultyVfs::name(); }
  ~ProducersWorkerTest() override { history.reset(); }

  FaultyVfs disk;
  exposition::SelfMetrics self{"0.0.0", "test", "0.0.0"};
  exposition::PageMaker pages{self};
  AckedOffsets acknowledged;
  ProducerStore store;
};

TEST_F(ProducersWorkerTest, NobodyWaitsForTheStoreWhileTheJournalIsRecalled) {
  ProducerJournal journal{open(), self};
  history->commit("", {.events = {event("producer_fatal")}});
  open();
  ProducerJournal recalling{*history, self};
  disk.set(FaultyVfs::Fault::kReadersHang);
  std::jthread starting{[&] {
    const ProducersWorker worker{{}, 1, {}, store, recalling, acknowledged, pages, self};
  }};
  while (disk.met() == 0) std::this_thread::yield();
  const bool is_free = store.mutex.try_lock();
  if (is_free) store.mutex.unlock();
  disk.set(FaultyVfs::Fault::kNone);
  EXPECT_TRUE(is_free);
}

TEST_F(ProducersWorkerTest, TotalsThatCannotBeReadAtTheStartAreReadLater) {
  {
    ProducerJournal journal{open(), self};
    producers::ProducersState state;
    ASSERT_TRUE(journal.recall(state, {}));
    producers::ProducerReport one;
    one.instance = "i-1";
    one.client_id = "shop";
    one.sequence = 1;
    one.time = 1'700'000'000;
    one.acknowledged = 42;
    ASSERT_TRUE(producers::advance(state, one, {}, std::chrono::steady_clock::now(),
                                   std::chrono::system_clock::now()));
    journal.store(state);
  }
  open();
  ProducerJournal journal{*history, self};
  disk.set(FaultyVfs::Fault::kReadersFail);
  testing::internal::CaptureStderr();
  ProducersWorker worker{{}, 1, {}, store, journal, acknowledged, pages, self};
  EXPECT_TRUE(store.state.clients.empty());
  std::jthread running{[&](const std::stop_token& stop) { worker.run(stop); }};
  disk.set(FaultyVfs::Fault::kNone);
  const auto total = [&]() -> std::optional<std::uint64_t> {
    const std::scoped_lock lock{store.mutex};
    const auto found = store.state.clients.find("shop");
    if (found == store.state.clients.end()) return std::nullopt;
    return found->second.counters.acknowledged_records;
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!total() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_EQ(total(), 42U);
  running = {};
  testing::internal::GetCapturedStderr();
}

}  // namespace
}  // namespace kie
