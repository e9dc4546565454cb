#include "exporter/exposition/gzip.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace kie::exposition {
namespace {

/// The largest window, plus 16 for the gzip format.
constexpr int kWindowOfGzip = MAX_WBITS + 16;
constexpr int kMemoryLevel = 8;
constexpr std::size_t kOutput = 16384;

}  // namespace

void Gzip::Deleter::operator()(z_stream* stream) const noexcept {
  deflateEnd(stream);
  delete stream;  // NOLINT(cppcoreguidelines-owning-memory): this is its owner's end
}

Gzip::Gzip() {
  auto stream = std::make_unique<z_stream>();
  if (deflateInit2(stream.get(), Z_BEST_SPEED, Z_DEFLATED, kWindowOfGzip, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  stream_.reset(stream.release());
}

std::string Gzip::compress(std::span<const std::string_view> parts) {
  deflateReset(stream_.get());
  std::string out;
  std::array<Bytef, kOutput> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled
  const auto drain = [&](int flush) {
    do {
      stream_->next_out = buffer.data();
      stream_->avail_out = static_cast<uInt>(buffer.size());
      deflate(stream_.get(), flush);
      out.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream_->avail_out);
    } while (stream_->avail_out == 0);
  };
  for (auto part : parts) {
    while (!part.empty()) {
      const auto size = std::min<std::size_t>(part.size(), std::numeric_limits<uInt>::max());
      stream_->next_in = reinterpret_cast<const Bytef*>(part.data());
      stream_->avail_in = static_cast<uInt>(size);
      drain(Z_NO_FLUSH);
      part.remove_prefix(size);
    }
  }
  drain(Z_FINISH);
  return out;
}

}  // namespace kie::exposition
