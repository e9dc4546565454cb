#include "exporter/lint/lint.h"

#include "tests/fuzz/check.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

constexpr std::array<std::string_view, 4> kNames{"a.properties", "a.json", "a.yml", "a"};

bool is_line(std::optional<int> line, std::ptrdiff_t lines) {
  return !line || (*line >= 1 && *line <= lines);
}

/// Whatever a file has in it, lines are those of the file, and a value is read as its client does.
void judge(std::string_view name, std::string_view text) {
  using namespace kie;
  const auto lines = 1 + std::ranges::count(text, '\n') + std::ranges::count(text, '\r');
  for (const auto kind : {risk::ClientKind::kJava, risk::ClientKind::kLibrdkafka}) {
    lint::LintReport report;
    report.files.push_back(
        lint::judge(std::string(name), text, risk::ClientRelease{.kind = kind, .version = {}}, {}));
    const auto& file = report.files.front();
    KIE_CHECK(file.error.empty() || (file.producers.empty() && file.skipped.empty()));
    for (const auto& producer : file.producers)
      for (const auto& found : producer.found) KIE_CHECK(is_line(found.line, lines));
    for (const auto& skipped : file.skipped) KIE_CHECK(is_line(skipped.line, lines));
    KIE_CHECK(!report_text(report).empty());
    KIE_CHECK(!report_json(report).empty());
    KIE_CHECK(exit_code(report) <= 2);
  }
}

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text{data + 1, data + size};
  judge(kNames.at(data[0] % kNames.size()), text);
  return 0;
}
