#pragma once

#include "collectors/model/ids.h"

#include <string>
#include <vector>

namespace kie::model {

/// Brokers as "1,2,3".
std::string brokers_text(const std::vector<BrokerId>& brokers);

}  // namespace kie::model
