#include "exporter/exposition/self_metrics.h"

#include "exporter/exposition/process_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <optional>

namespace kie::exposition {
namespace {

using enum FamilyId;

std::string labels_of(const prometheus::ClientMetric& series) {
  if (series.label.empty()) return {};
  std::string labels = "{";
  for (const auto& [name, value] : series.label) append_label(labels, name, value);
  return labels + "}";
}

}  // namespace

SelfMetrics::SelfMetrics(const std::string& version, const std::string& revision,
                         const std::string& librdkafka) {
  for (const auto& one : families()) {
    if (one.writer != FamilyWriter::kSelf) continue;
    const std::string name{one.name};
    const std::string help{one.help};
    const auto index = static_cast<std::size_t>(one.id);
    if (one.type == Type::kCounter) {
      counters_.at(index) = &prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
    } else {
      gauges_.at(index) = &prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
    }
  }
  gauge(kBuildInfo, {{"version", version}, {"revision", revision}, {"librdkafka", librdkafka}})
      .Set(1);
  if (const auto started = process_start_time_seconds()) gauge(kProcessStartTime).Set(*started);
}

prometheus::Gauge& SelfMetrics::gauge(FamilyId id,
                                      const std::map<std::string, std::string>& labels) {
  return gauges_.at(static_cast<std::size_t>(id))->Add(labels);
}

prometheus::Counter& SelfMetrics::counter(FamilyId id,
                                          const std::map<std::string, std::string>& labels) {
  return counters_.at(static_cast<std::size_t>(id))->Add(labels);
}

void SelfMetrics::remove_cluster(const std::string& name) {
  for (const auto& one : registry_.Collect()) {
    const auto row = std::ranges::find(families(), one.name, &Family::name);
    if (row->per != SeriesPer::kPerCluster) continue;
    for (const auto& series : one.metric) {
      std::map<std::string, std::string> labels;
      for (const auto& [label, value] : series.label) labels.emplace(label, value);
      const auto found = labels.find("kafka_cluster");
      if ((found == labels.end() ? std::string{} : found->second) != name) continue;
      const auto index = static_cast<std::size_t>(row->id);
      if (auto* counters = counters_.at(index)) counters->Remove(&counters->Add(labels));
      if (auto* gauges = gauges_.at(index)) gauges->Remove(&gauges->Add(labels));
    }
  }
}

void SelfMetrics::read_process() {
  const auto process = read_process_metrics();
  if (process.cpu_seconds) {
    auto& cpu = counter(kProcessCpu);
    cpu.Increment(std::max(0.0, *process.cpu_seconds - cpu.Value()));
  }
  const auto set = [&](FamilyId id, std::optional<double> value) {
    if (value) gauge(id).Set(*value);
  };
  set(kProcessThreads, process.threads);
  set(kProcessVirtualMemory, process.virtual_memory_bytes);
  set(kProcessResidentMemory, process.resident_memory_bytes);
  set(kProcessOpenFds, process.open_fds);
  set(kProcessMaxFds, process.max_fds);
}

std::vector<prometheus::MetricFamily> SelfMetrics::collect() {
  read_process();
  return registry_.Collect();
}

std::size_t append_self_metrics(std::string& out,
                                std::span<const prometheus::MetricFamily> collected,
                                Format format) {
  std::size_t count = 0;
  for (const auto& one : families()) {
    const auto found = std::ranges::find(collected, one.name, &prometheus::MetricFamily::name);
    if (found == collected.end() || found->metric.empty()) continue;
    append_header(out, one, format);
    for (const auto& series : found->metric)
      append_sample(out, one.name, labels_of(series),
                    one.type == Type::kCounter ? series.counter.value : series.gauge.value);
    count += found->metric.size();
  }
  return count;
}

double unix_seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace kie::exposition
