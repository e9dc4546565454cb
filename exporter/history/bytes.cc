#include "exporter/history/bytes.h"

namespace kie::history {

void ByteWriter::number(std::uint64_t value) {
  while (value >= 0x80U) {
    bytes_.push_back(static_cast<char>(0x80U | (value & 0x7FU)));
    value >>= 7U;
  }
  bytes_.push_back(static_cast<char>(value));
}

void ByteWriter::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  number(value < 0 ? ~(bits << 1U) : bits << 1U);
}

void ByteWriter::text(std::string_view value) {
  number(value.size());
  bytes_.append(value);
}

std::uint64_t ByteReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; ok_ && shift < 64 && !bytes_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte >= 0x80U) continue;
    // A number has only one encoding.
    const bool is_longer_than_need_be = byte == 0 && shift > 0;
    const bool is_too_large = shift == 63 && byte > 1;
    if (is_longer_than_need_be || is_too_large) break;
    return value;
  }
  ok_ = false;
  return 0;
}

std::int64_t ByteReader::integer() {
  const auto bits = number();
  return static_cast<std::int64_t>((bits & 1U) != 0 ? ~(bits >> 1U) : bits >> 1U);
}

std::string ByteReader::text() {
  const auto size = count();
  std::string value{bytes_.substr(0, size)};
  bytes_.remove_prefix(size);
  return value;
}

std::size_t ByteReader::count() {
  const auto value = number();
  if (value > bytes_.size()) {
    ok_ = false;
    return 0;
  }
  return static_cast<std::size_t>(value);
}

}  // namespace kie::history
