#include "tests/bench/allocations.h"

#include <atomic>
#include <cstddef>

namespace kie::bench {
namespace {

// Constant initialized: malloc is called before any constructor runs.
std::atomic<std::uint64_t> count{0};
std::atomic<std::uint64_t> bytes{0};

void add(std::size_t size) {
  count.fetch_add(1, std::memory_order_relaxed);
  bytes.fetch_add(size, std::memory_order_relaxed);
}

}  // namespace

Allocations allocations() {
  return {count.load(std::memory_order_relaxed), bytes.load(std::memory_order_relaxed)};
}

}  // namespace kie::bench

// operator new calls malloc, and CivetWeb and zlib know only malloc, so one hook at malloc
// counts both, each once. The heap itself stays glibc's, hence its free() fits.
// NOLINTBEGIN(bugprone-reserved-identifier): glibc's names
extern "C" {
void* __libc_malloc(std::size_t size) noexcept;
void* __libc_calloc(std::size_t count, std::size_t size) noexcept;
void* __libc_realloc(void* old, std::size_t size) noexcept;
void* __libc_memalign(std::size_t alignment, std::size_t size) noexcept;

void* malloc(std::size_t size) noexcept {
  kie::bench::add(size);
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  kie::bench::add(count * size);
  return __libc_calloc(count, size);
}

void* realloc(void* old, std::size_t size) noexcept {
  kie::bench::add(size);
  return __libc_realloc(old, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  kie::bench::add(size);
  return __libc_memalign(alignment, size);
}
}
// NOLINTEND(bugprone-reserved-identifier)
