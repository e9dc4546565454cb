#include "exporter/lint/lines.h"

#include <yaml-cpp/yaml.h>

#include <utility>

namespace kie::lint {
namespace {

class Reader {
 public:
  Documents run(const std::vector<YAML::Node>& documents) {
    for (const auto& document : documents) {
      out_.documents.emplace_back();
      if (document.IsMap()) {
        map(document, "", 0);
      } else if (document.IsDefined() && !document.IsNull()) {
        out_.skipped.push_back({line_of(document), "a document is no map of settings"});
      }
    }
    return std::move(out_);
  }

 private:
  static int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

  /// An alias may stand for a map that has itself in it, or for the same one a thousand times.
  bool is_full() const { return nodes_ >= kMostSettings; }

  void map(const YAML::Node& map, const std::string& prefix, std::size_t depth) {
    for (const auto& entry : map) {
      if (is_full()) return;
      if (++nodes_ == kMostSettings)
        out_.skipped.push_back(
            {line_of(entry.first), "there are too many settings; the rest is not read"});
      if (!entry.first.IsScalar()) continue;
      // Spring's "[a.b]" is a name with a dot in it.
      auto key = entry.first.Scalar();
      if (key.size() > 2 && key.starts_with('[') && key.ends_with(']'))
        key = key.substr(1, key.size() - 2);
      value(entry.second, prefix + key, line_of(entry.first), depth);
    }
  }

  void value(const YAML::Node& node, const std::string& name, int line, std::size_t depth) {
    if (node.IsMap()) {
      if (depth < kDeepest) {
        map(node, name + ".", depth + 1);
      } else {
        out_.skipped.push_back({line, "it is nested too deeply"});
      }
    } else if (node.IsScalar()) {
      out_.documents.back().push_back({name, node.Scalar(), line});
    }
    // Sequences and nothing at all are no settings of a producer.
  }

  Documents out_;
  std::size_t nodes_ = 0;
};

}  // namespace

tl::expected<Documents, std::string> read_yaml(std::string_view text) {
  try {
    return Reader{}.run(YAML::LoadAll(std::string(text)));
  } catch (const YAML::Exception& error) {
    return tl::make_unexpected("line " + std::to_string(error.mark.line + 1) +
                               ": it is no YAML that can be read");
  }
}

}  // namespace kie::lint
