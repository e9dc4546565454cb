#pragma once

// The input is const.
#define ZLIB_CONST
#include <zlib.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kie::exposition {

/// Compresses whole pages at zlib's fastest level.
/// Thread: one at a time.
class Gzip {
 public:
  Gzip();

  /// The parts are not joined: together they would be as large as the page.
  std::string compress(std::span<const std::string_view> parts);

 private:
  struct Deleter {
    void operator()(z_stream* stream) const noexcept;
  };

  std::unique_ptr<z_stream, Deleter> stream_;
};

}  // namespace kie::exposition
