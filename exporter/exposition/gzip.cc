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
  // The bound is as large as the text, so the buffer is not kept and what is returned is cut to
  // size.
  std::string buffer(libdeflate_gzip_compress_bound(compressor_.get(), text.size()), '\0');
  const auto size = libdeflate_gzip_compress(compressor_.get(), text.data(), text.size(),
                                             buffer.data(), buffer.size());
  return buffer.substr(0, size);
}

}  // namespace kie::exposition
