#include "exporter/ingest/inflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

namespace kie::ingest {
namespace {

struct Deleter {
  void operator()(libdeflate_decompressor* one) const noexcept {
    libdeflate_free_decompressor(one);
  }
};

/// Statistics shrink to about a twelfth.
constexpr std::size_t kUsualRatio = 16;
constexpr std::size_t kLeastRoom = 4096;

}  // namespace

tl::expected<std::string, http::BodyError> inflate(std::string_view gzip, std::size_t limit) {
  const std::unique_ptr<libdeflate_decompressor, Deleter> decompressor{
      libdeflate_alloc_decompressor()};
  std::string out;
  // libdeflate wants all the room at once: more each time, so that a small body costs little.
  for (std::size_t room = std::min(limit, kLeastRoom + kUsualRatio * gzip.size());;
       room = std::min(limit, 4 * room)) {
    out.resize(room);
    std::size_t size = 0;
    const auto result = libdeflate_gzip_decompress(decompressor.get(), gzip.data(), gzip.size(),
                                                   out.data(), room, &size);
    if (result == LIBDEFLATE_SUCCESS) {
      out.resize(size);
      return out;
    }
    if (result != LIBDEFLATE_INSUFFICIENT_SPACE)
      return tl::make_unexpected(http::BodyError::kCutOff);
    if (room == limit) return tl::make_unexpected(http::BodyError::kTooLarge);
  }
}

}  // namespace kie::ingest
