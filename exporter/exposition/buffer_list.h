#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kie::exposition {

/// A text in shared parts, which are not copied: that of a large cluster has megabytes.
class BufferList {
 public:
  void append(std::string_view part) {
    size_ += part.size();
    parts_.push_back(part);
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const std::string_view> parts() const { return parts_; }

  /// A copy of the whole text.
  std::string str() const {
    std::string text;
    text.reserve(size_);
    for (const auto part : parts_) text += part;
    return text;
  }

 private:
  std::vector<std::string_view> parts_;
  std::size_t size_ = 0;
};

}  // namespace kie::exposition
