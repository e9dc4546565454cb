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

}  // namespace
}  // namespace kie
