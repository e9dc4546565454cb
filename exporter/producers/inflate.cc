#include "exporter/producers/inflate.h"

// The input is const.
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

namespace kie::ingest {
namespace {

struct InflateEnd {
  void operator()(z_stream* stream) const noexcept { inflateEnd(stream); }
};

/// The largest window, plus 16 for the gzip format.
constexpr int kWindowOfGzip = MAX_WBITS + 16;
/// Statistics are usually compressed to about a twelfth.
constexpr std::size_t kUsualRatio = 16;
constexpr std::size_t kLeastRoom = 4096;

}  // namespace

tl::expected<std::string, http::BodyError> inflate(std::string_view gzip, std::size_t limit) {
  if (gzip.size() > std::numeric_limits<uInt>::max() || limit > std::numeric_limits<uInt>::max())
    return tl::make_unexpected(http::BodyError::kTooLarge);
  z_stream stream{};
  if (inflateInit2(&stream, kWindowOfGzip) != Z_OK) throw std::bad_alloc();
  const std::unique_ptr<z_stream, InflateEnd> end{&stream};
  stream.next_in = reinterpret_cast<const Bytef*>(gzip.data());
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string out;
  // One byte more than allowed detects a body that is too large.
  for (auto room = kLeastRoom + kUsualRatio * gzip.size();; room *= 4) {
    const auto size = out.size();
    out.resize(std::min(limit + 1, room));
    stream.next_out = reinterpret_cast<Bytef*>(out.data()) + size;
    stream.avail_out = static_cast<uInt>(out.size() - size);
    const auto result = ::inflate(&stream, Z_SYNC_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (out.size() > limit) return tl::make_unexpected(http::BodyError::kTooLarge);
    if (result == Z_STREAM_END) break;
    if (result != Z_OK || stream.avail_out > 0)
      return tl::make_unexpected(http::BodyError::kCutOff);
  }
  // A second gzip member would be lost.
  if (stream.avail_in > 0) return tl::make_unexpected(http::BodyError::kCutOff);
  return out;
}

}  // namespace kie::ingest
