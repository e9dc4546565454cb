#pragma once

#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/truncation_text.h"
#include "collectors/model/epoch_ends.h"

#include <chrono>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace kie::kafka {

struct EpochRoundReport {
  struct Ends {
    const model::EpochQuestion* question = nullptr;
    std::vector<model::EpochEnd> ends;
  };

  /// Questions of which all was answered, by the broker that they name.
  std::vector<Ends> answered;
  /// Questions that were answered in words that are not understood, and these.
  std::vector<const model::EpochQuestion*> unread;
  std::set<std::string> unreadable;
  /// Some were not answered at all. Ask no more through this handle: a question of the partition
  /// that is under way still holds later ones up, and where a topic was made anew librdkafka does
  /// not believe in epochs that are lower than before.
  bool fell_silent = false;
};

/// Asks for the newest epoch of each question, to see that the broker knows it, and then for the
/// others. The leaders must be in the handle's metadata cache. Waits until nothing came for
/// `quiet`, or `over` says so: librdkafka asks again and again, for ever and without a word, while
/// there is no leader or the epoch is fenced.
/// `handle`: of a consumer without a group, with auto.offset.reset=error.
EpochRoundReport ask_epochs(rd_kafka_t* handle,
                            const std::vector<const model::EpochQuestion*>& questions,
                            ReadTruncationText read, std::chrono::milliseconds quiet,
                            const std::function<bool()>& over);

}  // namespace kie::kafka
