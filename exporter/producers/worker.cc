#include "exporter/producers/worker.h"

#include "collectors/producers/forget.h"
#include "exporter/exposition/producers_text.h"
#include "exporter/log/log.h"
#include "exporter/producers/risks.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace kie {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

/// The time between renderings, and the longest delay until an end is noticed.
constexpr seconds kRest{1};
constexpr seconds kLook{10};

/// How often reading the history is tried, once a second.
constexpr int kMostRecalls = 30;

}  // namespace

ProducersWorker::ProducersWorker(const config::IngestConfig& ingest, std::size_t connections,
                                 config::RiskConfig risk, ProducerStore& store,
                                 ProducerJournal& journal, AckedOffsets& acknowledged,
                                 exposition::PageMaker& pages, exposition::SelfMetrics& self)
    : limits_{.clients = static_cast<std::size_t>(ingest.max_clients),
              .instances = static_cast<std::size_t>(ingest.max_instances),
              .label = static_cast<std::size_t>(ingest.max_label),
              .offsets = static_cast<std::size_t>(ingest.max_offsets)},
      store_(store),
      journal_(journal),
      acknowledged_(acknowledged),
      pages_(pages),
      self_(self),
      queue_(connections),
      risk_(std::move(risk)) {
  recall();
}

/// Counters that begin at 0 although the history has them would be taken for a restart of all
/// producers. So documents wait, and their senders get 503, until it has been read.
void ProducersWorker::recall() {
  // The disk may hang, and readers of the store must not wait for it.
  auto state = store_.state;
  if (!journal_.recall(state, limits_)) {
    if (++recalls_ < kMostRecalls) return;
    log_warn("producers' counters cannot be read from the history, they begin at 0");
    journal_.begin_anew();
    state = store_.state;
  }
  is_recalled_ = true;
  {
    const std::scoped_lock lock{store_.mutex};
    store_.state = std::move(state);
  }
  publish();
}

void ProducersWorker::take(config::RiskConfig risk) {
  const std::scoped_lock lock{risk_mutex_};
  risk_ = std::move(risk);
  risks_due_ = {};
}

void ProducersWorker::run(const std::stop_token& stop) {
  while (!is_recalled_ && !stop.stop_requested()) {
    std::mutex mutex;
    std::unique_lock lock{mutex};
    std::condition_variable_any{}.wait_for(lock, stop, kRest, [] { return false; });
    if (!stop.stop_requested()) recall();
  }
  if (!is_recalled_) return;
  auto published = steady_clock::now();
  bool is_shown = false;
  while (!stop.stop_requested()) {
    // New documents are applied at once, and shown a second after the last rendering.
    for (auto& batch : queue_.pop(published + (is_shown ? kLook : kRest), stop)) {
      take_in(std::move(batch));
      is_shown = false;
    }
    const auto now = steady_clock::now();
    if (now < published + kRest) continue;
    publish();
    published = now;
    is_shown = true;
  }
  journal_.store(store_.state);
}

void ProducersWorker::take_in(DocumentQueue::Batch batch) {
  DocumentOutcomes outcomes;
  for (auto& document : batch.documents) {
    auto news = std::visit(
        [&](auto& one) {
          const std::scoped_lock lock{store_.mutex};
          return producers::advance(store_.state, std::move(one), limits_, batch.at, batch.wall);
        },
        document);
    auto& outcome = outcomes.emplace_back();
    if (!news) {
      outcome.refused = news.error();
      continue;
    }
    outcome.given_up = std::move(news->given_up);
    journal_.note(*news);
    if (const auto& fatal = news->fatal)
      log_error("producer fatal error, the application must recreate it",
                {{"client_id", news->instance->client_id},
                 {"producer", news->instance->key.name},
                 {"error", std::string(fatal->error)},
                 {"reason", fatal->reason}});
    if (const auto& report = news->instance->report; report && !news->offsets.empty())
      acknowledged_.post(report->cluster_id, report->instance, std::move(news->offsets), batch.at);
  }
  // Before the answer, and before it is on the page.
  journal_.commit(store_.state);
  batch.outcomes.set_value(std::move(outcomes));
}

void ProducersWorker::forget_silent(producers::Instant now) {
  std::vector<const producers::Instance*> vanished;
  {
    const std::scoped_lock lock{store_.mutex};
    vanished = producers::forget(store_.state, now);
  }
  journal_.note_vanished(vanished);
  for (const auto* gone : vanished)
    log_info("producer stopped reporting",
             {{"client_id", gone->client_id}, {"producer", gone->key.name}});
}

void ProducersWorker::apply_rules(producers::Instant now) {
  config::RiskConfig rules;
  {
    const std::scoped_lock lock{risk_mutex_};
    if (now < risks_due_) return;
    risks_due_ = now + kLook;
    rules = risk_;
  }
  auto found = find_risks(store_.state, rules, now);
  const std::scoped_lock lock{store_.mutex};
  store_.risks = std::move(found.risks);
  store_.longest_delivery_timeout = std::move(found.longest_delivery_timeout);
}

void ProducersWorker::publish() {
  const auto now = steady_clock::now();
  forget_silent(now);
  apply_rules(now);
  // Before it is on the page.
  journal_.store(store_.state);
  exposition::render(store_.state, store_.risks, now, samples_);
  self_.gauge(exposition::FamilyId::kIngestClients)
      .Set(static_cast<double>(store_.state.clients.size()));
  pages_.publish_producers(samples_.take());
}

}  // namespace kie
