#pragma once

#include <memory>
#include <string>
#include <string_view>

struct libdeflate_compressor;

namespace kie::exposition {

/// Compresses whole pages at libdeflate's fastest level.
/// Thread: one at a time.
class Gzip {
 public:
  Gzip();

  std::string compress(std::string_view text);

 private:
  struct Deleter {
    void operator()(libdeflate_compressor* compressor) const noexcept;
  };

  std::unique_ptr<libdeflate_compressor, Deleter> compressor_;
};

}  // namespace kie::exposition
