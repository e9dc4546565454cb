#pragma once

#include "exporter/exposition/buffer_list.h"
#include "exporter/exposition/cluster_samples.h"
#include "exporter/exposition/gzip.h"
#include "exporter/exposition/self_metrics.h"

#include <atomic>
#include <chrono>
#include <compare>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

namespace kie::exposition {

/// A finished answer to a scrape. Immutable; its parts are its own and those of the clusters'
/// pieces, which it keeps.
struct Page {
  Page() = default;
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page() = default;

  /// In the format 0.0.4.
  BufferList text;
  std::string gzip;
  /// Empty until somebody wanted it.
  BufferList openmetrics;
  std::string openmetrics_gzip;
  std::size_t series = 0;

  std::vector<std::shared_ptr<const ClusterSamples>> samples;
  std::string self;
  std::string self_openmetrics;
};

/// Puts the pieces of all clusters and the exporter's own metrics together, family by family,
/// when something changed or went stale, but for a tenth of the time at most. Scrapers get the last
/// page.
class PageMaker {
 public:
  using Clock = std::chrono::steady_clock;

  explicit PageMaker(SelfMetrics& self);

  /// Takes the pieces of a cluster in place of its last. Clusters stand in the page in the order of
  /// their numbers. Thread: any.
  void publish(std::size_t cluster, ClusterSamples samples);

  /// The same for what producers report, which stands behind all clusters. Thread: any.
  void publish_producers(ClusterSamples samples);

  /// Forgets a cluster. Thread: any.
  void remove(std::size_t cluster);

  /// The last page; never nullptr. Thread: any.
  std::shared_ptr<const Page> current() const;

  /// From the next page on there is OpenMetrics too; the next is rendered soon. Thread: any.
  void want_openmetrics();

  /// Renders until stopped. Thread: one, the page thread.
  void run(const std::stop_token& stop);

  /// Renders now and makes it the current page. Thread: the page thread, or nobody runs yet.
  void render(Clock::time_point now);

 private:
  struct Producers {
    auto operator<=>(const Producers&) const = default;
  };
  /// A cluster by its number, or behind all of them the producers, as a variant compares.
  using Section = std::variant<std::size_t, Producers>;

  void put(Section section, ClusterSamples samples);

  /// The page but for its gzip.
  std::shared_ptr<Page> assemble(Clock::time_point now);

  SelfMetrics& self_;
  Gzip gzip_;

  std::mutex samples_mutex_;
  std::condition_variable_any changed_;
  bool dirty_ = false;
  std::atomic<bool> openmetrics_wanted_{false};
  std::map<Section, std::shared_ptr<const ClusterSamples>> samples_;
  /// When the next piece goes stale.
  std::optional<Clock::time_point> next_expiry_;

  mutable std::mutex page_mutex_;
  std::shared_ptr<const Page> page_;
};

}  // namespace kie::exposition
