#include "exporter/lint/lint.h"

#include "collectors/risk/producer.h"
#include "exporter/lint/client.h"
#include "exporter/lint/known_keys.h"
#include "exporter/lint/spring.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace kie::lint {
namespace {

std::optional<int> line_of(const ProducerSettings& producer, std::string_view key) {
  const auto found = std::ranges::find(producer.settings, key, &Setting::key);
  if (found == producer.settings.end()) return std::nullopt;
  return found->line;
}

/// The setting's name in the file, or the one that it would have.
std::string name_in_file(const ProducerSettings& producer, std::string_view key, bool is_spring) {
  if (is_spring) return spring_name(producer, key);
  const auto found = std::ranges::find(producer.settings, key, &Setting::key);
  const auto& prefix = found == producer.settings.end() ? producer.prefix : found->prefix;
  return prefix + std::string(key);
}

/// A single word on a line may be the rest of a secret.
bool looks_like_a_setting(std::string_view key) {
  return key.find('.') != std::string_view::npos && std::ranges::all_of(key, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                  c == '-';
         });
}

/// A client ignores or refuses settings that it does not know: they have no effect.
std::optional<std::string> what_is_unknown(const std::string& key,
                                           const risk::ClientRelease& client, bool is_spring) {
  const bool is_java = is_java_key(key);
  const bool is_librdkafka = is_librdkafka_key(key);
  const bool is_known = client.is(risk::ClientKind::kJava) ? is_java : is_librdkafka;
  if (is_known) return std::nullopt;
  if (client.is(risk::ClientKind::kJava) && is_of_javas_others(key))
    return "\"" + key + "\" is a setting of Java's other clients, and not of its producers";
  if (is_java || is_librdkafka)
    return "\"" + key + "\" is a setting of " + (is_java ? "Java" : "librdkafka") +
           ", and not of " + (is_java ? "librdkafka" : "Java");
  // Plugins have settings of their own.
  const auto close = nearest_key(key);
  if (!close && is_spring) return std::nullopt;
  if (!close && !looks_like_a_setting(key)) return "the line does not begin with a known setting";
  std::string text = "no producer setting is called \"" + key + "\"";
  if (close) text += "; did you mean \"" + std::string(*close) + "\"?";
  return text;
}

risk::ClientRelease client_of(const ProducerSettings& producer, bool is_spring) {
  const bool is_java = is_spring || !producer.underneath.empty();
  return {.kind = is_java ? risk::ClientKind::kJava : guess_client(producer), .version = {}};
}

risk::Given given_to(const ProducerSettings& producer) {
  auto given = producer.underneath;
  for (const auto& setting : producer.settings) given.insert_or_assign(setting.key, setting.value);
  return given;
}

/// Placeholders of Connect's config providers and of templates, known only at run time.
void hide_placeholders(ProducerSettings& producer, const risk::ClientRelease& client,
                       std::vector<Skipped>& skipped) {
  std::erase_if(producer.settings, [&](const Setting& one) {
    const auto begin = one.value.find("${");
    if (begin == std::string::npos || one.value.find('}', begin) == std::string::npos ||
        !risk::is_value_judged(one.key) || what_is_unknown(one.key, client, false))
      return false;
    skipped.push_back({one.line, "\"" + one.key + "\" comes from a placeholder"});
    producer.hidden.push_back(one.key);
    return true;
  });
}

ProducerVerdict judge(const ProducerSettings& producer, const risk::ClientRelease& client,
                      bool is_spring, const risk::Thresholds& thresholds) {
  ProducerVerdict verdict;
  verdict.profile = producer.profile;
  verdict.section = producer.section;
  verdict.client = client;
  verdict.is_of_connect = !producer.underneath.empty();
  for (auto& finding : risk::evaluate(given_to(producer), client, thresholds)) {
    // The finding would be about the client's default.
    if (std::ranges::find(producer.hidden, finding.setting) != producer.hidden.end()) continue;
    const auto line = line_of(producer, finding.setting);
    if (!line && producer.underneath.contains(finding.setting))
      finding.origin = "Kafka Connect's default";
    for (auto& [key, value] : finding.wanted) key = name_in_file(producer, key, is_spring);
    verdict.found.push_back({std::move(finding), line});
  }
  std::ranges::sort(verdict.found, {},
                    [](const LintFinding& one) { return std::pair{one.line, one.finding.rule}; });
  return verdict;
}

/// Lines and keys that were reported: profiles have most of them in common.
using Seen = std::set<std::pair<int, std::string>>;

void add_skipped(FileVerdict& out, const ProducerSettings& producer, const ProducerVerdict& verdict,
                 bool is_spring, Seen& seen) {
  const auto add = [&](std::optional<int> line, std::string text) {
    const bool is_reported = std::ranges::any_of(
        out.skipped, [&](const Skipped& one) { return one.line == line && one.text == text; });
    if (!is_reported) out.skipped.push_back({line, std::move(text)});
  };
  for (const auto& setting : producer.settings) {
    if (!seen.emplace(setting.line, setting.key).second) continue;
    if (auto text = what_is_unknown(setting.key, verdict.client, is_spring))
      add(setting.line, std::move(*text));
  }
  for (const auto& key : risk::effective(given_to(producer), verdict.client).unreadable)
    add(line_of(producer, key), "the value of \"" + key + "\" cannot be read");
}

}  // namespace

FileVerdict judge(const std::string& name, std::string_view text,
                  const std::optional<risk::ClientRelease>& client,
                  const risk::Thresholds& thresholds) {
  FileVerdict out;
  out.file = name;
  auto file = read(name, text);
  if (!file) {
    out.error = std::move(file.error());
    return out;
  }
  out.skipped = std::move(file->skipped);
  out.is_incomplete = file->is_incomplete;
  Seen seen;
  for (auto& producer : file->producers) {
    const auto of = client.value_or(client_of(producer, file->is_spring));
    if (of.is(risk::ClientKind::kLibrdkafka)) read_as_librdkafka(producer, out.skipped);
    if (!file->is_spring) hide_placeholders(producer, of, out.skipped);
    if (!producer.hidden.empty()) out.is_incomplete = true;
    auto verdict = judge(producer, of, file->is_spring, thresholds);
    verdict.is_guess = !client;
    add_skipped(out, producer, verdict, file->is_spring, seen);
    out.producers.push_back(std::move(verdict));
  }
  std::ranges::sort(out.skipped, {},
                    [](const Skipped& one) { return std::tie(one.line, one.text); });
  return out;
}

int exit_code(const LintReport& report) {
  const bool is_unread =
      std::ranges::any_of(
          report.files,
          [](const FileVerdict& file) { return !file.error.empty() || file.is_incomplete; }) ||
      std::ranges::any_of(report.clusters,
                          [](const ClusterVerdict& one) { return !one.error.empty(); });
  if (is_unread) return 2;
  const bool has_found =
      std::ranges::any_of(report.files,
                          [](const FileVerdict& file) {
                            return std::ranges::any_of(
                                file.producers,
                                [](const ProducerVerdict& one) { return !one.found.empty(); });
                          }) ||
      std::ranges::any_of(report.clusters,
                          [](const ClusterVerdict& one) { return !one.found.empty(); });
  return has_found ? 1 : 0;
}

}  // namespace kie::lint
