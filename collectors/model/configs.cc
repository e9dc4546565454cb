#include "collectors/model/configs.h"

#include "config/parse_number.h"

namespace kie::model {

std::optional<KafkaRelease> parse_release(std::string_view inter_broker_protocol_version) {
  auto text = inter_broker_protocol_version.substr(0, inter_broker_protocol_version.find('-'));
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = config::parse_number<int>(text.substr(0, dot));
  text.remove_prefix(dot + 1);
  const auto minor = config::parse_number<int>(text.substr(0, text.find('.')));
  if (!major || !minor) return std::nullopt;
  return KafkaRelease{*major, *minor};
}

}  // namespace kie::model
