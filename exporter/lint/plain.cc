#include "exporter/lint/plain.h"

#include "config/text.h"
#include "exporter/lint/connect.h"
#include "exporter/lint/known_keys.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace kie::lint {
namespace {

constexpr std::size_t kLongestKey = 200;

/// The settings below these belong to the name before them.
constexpr std::array kContainers{std::string_view{"config"}, std::string_view{"override"},
                                 std::string_view{"properties"}, std::string_view{"settings"}};

/// Other settings, such as "retries", need not be a producer's.
constexpr std::array kTelling{std::string_view{"acks"},
                              std::string_view{"bootstrap.servers"},
                              std::string_view{"delivery.timeout.ms"},
                              std::string_view{"enable.idempotence"},
                              std::string_view{"key.serializer"},
                              std::string_view{"max.in.flight"},
                              std::string_view{"max.in.flight.requests.per.connection"},
                              std::string_view{"message.send.max.retries"},
                              std::string_view{"message.timeout.ms"},
                              std::string_view{"metadata.broker.list"},
                              std::string_view{"request.required.acks"},
                              std::string_view{"transactional.id"}};

/// Those that a consumer has as well.
constexpr std::array kAddresses{std::string_view{"bootstrap.servers"},
                                std::string_view{"metadata.broker.list"}};

bool has(const auto& words, std::string_view one) {
  return std::ranges::find(words, one) != words.end();
}

bool is_plausible(std::string_view key) {
  return !key.empty() && key.size() <= kLongestKey && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-' || c == '>' || c == '[' || c == ']';
  });
}

bool is_known(std::string_view key) {
  return is_java_key(key) || is_librdkafka_key(without_topic(key));
}

/// A line's name: a client's key and its prefix.
struct Name {
  std::string_view section;
  std::string_view key;
  bool is_known = false;
};

std::string_view last_word(std::string_view section) {
  return section.substr(section.rfind('.') + 1);
}

/// "app.producer" of "app.producer.properties.".
std::string_view section_of(std::string_view prefix) {
  while (!prefix.empty()) {
    prefix.remove_suffix(1);
    const auto word = last_word(prefix);
    if (!has(kContainers, config::lower(word))) break;
    prefix.remove_suffix(word.size());
  }
  return prefix;
}

Name name_of(std::string_view text) {
  if (!is_plausible(text)) return {{}, text};
  for (std::size_t begin = 0;;) {
    const auto key = text.substr(begin);
    if (is_known(key)) return {section_of(text.substr(0, begin)), key, true};
    const auto dot = text.find('.', begin);
    if (dot == std::string_view::npos) return {{}, text};
    begin = dot + 1;
  }
}

bool is_of_a_producer(std::string_view section) {
  const auto word = config::lower(last_word(section));
  return word.ends_with("producer") || word.ends_with("producerconfig");
}

bool is_of_another(std::string_view section) {
  return config::lower(section).find("consumer") != std::string::npos;
}

using Sections = std::vector<std::string>;

/// The sections of the producers' settings; those without a prefix are in the section "".
Sections chosen(const std::vector<Name>& names, const Connect& connect) {
  Sections of_producers;
  Sections others;
  for (const auto& [section, key, is_known] : names) {
    if (!is_known) continue;
    if (is_of_a_producer(section)) {
      if (!has(of_producers, section)) of_producers.emplace_back(section);
    } else if (!is_of_another(section) && has(kTelling, without_topic(key))) {
      if (!has(others, section)) others.emplace_back(section);
    }
  }
  if (!of_producers.empty()) return of_producers;
  if (!others.empty() && !has(others, "")) return others;
  // Settings without a prefix are the worker's.
  return connect.workers.empty() ? Sections{""} : connect.workers;
}

bool is_a_producers(const Setting& setting) {
  const auto key = without_topic(setting.key);
  if (is_java_key(key)) return true;
  // A word such as "debug" may belong to anything.
  return is_librdkafka_key(key) && !is_of_javas_others(key) && key.find('.') != key.npos;
}

bool is_read(const ProducerSettings& producer) {
  return !producer.underneath.empty() || std::ranges::any_of(producer.settings, is_a_producers);
}

/// Whether it is a setting of a producer that is not in the sections.
bool is_anothers(const Name& name, const Sections& sections) {
  const auto key = without_topic(name.key);
  return name.is_known && has(kTelling, key) && !has(kAddresses, key) &&
         !has(sections, name.section) && !is_of_a_producer(name.section) &&
         !is_of_another(name.section);
}

/// Why it is in none of the sections.
std::string left_out(std::string_view text, const Sections& sections) {
  const auto& first = sections.front();
  return "\"" + std::string(text) + "\" does not stand " +
         (first.empty() ? "with" : "below \"" + first + "\", where") + " the producer's settings" +
         (first.empty() ? "" : " are");
}

/// nullopt: it is in none of the sections.
std::optional<Name> place_of(std::string_view text, const Name& name, const Sections& sections) {
  if (name.is_known && has(sections, name.section)) return name;
  std::optional<Name> place;
  for (const std::string_view section : sections) {
    if (section.empty()) {
      if (!place) place = Name{section, text};
    } else if (text.starts_with(section) && text.substr(section.size()).starts_with('.') &&
               (!place || place->section.size() < section.size())) {
      place = Name{section, text.substr(section.size() + 1)};
    }
  }
  return place;
}

}  // namespace

void add_plain_producers(const std::vector<Lines>& documents, File& file) {
  std::vector<const Setting*> lines;
  std::vector<Name> names;
  for (const auto& document : documents)
    for (const auto& line : document) {
      lines.push_back(&line);
      names.push_back(name_of(line.key));
    }
  auto plausible = lines;
  std::erase_if(plausible, [](const Setting* line) { return !is_plausible(line->key); });
  const auto connect = connect_of(plausible);
  auto sections = chosen(names, connect);
  if (sections.size() > kMostProducers) {
    file.skipped.push_back({std::nullopt, "there are too many producers; the rest is not read"});
    file.is_incomplete = true;
    sections.resize(kMostProducers);
  }
  std::vector<ProducerSettings> producers(sections.size());
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (!sections[i].empty()) producers[i].prefix = sections[i] + ".";
    if (has(connect.workers, sections[i]) || has(connect.connectors, sections[i]))
      producers[i].underneath = connect_defaults(connect);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view text = lines[i]->key;
    const auto line = lines[i]->line;
    const auto place = place_of(text, names[i], sections);
    if (is_anothers(names[i], sections)) {
      file.skipped.push_back({line, left_out(text, sections) +
                                        "; for it to be read, put it below a name that ends "
                                        "with \"producer\", or into a file of its own"});
      file.is_incomplete = true;
    } else if (!place) {
      if (names[i].is_known && names[i].section.empty())
        file.skipped.push_back({line, left_out(text, sections)});
    } else if (!is_plausible(place->key)) {
      file.skipped.push_back({line, "it does not begin with a setting's name"});
    } else {
      const auto at = std::ranges::find(sections, place->section) - sections.begin();
      auto& producer = producers[static_cast<std::size_t>(at)];
      auto prefix = std::string(text.substr(0, text.size() - place->key.size()));
      if (producer.settings.empty()) producer.prefix = prefix;
      if (prefix.ends_with("producer.override.")) producer.underneath = connect_defaults(connect);
      producer.settings.push_back(
          {std::string(place->key), lines[i]->value, line, std::move(prefix)});
    }
  }
  for (std::size_t i = 0; i < producers.size(); ++i) {
    if (producers.size() > 1) producers[i].section = sections[i];
    keep_last(producers[i].settings, [](std::string_view key) { return key; }, file.skipped);
    file.producers.push_back(std::move(producers[i]));
  }
  if (file.is_incomplete || std::ranges::any_of(file.producers, is_read)) return;
  file.skipped.push_back(
      {std::nullopt, "the file has no producer setting under Kafka's name, such as \"acks\""});
  file.is_incomplete = true;
}

}  // namespace kie::lint
