#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "exporter/exposition/family.h"
#include "exporter/exposition/text.h"

namespace kie::exposition {

/// The samples of one family of one cluster, without header.
struct Piece {
  std::string text;
  std::size_t series = 0;
  /// From then on the piece says what nobody has heard for too long, and is left out; nullopt: never.
  std::optional<std::chrono::steady_clock::time_point> valid_until;
};

/// All that one cluster has in the page.
class Pieces {
 public:
  Piece& operator[](FamilyId id) { return pieces_[static_cast<std::size_t>(id)]; }
  const Piece& operator[](FamilyId id) const { return pieces_[static_cast<std::size_t>(id)]; }

  /// Empties all; the memory is kept for the next rendering.
  void clear() {
    for (auto& piece : pieces_) {
      piece.text.clear();
      piece.series = 0;
      piece.valid_until.reset();
    }
  }

  template <class Number>
  void add(FamilyId id, std::string_view labels, Number value) {
    auto& piece = (*this)[id];
    append_sample(piece.text, family(id).name, labels, value);
    ++piece.series;
  }

 private:
  std::array<Piece, kFamilyCount> pieces_;
};

}  // namespace kie::exposition
