#include "exporter/exposition/gzip.h"

#include <libdeflate.h>

#include <new>

namespace kie::exposition {
namespace {

constexpr int kFastest = 1;

}  // namespace

void Gzip::Deleter::operator()(libdeflate_compressor* compressor) const noexcept {
  libdeflate_free_compressor(compressor);
}

Gzip::Gzip() : compressor_(libdeflate_alloc_compressor(kFastest)) {
  if (!compressor_) throw std::bad_alloc();
}

std::string Gzip::compress(std::string_view text) {
  // As large as the text, so it is neither kept nor cleared.
  const auto bound = libdeflate_gzip_compress_bound(compressor_.get(), text.size());
  // NOLINTNEXTLINE(modernize-avoid-c-arrays): a vector would clear it
  const auto buffer = std::make_unique_for_overwrite<char[]>(bound);
  const auto size =
      libdeflate_gzip_compress(compressor_.get(), text.data(), text.size(), buffer.get(), bound);
  return {buffer.get(), size};
}

}  // namespace kie::exposition
