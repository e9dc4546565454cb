#include "exporter/lint/spring.h"

#include "collectors/risk/producer.h"
#include "exporter/lint/conditions.h"
#include "exporter/lint/placeholders.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace kie::lint {
namespace {

constexpr std::string_view kSpringKafka = "spring.kafka.";
constexpr std::string_view kOfProducer = "producer.";
constexpr std::string_view kBelowProperties = "properties.";

struct Field {
  /// In the form of is_same_name().
  std::string_view name;
  /// Kafka's; empty: no setting that affects a producer's safety.
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

/// For these Spring treats an empty value as none.
bool is_number(std::string_view key) {
  return key == "batch.size" || key == "buffer.memory" || key == "retries";
}

/// In the form of relaxed(), without dots: names that only producers have. The fifth is Spring
/// Cloud Stream's.
constexpr std::array kTellingNames{std::string_view{"acks"},
                                   std::string_view{"deliverytimeoutms"},
                                   std::string_view{"enableidempotence"},
                                   std::string_view{"maxinflightrequestsperconnection"},
                                   std::string_view{"requiredacks"},
                                   std::string_view{"transactionalid"}};

/// Whether the name, in the form of relaxed(), is that of a producer's setting, with any prefix.
bool tells_of_a_producer(std::string_view name) {
  constexpr std::size_t kMostLength = 200;
  if (name.size() > kMostLength || name.find("consumer") != std::string_view::npos) return false;
  const bool is_below_one = name.find("producer") != std::string_view::npos;
  while (true) {
    std::string key{name};
    std::erase(key, '.');
    if (std::ranges::find(kTellingNames, key) != kTellingNames.end()) return true;
    if (is_below_one && key == "retries") return true;
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return false;
    name.remove_prefix(dot + 1);
  }
}

/// A map's "properties[a.b]" is "properties.a.b"; a sequence's "[0]" stays.
std::string without_brackets(std::string_view name) {
  std::string out;
  while (true) {
    const auto begin = name.find('[');
    const auto end = name.find(']', begin);
    out += name.substr(0, begin);
    if (end == std::string_view::npos)
      return begin == std::string_view::npos ? out : out.append(name.substr(begin));
    const auto inner = name.substr(begin + 1, end - begin - 1);
    if (inner.find_first_not_of("0123456789") == std::string_view::npos) {
      out += name.substr(begin, end - begin + 1);
    } else {
      if (!out.empty() && out.back() != '.') out += '.';
      out += inner;
    }
    name.remove_prefix(end + 1);
  }
}

/// The rest of the name after the prefix; nullopt: it has another one.
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

/// Later ones override, in any order in the file.
enum class Rank : std::uint8_t { kCommon, kCommonProperties, kProducer, kProducerProperties };

/// A document's line.
struct Line {
  const Setting* setting = nullptr;
  /// In the form of relaxed().
  std::string name;
  /// Empty: not a producer's.
  std::string key;
  Rank rank{};
  /// Of a producer that Spring Boot does not create.
  bool is_of_another = false;
};

struct Document {
  std::vector<Line> lines;
  Conditions conditions;

  bool is_in(const Condition& view) const {
    return conditions.empty() || std::ranges::any_of(conditions, [&](const Condition& one) {
             return one.holds_in(view);
           });
  }
};

class Producers {
 public:
  explicit Producers(File& file) : file_(file) {}

  void run(const std::vector<Lines>& documents) {
    for (const auto& document : documents) documents_.push_back(read(document));
    const auto common = producer({}, [](const Document& one) { return one.conditions.empty(); });
    file_.producers.push_back(common);
    for (const auto& view : views()) {
      auto one = producer(view, [&](const Document& document) { return document.is_in(view); });
      // Most profiles of an application have no producer settings.
      if (has_own(view) || !is_same(one.settings, common.settings))
        file_.producers.push_back(std::move(one));
    }
    name_those_of_others();
    std::ranges::sort(skipped_);
    const auto again = std::ranges::unique(skipped_);
    skipped_.erase(again.begin(), again.end());
    for (auto& [line, text] : skipped_) file_.skipped.push_back({line, std::move(text)});
  }

 private:
  Document read(const Lines& lines) {
    Document document;
    document.conditions = conditions_of(lines);
    for (const auto& setting : lines) {
      const auto name = without_brackets(setting.key);
      auto& line = document.lines.emplace_back(Line{&setting, relaxed(name), {}, {}});
      const auto of_kafka = behind(name, kSpringKafka);
      if (of_kafka) place(line, *of_kafka);
      line.is_of_another = line.key.empty() && !(of_kafka && behind(*of_kafka, kOfProducer)) &&
                           tells_of_a_producer(line.name);
    }
    return document;
  }

  void name_those_of_others() {
    for (const auto& document : documents_)
      for (const auto& line : document.lines) {
        if (!line.is_of_another || used_.contains(line.name)) continue;
        skipped_.emplace_back(line.setting->line,
                              "\"" + line.setting->key +
                                  "\" is not of Spring Boot's own producer, the "
                                  "only one of this file that is read");
        file_.is_incomplete = true;
      }
  }

  /// Each condition of a document is a view of its own.
  std::vector<Condition> views() {
    std::vector<Condition> views;
    std::set<std::string> names;
    for (const auto& document : documents_) {
      for (const auto& condition : document.conditions) {
        if (!names.insert(condition.name()).second) continue;
        if (names.size() > kMostProducers) {
          skipped_.emplace_back(document.lines.front().setting->line,
                                "there are too many profiles; the rest is not read");
          file_.is_incomplete = true;
          return views;
        }
        views.push_back(condition);
      }
    }
    return views;
  }

  /// `name`: after "spring.kafka.".
  void place(Line& line, std::string_view name) {
    const auto put = [&](Rank rank, std::string_view key) {
      line.rank = rank;
      line.key = key;
    };
    if (const auto key = behind(name, kBelowProperties)) return put(Rank::kCommonProperties, *key);
    const auto of_producer = behind(name, kOfProducer);
    if (!of_producer) return put(Rank::kCommon, field(kCommonFields, name).value_or(""));
    if (const auto key = behind(*of_producer, kBelowProperties))
      return put(Rank::kProducerProperties, *key);
    if (const auto key = field(kProducerFields, *of_producer)) return put(Rank::kProducer, *key);
    if (!behind(*of_producer, "ssl.") && !behind(*of_producer, "security."))
      skipped_.emplace_back(line.setting->line,
                            "spring.kafka.producer has no \"" + std::string(*of_producer) +
                                "\"; Kafka's own settings stand below properties");
  }

  template <std::size_t N>
  static std::optional<std::string_view> field(const std::array<Field, N>& fields,
                                               std::string_view name) {
    auto plain = relaxed(name);
    // Only this one may be a sequence.
    if (plain.starts_with("bootstrapservers[")) plain.resize(plain.find('['));
    const auto found = std::ranges::find(fields, plain, &Field::name);
    if (found == fields.end()) return std::nullopt;
    return found->key;
  }

  ProducerSettings producer(const Condition& view, const auto& is_in) {
    std::vector<const Line*> lines;
    Placeholders placeholders;
    for (const auto& document : documents_) {
      if (!is_in(document)) continue;
      for (const auto& line : document.lines) {
        placeholders.add(line.name, line.setting->value);
        if (!line.key.empty()) lines.push_back(&line);
      }
    }
    std::map<std::string, Setting> by_key;
    std::set<std::string> below_properties;
    std::set<std::string> hidden;
    const auto put = [&](const Line& line) {
      auto value = placeholders.resolve(line.setting->value);
      if (!value && line.key == "transactional.id") value = line.setting->value;
      hidden.erase(line.key);
      if (!value) {
        by_key.erase(line.key);
        if (risk::is_value_judged(line.key)) hidden.insert(line.key);
        skipped_.emplace_back(
            line.setting->line,
            "\"" + line.setting->key + "\" comes from a placeholder without a default");
        return;
      }
      if (line.rank == Rank::kProducer) {
        if (value->empty() && is_number(line.key)) return;
        // Spring appends a number to the prefix, which may be empty.
        if (line.key == "transactional.id") *value += '0';
      }
      by_key.insert_or_assign(line.key, Setting{line.key, std::move(*value), line.setting->line});
      if (line.rank == Rank::kProducerProperties) below_properties.insert(line.key);
    };
    for (const auto rank :
         {Rank::kCommon, Rank::kCommonProperties, Rank::kProducer, Rank::kProducerProperties})
      for (const auto* line : lines)
        if (line->rank == rank) put(*line);
    used_.insert(placeholders.used().begin(), placeholders.used().end());
    ProducerSettings out;
    out.profile = view.name();
    for (auto& [key, setting] : by_key) out.settings.push_back(std::move(setting));
    std::ranges::sort(out.settings, {},
                      [](const Setting& one) { return std::tie(one.line, one.key); });
    out.below_properties.assign(below_properties.begin(), below_properties.end());
    out.hidden.assign(hidden.begin(), hidden.end());
    return out;
  }

  /// Whether a document for this view has settings of a producer.
  bool has_own(const Condition& view) const {
    return std::ranges::any_of(documents_, [&](const Document& document) {
      return !document.conditions.empty() && document.is_in(view) &&
             !std::ranges::all_of(document.lines, &std::string::empty, &Line::key);
    });
  }

  static bool is_same(const std::vector<Setting>& left, const std::vector<Setting>& right) {
    return std::ranges::equal(left, right, [](const Setting& one, const Setting& other) {
      return std::tie(one.key, one.value, one.line) == std::tie(other.key, other.value, other.line);
    });
  }

  File& file_;
  std::vector<Document> documents_;
  /// The names of lines whose values are used in a producer's settings.
  std::set<std::string_view> used_;
  /// The views have lines in common.
  std::vector<std::pair<int, std::string>> skipped_;
};

}  // namespace

bool is_spring(const std::vector<Lines>& documents) {
  return std::ranges::any_of(documents, [](const Lines& lines) {
    return std::ranges::any_of(
        lines, [](const Setting& line) { return behind(line.key, kSpringKafka).has_value(); });
  });
}

void add_spring_producers(const std::vector<Lines>& documents, File& file) {
  Producers{file}.run(documents);
}

std::string spring_name(const ProducerSettings& producer, std::string_view key) {
  auto name = std::string(kSpringKafka).append(kOfProducer);
  const bool is_field =
      std::ranges::find(kProducerFields, key, &Field::key) != kProducerFields.end() &&
      key != "transactional.id";
  if (!is_field || std::ranges::binary_search(producer.below_properties, key))
    return name.append(kBelowProperties).append(key);
  name += key;
  std::replace(name.begin() + static_cast<std::ptrdiff_t>(name.size() - key.size()), name.end(),
               '.', '-');
  return name;
}

}  // namespace kie::lint
