#include "exporter/producers/worker.h"

#include "collectors/producers/advance.h"
#include "exporter/exposition/producers_text.h"
#include "exporter/log/log.h"
#include "exporter/producers/risks.h"

#include <chrono>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace kie {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

/// Behind all clusters.
constexpr auto kNumber = std::numeric_limits<std::size_t>::max();
/// How soon what is new is shown, and how late what is over may be.
constexpr seconds kRest{1};
constexpr seconds kLook{10};

}  // namespace

ProducersWorker::ProducersWorker(ProducerStore& board, ProducerJournal& journal,
                                 exposition::PageMaker& pages, exposition::SelfMetrics& self,
                                 config::Risk risk)
    : board_(board), journal_(journal), pages_(pages), self_(self), risk_(std::move(risk)) {
  journal_.recall(board_.state);
  publish();
}

void ProducersWorker::changed() {
  {
    const std::scoped_lock lock{mutex_};
    is_changed_ = true;
  }
  wake_.notify_one();
}

void ProducersWorker::take(config::Risk risk) {
  {
    const std::scoped_lock lock{mutex_};
    risk_ = std::move(risk);
    risks_due_ = {};
  }
  changed();
}

void ProducersWorker::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock{mutex_};
      wake_.wait_for(lock, stop, kLook, [&] { return is_changed_; });
      is_changed_ = false;
    }
    if (stop.stop_requested()) return;
    publish();
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, stop, kRest, [] { return false; });
  }
}

void ProducersWorker::publish() {
  const auto now = steady_clock::now();
  std::optional<config::Risk> rules;
  {
    const std::scoped_lock lock{mutex_};
    if (now >= risks_due_) {
      rules = risk_;
      risks_due_ = now + kLook;
    }
  }
  {
    const std::scoped_lock lock{board_.mutex};
    const auto vanished = producers::forget(board_.state, now);
    journal_.write_vanished(vanished);
    for (const auto* gone : vanished)
      log_info("producer stopped reporting",
               {{"client_id", gone->client_id}, {"producer", gone->key.name}});
    if (rules) evaluate_risks(board_, *rules, now);
    exposition::render(board_.state, board_.risks, now, pieces_);
    self_.gauge(exposition::FamilyId::kIngestClients)
        .Set(static_cast<double>(board_.state.clients.size()));
  }
  pages_.publish(kNumber, pieces_.take());
}

}  // namespace kie
