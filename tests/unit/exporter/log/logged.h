#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace kie {

/// Text that the action writes to the log.
template <class Do>
std::string logged(Do action) {
  testing::internal::CaptureStderr();
  action();
  return testing::internal::GetCapturedStderr();
}

inline long lines(const std::string& text) { return std::ranges::count(text, '\n'); }

}  // namespace kie
