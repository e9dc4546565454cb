#pragma once

#include "collectors/model/ids.h"

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Kafka's primitive types, written and read.
namespace kie::kafka::codec {

/// The fields of a message or of a structure in it, in one list for both directions:
///
///     template <>
///     struct Fields<Broker> {
///       static constexpr void of(auto& wire, auto& broker) {
///         wire(broker.id, broker.host);
///         if (wire.version() >= 2) wire(broker.is_fenced);
///       }
///     };
///
/// The encoding of a field follows from its type: a number, a text, a nullable text
/// (std::optional), an array (std::vector), a nullable array, a structure.
template <class T>
struct Fields;

template <class T>
concept Number = std::integral<T> || std::is_enum_v<T>;

template <class T>
concept Structure = std::is_class_v<T>;

/// Writes to a Sink: either bytes, or only their number.
template <class Sink>
class BasicWriter {
 public:
  constexpr BasicWriter(std::int16_t version, bool is_flexible)
      : version_(version), is_flexible_(is_flexible) {}

  template <class... T>
  constexpr void operator()(const T&... values) {
    (put(values), ...);
  }

  /// A text that may be null from `since` on. Before, null is written as an empty text.
  constexpr void nullable_since(std::int16_t since, const std::optional<std::string_view>& text) {
    version_ >= since ? put(text) : put(text.value_or(std::string_view{}));
  }

  constexpr std::int16_t version() const { return version_; }
  constexpr Sink& sink() { return sink_; }

  constexpr void unsigned_varint(std::uint32_t value) {
    for (; value >= 0x80U; value >>= 7U) sink_.number(static_cast<std::uint8_t>(value | 0x80U));
    sink_.number(static_cast<std::uint8_t>(value));
  }

 private:
  template <Number T>
  constexpr void put(T value) {
    sink_.number(value);
  }
  template <class Rep, class Tag>
  constexpr void put(const Id<Rep, Tag>& id) {
    sink_.number(id.value);
  }
  constexpr void put(const TopicId& id) {
    sink_.number(id.most_significant);
    sink_.number(id.least_significant);
  }
  constexpr void put(std::string_view text) {
    count<std::int16_t>(text.size());
    sink_.bytes(text);
  }
  template <class T>
  constexpr void put(const std::vector<T>& values) {
    count<std::int32_t>(values.size());
    for (const auto& value : values) put(value);
  }
  constexpr void put(const std::optional<std::string_view>& text) {
    text ? put(*text) : null<std::int16_t>();
  }
  template <class T>
  constexpr void put(const std::optional<std::vector<T>>& values) {
    values ? put(*values) : null<std::int32_t>();
  }
  template <Structure T>
  constexpr void put(const T& structure) {
    Fields<T>::of(*this, structure);
    if (is_flexible_) unsigned_varint(0);  // no tagged fields
  }

  /// The length of a text or array. Plain: its type if it is not compact; then a text of more than
  /// 32,767 bytes cannot be encoded.
  template <class Plain>
  constexpr void count(std::size_t count) {
    if (is_flexible_) {
      unsigned_varint(static_cast<std::uint32_t>(count + 1));
    } else {
      sink_.number(static_cast<Plain>(count));
    }
  }
  template <class Plain>
  constexpr void null() {
    if (is_flexible_) {
      unsigned_varint(0);
    } else {
      sink_.number(Plain{-1});
    }
  }

  Sink sink_;
  std::int16_t version_;
  bool is_flexible_;
};

struct SizeSink {
  std::size_t size = 0;

  template <Number T>
  constexpr void number(T) {
    size += sizeof(T);
  }
  constexpr void bytes(std::string_view text) { size += text.size(); }
};

struct ByteSink {
  std::string out;

  template <Number T>
  void number(T value) {
    if constexpr (std::is_enum_v<T>) {
      number(static_cast<std::underlying_type_t<T>>(value));
    } else if constexpr (sizeof(T) == 1) {
      out.push_back(static_cast<char>(value));
    } else {
      std::array<char, sizeof(T)> bytes{};
      auto bits = static_cast<std::uint64_t>(value);
      for (std::size_t i = sizeof(T); i-- > 0; bits >>= 8U)
        bytes[i] = static_cast<char>(bits & 0xFFU);  // most significant first
      out.append(bytes.data(), bytes.size());
    }
  }
  void bytes(std::string_view text) { out.append(text); }
};

using WireWriter = BasicWriter<ByteSink>;
using Sizer = BasicWriter<SizeSink>;

/// The size of a T with all texts and arrays empty: the smallest size of a T.
template <class T>
constexpr std::size_t least_size(std::int16_t version, bool is_flexible) {
  Sizer sizer{version, is_flexible};
  sizer(T{});
  return sizer.sink().size;
}

/// Bytes of memory per byte on the wire. No element of an array may take more, so that a broker
/// cannot cause large allocations with small messages.
inline constexpr std::size_t kMostAmplification = 16;

/// Reads untrusted bytes: never beyond the end, and without allocating elements that cannot be in
/// the bytes. After the first fault all values are zero or empty. Reads into new objects.
class WireReader {
 public:
  WireReader(std::string_view bytes, std::int16_t version, bool is_flexible)
      : begin_(bytes.data()),
        at_(begin_),
        end_(begin_ + bytes.size()),
        version_(version),
        is_flexible_(is_flexible) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }

  /// A text that may be null from `since` on.
  void nullable_since(std::int16_t since, std::optional<std::string_view>& text) {
    get(text);
    if (!text && version_ < since) fail(Fault::kNull);
  }

  std::int16_t version() const { return version_; }

  std::uint32_t unsigned_varint();

  bool ok() const { return fault_ == Fault::kNone; }

  /// nullopt: no fault, and no bytes are left.
  std::optional<std::string> problem() const;

 private:
  enum class Fault : std::uint8_t { kNone, kEnd, kCount, kNull, kVarint };

  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  /// Keeps the first fault and where it was.
  void fail(Fault fault);

  /// nullptr if there are not so many bytes.
  const char* take(std::size_t size) {
    if (size > left()) {
      fail(Fault::kEnd);
      return nullptr;
    }
    return std::exchange(at_, at_ + size);
  }

  template <class T>
  static T number_at(const char* at) {
    if constexpr (std::is_enum_v<T>) {
      return static_cast<T>(number_at<std::underlying_type_t<T>>(at));
    } else if constexpr (sizeof(T) == 1) {
      // Any other than 0 is true, as in Kafka.
      return static_cast<T>(*at);
    } else {
      std::make_unsigned_t<T> bits = 0;
      std::memcpy(&bits, at, sizeof bits);
      if constexpr (std::endian::native == std::endian::little) bits = reversed(bits);
      return static_cast<T>(bits);
    }
  }
  static std::uint16_t reversed(std::uint16_t bits) { return __builtin_bswap16(bits); }
  static std::uint32_t reversed(std::uint32_t bits) { return __builtin_bswap32(bits); }
  static std::uint64_t reversed(std::uint64_t bits) { return __builtin_bswap64(bits); }

  template <Number T>
  void get(T& value) {
    const auto* at = take(sizeof(T));
    value = at != nullptr ? number_at<T>(at) : T{};
  }
  template <class Rep, class Tag>
  void get(Id<Rep, Tag>& id) {
    get(id.value);
  }
  void get(TopicId& id) {
    get(id.most_significant);
    get(id.least_significant);
  }
  void get(std::string_view& text) {
    const auto size = count<std::int16_t>();
    if (!size) fail(Fault::kNull);
    text = bytes(size.value_or(0));
  }
  void get(std::optional<std::string_view>& text) {
    if (const auto size = count<std::int16_t>()) text = bytes(*size);
  }
  template <class T>
  void get(std::vector<T>& values) {
    const auto size = count<std::int32_t>();
    if (!size) fail(Fault::kNull);
    elements(size.value_or(0), values);
  }
  template <class T>
  void get(std::optional<std::vector<T>>& values) {
    if (const auto size = count<std::int32_t>()) elements(*size, values.emplace());
  }
  template <Structure T>
  void get(T& structure) {
    Fields<T>::of(*this, structure);
    if (is_flexible_) skip_tagged_fields();
  }

  /// nullopt: null. Plain: its type if it is not compact.
  template <class Plain>
  std::optional<std::size_t> count() {
    if (is_flexible_) {
      const auto number = unsigned_varint();
      // After a fault values are empty, not null.
      if (number == 0 && ok()) return std::nullopt;
      return number == 0 ? 0 : number - 1;
    }
    Plain number = 0;
    get(number);
    if (number == -1) return std::nullopt;
    if (number < 0) fail(Fault::kCount);
    return number < 0 ? std::size_t{0} : static_cast<std::size_t>(number);
  }

  std::string_view bytes(std::size_t size) {
    const auto* at = take(size);
    return at != nullptr ? std::string_view{at, size} : std::string_view{};
  }

  template <class T>
  void elements(std::size_t count, std::vector<T>& values) {
    // The first version of a message has the fewest fields.
    static_assert(sizeof(T) <= kMostAmplification * least_size<T>(0, false));
    static_assert(sizeof(T) <= kMostAmplification * least_size<T>(0, true));
    const auto least = least_size<T>(version_, is_flexible_);
    if (!reserve(count, least)) return;
    values.resize(count);
    for (auto& value : values) {
      reserved_ -= least;
      get(value);
    }
  }

  /// The bytes that the remaining elements need at least are reserved, so that arrays inside of an
  /// earlier element cannot use them: this bounds all arrays together, not only each.
  bool reserve(std::size_t count, std::size_t least) {
    const auto free = left() > reserved_ ? left() - reserved_ : 0;
    if (count > free / least) {
      fail(Fault::kCount);
      return false;
    }
    reserved_ += count * least;
    return true;
  }

  /// No tagged field is defined in these versions; unknown ones are skipped.
  void skip_tagged_fields() {
    for (auto count = unsigned_varint(); count > 0 && ok(); --count) {
      unsigned_varint();  // which
      take(unsigned_varint());
    }
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::size_t reserved_ = 0;
  std::int16_t version_;
  bool is_flexible_;
  Fault fault_ = Fault::kNone;
  std::size_t fault_at_ = 0;
};

inline std::uint32_t WireReader::unsigned_varint() {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const auto* at = take(1);
    if (at == nullptr) return 0;
    const auto byte = static_cast<std::uint8_t>(*at);
    // Only four bits of the fifth byte count.
    if (shift == 28 && byte > 0x0FU) break;
    value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return value;
  }
  fail(Fault::kVarint);
  return 0;
}

}  // namespace kie::kafka::codec
