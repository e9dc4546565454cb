#include "exporter/exposition/page.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kie::exposition {
namespace {

// A cheap rendering may be followed by the next at once; an expensive one may use a tenth of one
// processor. Once a second is always enough.
constexpr int kRestOfWork = 9;
constexpr std::chrono::seconds kLongestRest{1};

/// For each family.
using Headers = std::array<std::string, kFamilyCount>;

Headers make_headers(Format format) {
  Headers headers;
  for (const auto& one : families())
    append_header(headers[static_cast<std::size_t>(one.id)], one, format);
  return headers;
}

std::string_view header(const Family& family, Format format) {
  static const auto text = make_headers(Format::kText);
  static const auto openmetrics = make_headers(Format::kOpenMetrics);
  return (format == Format::kText ? text : openmetrics)[static_cast<std::size_t>(family.id)];
}

}  // namespace

PageMaker::PageMaker(SelfMetrics& self) : self_(self), page_(std::make_shared<Page>()) {
  render(Clock::now());
}

void PageMaker::publish(std::size_t cluster, ClusterSamples samples) {
  put(cluster, std::move(samples));
}

void PageMaker::publish_producers(ClusterSamples samples) { put(Producers{}, std::move(samples)); }

void PageMaker::put(Section section, ClusterSamples samples) {
  auto shared = std::make_shared<const ClusterSamples>(std::move(samples));
  {
    const std::scoped_lock lock{samples_mutex_};
    std::swap(samples_[section], shared);
    dirty_ = true;
  }
  changed_.notify_one();
}

void PageMaker::remove(std::size_t cluster) {
  {
    const std::scoped_lock lock{samples_mutex_};
    samples_.erase(Section{cluster});
    dirty_ = true;
  }
  changed_.notify_one();
}

std::shared_ptr<const Page> PageMaker::current() const {
  const std::scoped_lock lock{page_mutex_};
  return page_;
}

void PageMaker::want_openmetrics() {
  if (openmetrics_wanted_.exchange(true)) return;
  {
    const std::scoped_lock lock{samples_mutex_};
    dirty_ = true;
  }
  changed_.notify_one();
}

void PageMaker::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock{samples_mutex_};
      const auto is_dirty = [&] { return dirty_; };
      if (next_expiry_) {
        changed_.wait_until(lock, stop, *next_expiry_, is_dirty);
      } else {
        changed_.wait(lock, stop, is_dirty);
      }
    }
    if (stop.stop_requested()) return;
    const auto begun = Clock::now();
    render(begun);
    std::unique_lock lock{samples_mutex_};
    const auto rest = std::min<Clock::duration>((Clock::now() - begun) * kRestOfWork, kLongestRest);
    changed_.wait_for(lock, stop, rest, [] { return false; });
  }
}

std::shared_ptr<Page> PageMaker::assemble(Clock::time_point now) {
  auto page = std::make_shared<Page>();
  const auto self = self_.collect();
  const std::scoped_lock lock{samples_mutex_};
  const bool openmetrics = openmetrics_wanted_;
  dirty_ = false;
  next_expiry_.reset();
  for (const auto& [section, of_cluster] : samples_) page->samples.push_back(of_cluster);
  for (const auto& one : families()) {
    if (one.writer == FamilyWriter::kSelf) continue;
    bool has_header = false;
    for (const auto& of_cluster : page->samples) {
      const FamilySamples& family = (*of_cluster)[one.id];
      if (family.series == 0) continue;
      if (family.valid_until) {
        if (*family.valid_until <= now) continue;
        if (!next_expiry_ || *family.valid_until < *next_expiry_) next_expiry_ = family.valid_until;
      }
      if (!std::exchange(has_header, true)) {
        page->text.append(header(one, Format::kText));
        if (openmetrics) page->openmetrics.append(header(one, Format::kOpenMetrics));
      }
      page->text.append(family.text);
      if (openmetrics) page->openmetrics.append(family.text);
      page->series += family.series;
    }
  }
  page->series += append_self_metrics(page->self, self, Format::kText);
  page->text.append(page->self);
  if (openmetrics) {
    append_self_metrics(page->self_openmetrics, self, Format::kOpenMetrics);
    page->self_openmetrics += kOpenMetricsEnd;
    page->openmetrics.append(page->self_openmetrics);
  }
  return page;
}

void PageMaker::render(Clock::time_point now) {
  const auto before = current();
  self_.gauge(FamilyId::kPageBytes, {{"encoding", "identity"}})
      .Set(static_cast<double>(before->text.size()));
  self_.gauge(FamilyId::kPageBytes, {{"encoding", "gzip"}})
      .Set(static_cast<double>(before->gzip->size()));
  self_.gauge(FamilyId::kPageSeries).Set(static_cast<double>(before->series));
  self_.gauge(FamilyId::kPageRendered).Set(unix_seconds(std::chrono::system_clock::now()));

  auto page = assemble(now);
  const auto compress = [&](const BufferList& text) {
    return std::make_shared<const std::string>(gzip_.compress(text.parts()));
  };
  page->gzip = compress(page->text);
  if (!page->openmetrics.empty()) page->openmetrics_gzip = compress(page->openmetrics);

  const std::scoped_lock lock{page_mutex_};
  page_ = std::move(page);
}

}  // namespace kie::exposition
