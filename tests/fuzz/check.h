#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Fuzzers find what aborts, so an invariant is checked in every build type.
#define KIE_CHECK(condition) \
  ((condition) ? void() : kie::fuzz::fail(__FILE__, __LINE__, #condition))

namespace kie::fuzz {

[[noreturn]] inline void fail(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
  std::abort();
}

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes as characters
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace kie::fuzz

/// One input; what libFuzzer calls again and again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
