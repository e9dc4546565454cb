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

/// A finished answer to a scrape. Immutable; shares ownership of its parts with the clusters'
/// samples.
struct Page {
  Page() = default;
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  ~Page() = default;

  /// In the format 0.0.4.
  BufferList text;
  /// Shared, so that a slow scrape keeps neither the page nor the clusters' samples.
  std::shared_ptr<const std::string> gzip = std::make_shared<const std::string>();
  /// Empty until a scrape asked for it.
  BufferList openmetrics;
  std::shared_ptr<const std::string> openmetrics_gzip = std::make_shared<const std::string>();
  std::size_t series = 0;

  std::vector<std::shared_ptr<const ClusterSamples>> samples;
  std::string self;
  std::string self_openmetrics;
};

/// Combines the samples of all clusters and the exporter's own metrics, family by family, when
/// something changed or went stale. It rests nine times as long as a page took, and a second at
/// most. Scrapes get the last page.
class PageMaker {
 public:
  using Clock = std::chrono::steady_clock;

  explicit PageMaker(SelfMetrics& self);

  /// Replaces the samples of a cluster. Clusters are in the page in the order of their numbers.
  /// Thread: any.
  void publish(std::size_t cluster, ClusterSamples samples);

  /// The same for producers, whose samples follow those of all clusters. Thread: any.
  void publish_producers(ClusterSamples samples);

  /// Removes a cluster. Thread: any.
  void remove(std::size_t cluster);

  /// The last page; never nullptr. Thread: any.
  std::shared_ptr<const Page> current() const;

  /// Pages have OpenMetrics too from the next one on, which is rendered soon. Thread: any.
  void want_openmetrics();

  /// Renders until stopped. Thread: one, the page thread.
  void run(const std::stop_token& stop);

  /// Renders now and makes it the current page. Thread: the page thread, or any before run().
  void render(Clock::time_point now);

 private:
  struct Producers {
    auto operator<=>(const Producers&) const = default;
  };
  /// A cluster by its number, or the producers, which compare greater.
  using Section = std::variant<std::size_t, Producers>;

  void put(Section section, ClusterSamples samples);

  /// The page without its gzip.
  std::shared_ptr<Page> assemble(Clock::time_point now);

  SelfMetrics& self_;
  Gzip gzip_;

  std::mutex samples_mutex_;
  std::condition_variable_any changed_;
  bool dirty_ = false;
  std::atomic<bool> openmetrics_wanted_{false};
  std::map<Section, std::shared_ptr<const ClusterSamples>> samples_;
  /// When the next samples go stale.
  std::optional<Clock::time_point> next_expiry_;

  mutable std::mutex page_mutex_;
  std::shared_ptr<const Page> page_;
};

}  // namespace kie::exposition
