#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kie::history {

/// Writes numbers and texts one after the other, small numbers in few bytes (LEB128).
class ByteWriter {
 public:
  void number(std::uint64_t value);
  /// Short for small values of either sign.
  void integer(std::int64_t value);
  void text(std::string_view value);

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what ByteWriter wrote. After the first missing or malformed value, all values are zero or
/// empty, and ok() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t number();
  std::int64_t integer();
  std::string text();
  /// The number of values that follow, of at least one byte each: never more than bytes are left.
  std::size_t count();

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace kie::history
