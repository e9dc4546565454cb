#include "collectors/producers/errors.h"

#include <algorithm>
#include <array>

namespace kie::producers {
namespace {

constexpr std::string_view kOther = "other";

struct Described {
  std::string_view name;
  std::string_view description;
};

constexpr std::array kDescribed{
    Described{"CLUSTER_AUTHORIZATION_FAILED", "Broker: Cluster authorization failed"},
    Described{"INVALID_PRODUCER_EPOCH",
              "Broker: Producer attempted an operation with an old epoch"},
    Described{"INVALID_PRODUCER_ID_MAPPING",
              "Broker: Producer attempted to use a producer id which is not currently assigned to "
              "its transactional id"},
    Described{"INVALID_TRANSACTION_TIMEOUT",
              "Broker: Transaction timeout is larger than the maximum value allowed by the "
              "broker's max.transaction.timeout.ms"},
    Described{"INVALID_TXN_STATE",
              "Broker: Producer attempted a transactional operation in an invalid state"},
    Described{"OUT_OF_ORDER_SEQUENCE_NUMBER",
              "Broker: Broker received an out of order sequence number"},
    Described{"PRODUCER_FENCED",
              "Broker: There is a newer producer with the same transactionalId which fences the "
              "current one"},
    Described{"TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
              "Broker: Transactional Id authorization failed"},
    Described{"UNKNOWN_PRODUCER_ID", "Broker: Unknown Producer Id"},
    Described{"UNSUPPORTED_FOR_MESSAGE_FORMAT",
              "Broker: Message format on broker does not support request"},
    Described{"_FENCED", "Local: This instance has been fenced by a newer instance"},
    Described{"_GAPLESS_GUARANTEE",
              "Local: Gap-less ordering would not be guaranteed if proceeding"},
    Described{"_INCONSISTENT", "Local: Inconsistent state"},
    Described{"_UNSUPPORTED_FEATURE", "Local: Required feature not supported by broker"},
};

constexpr auto kFatalErrors = [] {
  std::array<std::string_view, kDescribed.size() + 1> names;
  std::ranges::transform(kDescribed, names.begin(), &Described::name);
  names.back() = kOther;
  return names;
}();

}  // namespace

std::span<const std::string_view> fatal_errors() { return kFatalErrors; }

std::string_view fatal_error(std::string_view description) {
  const auto* found = std::ranges::find(kDescribed, description, &Described::description);
  return found == kDescribed.end() ? kOther : found->name;
}

}  // namespace kie::producers
