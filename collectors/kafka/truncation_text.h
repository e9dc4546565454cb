#pragma once

#include "collectors/model/ids.h"

#include <optional>
#include <string_view>

namespace kie::kafka {

/// What librdkafka tells of the end of a leader epoch. It has no function for it: the answer is in
/// the text of an error (_AUTO_OFFSET_RESET) that a consumer gets which was sent too far ahead.
struct TruncationText {
  struct End {
    /// The largest at or below the one asked that the log has, or the one asked where it is older
    /// than all the log knows.
    LeaderEpoch epoch;
    Offset offset;

    constexpr auto operator<=>(const End&) const = default;
  };

  Offset asked_offset;
  LeaderEpoch asked_epoch;
  /// nullopt: the broker knows no epoch as high as the one asked.
  std::optional<End> end;
  /// Who answered.
  std::optional<BrokerId> broker;

  constexpr auto operator<=>(const TruncationText&) const = default;
};

using ReadTruncationText = std::optional<TruncationText> (*)(std::string_view text);

/// nullopt: the text is not of this kind.
std::optional<TruncationText> parse_truncation_text(std::string_view text);

/// Whether a text that cannot be read is of this kind all the same, in words that are new.
bool looks_like_truncation_text(std::string_view text);

}  // namespace kie::kafka
