#include "exporter/lint/lines.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace kie::lint {
namespace {

namespace ondemand = simdjson::ondemand;

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text), padded_(text) {}

  tl::expected<Documents, std::string> run() {
    out_.documents.emplace_back();
    try {
      ondemand::parser parser;
      auto document = parser.iterate(padded_);
      object(document.get_object().value(), "", 0);
      if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
        throw simdjson::simdjson_error(simdjson::TRAILING_CONTENT);
    } catch (const simdjson::simdjson_error& error) {
      if (out_.documents.front().empty())
        return tl::make_unexpected("line " + std::to_string(line_) + ": " + error.what());
      out_.skipped.push_back({line_, std::string("from here on it is not read: ") + error.what()});
      out_.is_incomplete = true;
    }
    return std::move(out_);
  }

 private:
  /// Keys come in order, so each line is counted once.
  void go_to(const char* place) {
    const auto* const begin = padded_.data();
    if (place < begin + at_ || place > begin + text_.size()) return;
    const auto to = static_cast<std::size_t>(place - begin);
    line_ += static_cast<int>(std::count(begin + at_, begin + to, '\n'));
    at_ = to;
  }

  void object(ondemand::object object, const std::string& prefix, std::size_t depth) {
    for (auto field : object) {
      go_to(field.key().raw());
      const auto line = line_;
      const auto name = prefix + std::string(std::string_view{field.unescaped_key()});
      value(field.value(), name, line, depth);
    }
  }

  void value(ondemand::value value, const std::string& name, int line, std::size_t depth) {
    const auto skip = [&](const char* what) {
      out_.skipped.push_back({line, "\"" + name + "\" is " + what + ", and no setting"});
    };
    switch (value.type().value()) {
      case ondemand::json_type::object:
        if (depth == kDeepest) {
          skip("nested too deeply");
          out_.is_incomplete = true;
        } else {
          object(value.get_object(), name + ".", depth + 1);
        }
        return;
      case ondemand::json_type::array:
        return skip("an array");
      case ondemand::json_type::null:
        if (value.is_null()) return skip("null");
        throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
      case ondemand::json_type::string:
        return add(name, std::string(std::string_view{value.get_string()}), line);
      case ondemand::json_type::boolean:
        return add(name, bool{value.get_bool()} ? "true" : "false", line);
      case ondemand::json_type::number:
        // Kept as written; but it must be a number.
        static_cast<void>(value.get_double().value());
        return add(name, std::string(trimmed(value.raw_json_token())), line);
    }
  }

  static std::string_view trimmed(std::string_view token) {
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  }

  void add(const std::string& name, std::string value, int line) {
    auto& settings = out_.documents.front();
    if (settings.size() < kMostSettings) {
      settings.push_back({name, std::move(value), line});
      return;
    }
    if (!is_full_)
      out_.skipped.push_back({line, "there are too many settings; the rest is not read"});
    is_full_ = true;
    out_.is_incomplete = true;
  }

  std::string_view text_;
  simdjson::padded_string padded_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool is_full_ = false;
  Documents out_;
};

}  // namespace

tl::expected<Documents, std::string> read_json(std::string_view text) {
  return JsonReader{text}.run();
}

}  // namespace kie::lint
