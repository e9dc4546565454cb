#include "collectors/producers/monitor/post.h"
#include "tests/fuzz/check.h"

#include <algorithm>
#include <cstdint>

// What an exporter, or whatever listens in its place, answers to the plugin.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = kie::fuzz::as_text(data, size);
  const auto result = kie::monitor::read_answer(text);
  KIE_CHECK(result.is_read || !result.problem.empty());
  KIE_CHECK(!result.is_read || text.starts_with("HTTP/1."));
  KIE_CHECK(result.problem.size() < 700);
  KIE_CHECK(std::ranges::none_of(result.problem,
                                 [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  return 0;
}
