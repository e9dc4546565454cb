#pragma once

#include <string>

namespace kie {

std::string version();
/// The commit that was built, or "unknown".
std::string revision();

}  // namespace kie
