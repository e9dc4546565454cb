#include "collectors/model/brokers_text.h"

namespace kie::model {

std::string brokers_text(const std::vector<BrokerId>& brokers) {
  std::string text;
  for (const auto broker : brokers) {
    if (!text.empty()) text += ',';
    text += std::to_string(broker.value);
  }
  return text;
}

}  // namespace kie::model
