#pragma once

#include <cstdint>

namespace kie::fuzz {

/// Small choices, read from the input; when it is at its end, always the first.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}

  bool empty() const { return data_ == end_; }
  unsigned byte() { return empty() ? 0U : *data_++; }
  bool flag() {
    if (bits_left_ == 0) {
      bits_ = byte();
      bits_left_ = 8;
    }
    --bits_left_;
    const bool set = (bits_ & 1U) != 0;
    bits_ >>= 1U;
    return set;
  }
  int below(int limit) { return static_cast<int>(byte() % static_cast<unsigned>(limit)); }

 private:
  const std::uint8_t* data_;
  const std::uint8_t* end_;
  unsigned bits_ = 0;
  int bits_left_ = 0;
};

}  // namespace kie::fuzz
