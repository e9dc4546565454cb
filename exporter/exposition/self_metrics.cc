#include "exporter/exposition/self_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace kie::exposition {
namespace {

using enum FamilyId;

constexpr std::array kOfAClusterEach{kCollectorSuccess,     kCollectorDuration,
                                     kCollectorLastSuccess, kPolls,
                                     kPollFailures,         kPollsLate};

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// The fields of /proc/self/stat behind the command's name: state is 0, as in proc(5) minus 3.
std::vector<std::string> process_stat() {
  std::ifstream file{"/proc/self/stat"};
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest{line.substr(name_end + 1)};
  return {std::istream_iterator<std::string>{rest}, {}};
}

/// When the machine booted, seconds since 1970.
double boot_time() {
  std::ifstream file{"/proc/stat"};
  for (std::string word; file >> word;)
    if (double value = 0; word == "btime" && file >> value) return value;
  return 0;
}

double open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator entries{"/proc/self/fd", error};
  // One of them is that of the listing itself.
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

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
    if (one.writer != Writer::kSelf) continue;
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
  if (const auto stat = process_stat(); stat.size() > 21) {
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    gauge(kProcessStartTime).Set(boot_time() + std::stod(stat[19]) / ticks);
  }
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
    if (std::ranges::find(kOfAClusterEach, row->id) == kOfAClusterEach.end()) continue;
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
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    auto& cpu = counter(kProcessCpu);
    cpu.Increment(std::max(0.0, seconds(usage.ru_utime) + seconds(usage.ru_stime) - cpu.Value()));
  }
  if (const auto stat = process_stat(); stat.size() > 21) {
    gauge(kProcessThreads).Set(std::stod(stat[17]));
    gauge(kProcessVirtualMemory).Set(std::stod(stat[20]));
    gauge(kProcessResidentMemory)
        .Set(std::stod(stat[21]) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  gauge(kProcessOpenFds).Set(open_descriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    gauge(kProcessMaxFds).Set(static_cast<double>(limit.rlim_cur));
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
