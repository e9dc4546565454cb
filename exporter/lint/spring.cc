#include "exporter/lint/spring.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace kie::lint {
namespace {

constexpr std::string_view kSpringKafka = "spring.kafka.";
constexpr std::string_view kOfProducer = "producer.";
constexpr std::string_view kBelowProperties = "properties.";

struct Field {
  /// As is_same_name() has it.
  std::string_view name;
  /// Kafka's; empty: none that bears on a producer's safety.
  std::string_view key;
};

constexpr std::array kProducerFields{Field{"acks", "acks"},
                                     Field{"batchsize", "batch.size"},
                                     Field{"bootstrapservers", "bootstrap.servers"},
                                     Field{"buffermemory", "buffer.memory"},
                                     Field{"clientid", "client.id"},
                                     Field{"compressiontype", "compression.type"},
                                     Field{"keyserializer", "key.serializer"},
                                     Field{"retries", "retries"},
                                     Field{"transactionidprefix", "transactional.id"},
                                     Field{"valueserializer", "value.serializer"}};
constexpr std::array kCommonFields{Field{"bootstrapservers", "bootstrap.servers"},
                                   Field{"clientid", "client.id"}};

/// Relaxed binding: case, dashes and underscores do not count.
std::string relaxed(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c != '-' && c != '_') out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

/// What comes behind, if the name begins so.
std::optional<std::string_view> behind(std::string_view name, std::string_view prefix) {
  std::size_t dots = static_cast<std::size_t>(std::ranges::count(prefix, '.'));
  std::size_t end = 0;
  for (; dots > 0; --dots) {
    end = name.find('.', end);
    if (end++ == std::string_view::npos) return std::nullopt;
  }
  if (relaxed(name.substr(0, end)) != prefix) return std::nullopt;
  return name.substr(end);
}

/// Later ones win, whatever their order in the file.
enum class Rank : std::uint8_t { kCommon, kCommonProperties, kProducer, kProducerProperties };

struct Ranked {
  Rank rank{};
  Setting setting;
};

class Producers {
 public:
  explicit Producers(std::vector<Skipped>& skipped) : skipped_(skipped) {}

  std::vector<Producer> run(const std::vector<Lines>& documents) {
    std::vector<std::pair<std::string, std::vector<Ranked>>> profiles;
    std::vector<Ranked> common;
    for (const auto& document : documents) {
      auto settings = read(document);
      if (auto profile = profile_of(document); profile.empty()) {
        std::ranges::move(settings, std::back_inserter(common));
      } else if (!settings.empty()) {
        profiles.emplace_back(std::move(profile), std::move(settings));
      }
    }
    std::vector<Producer> producers;
    producers.push_back(merged("", common));
    for (auto& [name, settings] : profiles) {
      auto all = common;
      std::ranges::move(settings, std::back_inserter(all));
      producers.push_back(merged(name, all));
    }
    return producers;
  }

 private:
  static std::string profile_of(const Lines& document) {
    for (const auto& line : document) {
      const auto name = relaxed(line.key);
      if (name == "spring.config.activate.onprofile" || name == "spring.profiles")
        return line.value;
    }
    return {};
  }

  std::vector<Ranked> read(const Lines& document) {
    std::vector<Ranked> settings;
    for (const auto& line : document) {
      const auto name = behind(line.key, kSpringKafka);
      if (!name) continue;
      auto place = place_of(*name, line.line);
      if (!place) continue;
      auto value = resolved(line);
      if (value) settings.push_back({place->first, {place->second, std::move(*value), line.line}});
    }
    return settings;
  }

  /// The rank and Kafka's key of a name behind "spring.kafka.".
  std::optional<std::pair<Rank, std::string>> place_of(std::string_view name, int line) {
    if (const auto key = behind(name, kBelowProperties))
      return std::pair{Rank::kCommonProperties, std::string(*key)};
    const auto of_producer = behind(name, kOfProducer);
    if (!of_producer) {
      if (const auto key = field(kCommonFields, name)) return std::pair{Rank::kCommon, *key};
      return std::nullopt;
    }
    if (const auto key = behind(*of_producer, kBelowProperties))
      return std::pair{Rank::kProducerProperties, std::string(*key)};
    if (const auto key = field(kProducerFields, *of_producer))
      return std::pair{Rank::kProducer, *key};
    if (!behind(*of_producer, "ssl.") && !behind(*of_producer, "security."))
      skipped_.push_back({line, "spring.kafka.producer has no \"" + std::string(*of_producer) +
                                    "\"; Kafka's own settings stand below properties"});
    return std::nullopt;
  }

  template <std::size_t N>
  static std::optional<std::string> field(const std::array<Field, N>& fields,
                                          std::string_view name) {
    const auto found = std::ranges::find(fields, relaxed(name), &Field::name);
    if (found == fields.end()) return std::nullopt;
    return std::string(found->key);
  }

  /// ${NAME:default} is the default; without one nobody knows.
  std::optional<std::string> resolved(const Setting& line) {
    const std::string_view value = line.value;
    const auto begin = value.find("${");
    if (begin == std::string_view::npos) return line.value;
    const auto colon = value.find(':', begin);
    const auto end = value.find('}', begin);
    const bool is_whole = begin == 0 && end == value.size() - 1;
    if (is_whole && colon < end) return std::string(value.substr(colon + 1, end - colon - 1));
    skipped_.push_back(
        {line.line, "\"" + line.key + "\" comes from a placeholder without a default"});
    return std::nullopt;
  }

  static Producer merged(const std::string& profile, const std::vector<Ranked>& settings) {
    std::map<std::string, Setting> by_key;
    for (const auto rank :
         {Rank::kCommon, Rank::kCommonProperties, Rank::kProducer, Rank::kProducerProperties})
      for (const auto& one : settings)
        if (one.rank == rank) by_key.insert_or_assign(one.setting.key, one.setting);
    Producer producer{profile, {}};
    for (auto& [key, setting] : by_key) producer.settings.push_back(std::move(setting));
    std::ranges::sort(producer.settings, {},
                      [](const Setting& one) { return std::tie(one.line, one.key); });
    return producer;
  }

  std::vector<Skipped>& skipped_;
};

}  // namespace

bool is_spring(const std::vector<Lines>& documents) {
  return std::ranges::any_of(documents, [](const Lines& lines) {
    return std::ranges::any_of(
        lines, [](const Setting& line) { return behind(line.key, kSpringKafka).has_value(); });
  });
}

std::vector<Producer> spring_producers(const std::vector<Lines>& documents,
                                       std::vector<Skipped>& skipped) {
  return Producers{skipped}.run(documents);
}

}  // namespace kie::lint
