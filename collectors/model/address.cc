#include "collectors/model/address.h"

namespace kie::model {

std::string format_host(std::string_view host) {
  const bool is_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  return is_v6 ? "[" + std::string(host) + "]" : std::string(host);
}

}  // namespace kie::model
