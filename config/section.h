#pragma once

#include "config/duration.h"
#include "config/load.h"
#include "config/size.h"
#include "config/text.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Reads one table of the file, key by key, and collects errors. Includes toml++, so only load.cc
/// uses it.
namespace kie::config {

inline std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

inline std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a float";
    case toml::node_type::boolean:
      return "a boolean";
    default:
      return "a date or time";
  }
}

template <class Value, std::size_t N>
using WordTable = std::array<std::pair<std::string_view, Value>, N>;

/// Sets `out` to the value of `word`, or returns an error with the valid words.
template <class Value, std::size_t N>
std::optional<std::string> take_word(std::string_view word, const WordTable<Value, N>& words,
                                     Value& out) {
  std::string known;
  for (const auto& [name, value] : words) {
    if (name == word) {
      out = value;
      return std::nullopt;
    }
    known.append(known.empty() ? "" : ", ").append(name);
  }
  return "must be one of " + known + ", not " + in_quotes(word);
}

/// The state shared by all sections of one file.
struct Context {
  const std::string& source;
  const LoadContext& load_context;
  ConfigErrors& problems;

  SourceLocation place(const toml::source_region& region) const {
    return {source, Position{region.begin.line, region.begin.column}};
  }

  void problem(const toml::node& node, std::string what) {
    problems.push_back({place(node.source()), std::move(what)});
  }

  /// The string in `node` with its ${ENV} resolved; nullopt, and an error, if there is none.
  std::optional<std::string> text(const toml::node& node, const std::string& key) {
    const auto* string = node.as_string();
    if (string == nullptr) {
      problem(node, key + " must be a string, not " + type_name(node));
      return std::nullopt;
    }
    auto expansion = expand_environment(string->get(), load_context.environment);
    if (expansion.unterminated)
      problem(node, key + ": \"${\" without \"}\" (write \"$${\" for the characters themselves)");
    for (const auto& name : expansion.unset)
      problem(node, is_variable_name(name)
                        ? std::string(key)
                              .append(": the environment variable ")
                              .append(name)
                              .append(" is not set")
                        : key +
                              ": what stands between \"${\" and \"}\" is not a variable's name "
                              "(write \"$${\" for the characters themselves)");
    if (expansion.unterminated || !expansion.unset.empty()) return std::nullopt;
    return std::move(expansion.text);
  }
};

/// One table of the file. Keys that are read are known; finish() reports the others.
class Section {
 public:
  Section(Context& context, const toml::table& table, std::string path)
      : context_(context), table_(table), path_(std::move(path)) {}

  const toml::node* find(const std::string& key) {
    known_.push_back(key);
    return table_.get(key);
  }

  template <class Check>
  void text(const std::string& key, std::string& out, Check check) {
    const auto* node = find(key);
    if (node == nullptr) return;
    auto value = context_.text(*node, name(key));
    if (!value) return;
    if (const auto wrong = check(*value)) {
      context_.problem(*node, name(key) + ": " + *wrong);
      return;
    }
    out = std::move(*value);
  }

  void duration(const std::string& key, milliseconds& out, milliseconds least, milliseconds most) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto value = context_.text(*node, name(key));
    if (!value) return;
    const auto parsed = parse_duration(*value);
    if (!parsed) {
      context_.problem(*node, name(key) +
                                  " must be a duration such as \"10s\", \"1m30s\" or "
                                  "\"500ms\", not " +
                                  in_quotes(*value));
    } else if (*parsed < least || *parsed > most) {
      context_.problem(*node, name(key) + " must be between " + format_duration(least) + " and " +
                                  format_duration(most) + ", not " + *value);
    } else {
      out = *parsed;
    }
  }

  void size(const std::string& key, std::int64_t& out, std::int64_t least, std::int64_t most) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto value = context_.text(*node, name(key));
    if (!value) return;
    const auto parsed = parse_size(*value);
    if (!parsed) {
      context_.problem(*node, name(key) +
                                  " must be a size such as \"256MiB\", with the unit KiB, MiB, "
                                  "GiB or TiB, not " +
                                  in_quotes(*value));
    } else if (*parsed < least || *parsed > most) {
      context_.problem(*node, name(key) + " must be between " + format_size(least) + " and " +
                                  format_size(most) + ", not " + *value);
    } else {
      out = *parsed;
    }
  }

  std::optional<std::int64_t> integer(const std::string& key, std::int64_t least,
                                      std::int64_t most) {
    const auto* node = find(key);
    if (node == nullptr) return std::nullopt;
    const auto* value = node->as_integer();
    if (value == nullptr) {
      context_.problem(*node, name(key) + " must be an integer, not " + type_name(*node));
    } else if (value->get() < least || value->get() > most) {
      context_.problem(*node, name(key) + " must be between " + std::to_string(least) + " and " +
                                  std::to_string(most) + ", not " + std::to_string(value->get()));
    } else {
      return value->get();
    }
    return std::nullopt;
  }

  void boolean(const std::string& key, bool& out) {
    const auto* node = find(key);
    if (node == nullptr) return;
    if (const auto* value = node->as_boolean()) {
      out = value->get();
    } else {
      context_.problem(*node, name(key) + " must be true or false, not " + type_name(*node));
    }
  }

  /// Reads one of the words, each with its value.
  template <class Value, std::size_t N>
  void word(const std::string& key, Value& out, const WordTable<Value, N>& words) {
    std::string ignored;
    text(key, ignored, [&](const std::string& word) { return take_word(word, words, out); });
  }

  /// Calls each(text, node) for every string of an array, or for a single string.
  template <class Each>
  void text_or_texts(const std::string& key, Each each) {
    if (const auto* node = table_.get(key); node == nullptr || node->is_array())
      return texts(key, each);
    const auto* node = find(key);
    if (auto value = context_.text(*node, name(key))) each(*value, *node);
  }

  /// Calls each(text, node) for every string of an array.
  template <class Each>
  void texts(const std::string& key, Each each) {
    const auto* node = find(key);
    if (node == nullptr) return;
    const auto* array = node->as_array();
    if (array == nullptr) {
      context_.problem(*node, name(key) + " must be an array of strings, not " + type_name(*node));
      return;
    }
    for (const auto& element : *array)
      if (auto value = context_.text(element, name(key))) each(*value, element);
  }

  /// The table of `key`; nullptr if it is missing or no table.
  const toml::table* table(const std::string& key) {
    const auto* node = find(key);
    if (node == nullptr) return nullptr;
    if (const auto* found = node->as_table()) return found;
    context_.problem(*node, name(key) + " must be a table, not " + type_name(*node));
    return nullptr;
  }

  void finish() {
    for (const auto& [key, node] : table_) {
      const std::string word{key.str()};
      if (std::ranges::find(known_, word) != known_.end()) continue;
      std::string what = "unknown key " + in_quotes(name(word));
      if (const auto close = nearest(word, known_)) {
        what += "; did you mean " + in_quotes(name(*close)) + "?";
      } else {
        what += "; known here:";
        for (const auto& known : known_) what += " " + known;
      }
      context_.problems.push_back({context_.place(key.source()), std::move(what)});
    }
  }

 private:
  std::string name(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  Context& context_;
  const toml::table& table_;
  std::string path_;
  std::vector<std::string> known_;
};

}  // namespace kie::config
