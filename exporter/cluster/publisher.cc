#include "exporter/cluster/publisher.h"

#include "collectors/cluster/health_text.h"
#include "collectors/cluster/overview.h"
#include "collectors/cluster/unhealthy_topics.h"
#include "exporter/exposition/cluster_text.h"

#include <chrono>
#include <utility>

namespace kie {

Publisher::Publisher(std::size_t number, exposition::PageMaker& pages, StatusBoard& board,
                     bool takes_reports)
    : number_(number), pages_(pages), board_(board), takes_reports_(takes_reports) {}

Publisher::~Publisher() {
  pages_.remove(number_);
  board_.remove(number_);
}

void Publisher::publish(const config::ClusterConfig& config,
                        const std::shared_ptr<const ClusterState>& known, ClusterStatus status) {
  const auto now = std::chrono::steady_clock::now();
  const auto overview = std::make_shared<const ClusterOverview>(
      overview_of(*known, now, config.staleness(), !config.topics.matches_all()));
  const auto& summary = overview->summary;
  exposition::render({.config = config,
                      .up = status.up,
                      .replication = known->replication,
                      .summary = summary,
                      .loss = known->loss,
                      .settings = known->settings,
                      .risks = *known->risks,
                      .freshness = overview->freshness,
                      .takes_reports = takes_reports_,
                      .quorum = overview->quorum_summary,
                      .stop_blocked = &overview->stops.blocked},
                     samples_);
  pages_.publish(number_, samples_.take());
  next_expiry_ = summary.next_expiry;
  unhealthy_ = topics_to_watch(known->replication, summary);

  status.name = config.name;
  status.servers = config.servers;
  status.staleness = config.staleness();
  status.state = known;
  status.old_news = describe(known->quorum, now);
  status.unconfirmed = describe(summary.confirmation);
  auto health = describe(known->replication, summary, known->loss, known->quorum, now);
  status.sentences = std::move(health.sentences);
  if (auto sentence = describe(*known->risks)) status.sentences.push_back(std::move(*sentence));
  status.needs_attention = health.needs_attention;
  status.overview = overview;
  board_.set(number_, std::move(status));
}

}  // namespace kie
