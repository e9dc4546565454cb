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

constexpr std::array<std::string_view, 26> kDeliveryErrors{"INVALID_PRODUCER_EPOCH",
                                                           "INVALID_RECORD",
                                                           "KAFKA_STORAGE_ERROR",
                                                           "MSG_SIZE_TOO_LARGE",
                                                           "NOT_ENOUGH_REPLICAS",
                                                           "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
                                                           "NOT_LEADER_FOR_PARTITION",
                                                           "OUT_OF_ORDER_SEQUENCE_NUMBER",
                                                           "REQUEST_TIMED_OUT",
                                                           "TOPIC_AUTHORIZATION_FAILED",
                                                           "UNKNOWN_PRODUCER_ID",
                                                           "UNKNOWN_TOPIC_OR_PART",
                                                           "_FATAL",
                                                           "_FENCED",
                                                           "_GAPLESS_GUARANTEE",
                                                           "_INCONSISTENT",
                                                           "_INVALID_DIFFERENT_RECORD",
                                                           "_MSG_TIMED_OUT",
                                                           "_PURGE_INFLIGHT",
                                                           "_PURGE_QUEUE",
                                                           "_TIMED_OUT",
                                                           "_TIMED_OUT_QUEUE",
                                                           "_TRANSPORT",
                                                           "_UNKNOWN_PARTITION",
                                                           "_UNKNOWN_TOPIC",
                                                           kOther};

std::string_view named(std::string_view name, std::span<const std::string_view> all) {
  const auto found = std::ranges::find(all, name);
  return found == all.end() ? kOther : *found;
}

}  // namespace

std::span<const std::string_view> fatal_errors() { return kFatalErrors; }

std::string_view fatal_error(std::string_view description) {
  const auto* found = std::ranges::find(kDescribed, description, &Described::description);
  return found == kDescribed.end() ? kOther : found->name;
}

std::string_view fatal_error_named(std::string_view name) { return named(name, kFatalErrors); }

std::span<const std::string_view> delivery_errors() { return kDeliveryErrors; }

std::string_view delivery_error_named(std::string_view name) {
  return named(name, kDeliveryErrors);
}

}  // namespace kie::producers
