#pragma once

#include <array>
#include <string_view>

/// The states of librdkafka's idempotent and transactional producer, all that there are from 2.0 to
/// 2.16, from the best to the worst; "other" is for what a later release may have.
namespace kie::producers {

inline constexpr std::array<std::string_view, 11> kIdempotenceStates{
    "Assigned",   "Init",      "Terminate",    "WaitTransport", "RequestPID", "WaitPID",
    "DrainReset", "DrainBump", "WaitTxnAbort", "other",         "FatalError"};

inline constexpr std::array<std::string_view, 14> kTransactionStates{"Init",
                                                                     "Ready",
                                                                     "InTransaction",
                                                                     "BeginCommit",
                                                                     "CommittingTransaction",
                                                                     "CommitNotAcked",
                                                                     "BeginAbort",
                                                                     "AbortingTransaction",
                                                                     "AbortedNotAcked",
                                                                     "WaitPID",
                                                                     "ReadyNotAcked",
                                                                     "other",
                                                                     "AbortableError",
                                                                     "FatalError"};

}  // namespace kie::producers
