#include "collectors/kafka/epoch_round.h"

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

using TopicPtr = std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>;
using PartitionPtr =
    std::unique_ptr<rd_kafka_topic_partition_t, Deleter<rd_kafka_topic_partition_destroy>>;
using Clock = std::chrono::steady_clock;

/// Where the consumer is sent: beyond the end of any log, so that every answer is "truncated".
constexpr Offset kBeyond{std::int64_t{1} << 62};

class EpochRound {
 public:
  EpochRound(rd_kafka_t* handle, const std::vector<const model::EpochQuestion*>& questions,
             ReadTruncationText read_text)
      : handle_(handle), read_text_(read_text), queue_(rd_kafka_queue_new(handle)) {
    for (const auto* question : questions) {
      auto& topic = topics_[question->topic];
      if (!topic) topic.reset(rd_kafka_topic_new(handle, question->topic.c_str(), nullptr));
      asked_.emplace(std::pair{std::string_view{question->topic}, question->partition},
                     Asked{question, topic.get(), 0, {}});
    }
    pause();
    std::erase_if(asked_, [this](const auto& one) { return !start(one.second); });
    const auto list = make_list();
    for (const auto& [key, asked] : asked_) add(*list, asked);
    // Until librdkafka has sent them all, or the silence would seem to begin earlier.
    if (!asked_.empty()) seek(*list, kSendWithin);
  }

  EpochRound(const EpochRound&) = delete;
  EpochRound& operator=(const EpochRound&) = delete;

  ~EpochRound() {
    for (const auto& [key, asked] : asked_) stop(asked);
  }

  EpochRoundReport run(std::chrono::milliseconds quiet, const std::function<bool()>& over) {
    auto heard = Clock::now();
    while (!asked_.empty() && !over()) {
      const EventPtr event{
          rd_kafka_queue_poll(queue_.get(), static_cast<int>(kLookAround.count()))};
      if (event) {
        take(event.get());
        heard = Clock::now();
      } else if (Clock::now() - heard >= quiet) {
        break;
      }
    }
    report_.fell_silent = !asked_.empty();
    return std::move(report_);
  }

 private:
  struct Asked {
    const model::EpochQuestion* question;
    rd_kafka_topic_t* topic;
    /// How many of its epochs are answered, the newest included, which is the first.
    std::size_t answers;
    std::vector<model::EpochEnd> ends;

    LeaderEpoch epoch() const {
      return answers == 0 ? question->newest : question->epochs[answers - 1];
    }
  };
  using AskedMap = std::map<std::pair<std::string_view, PartitionId>, Asked>;

  /// How late the end of all patience may be noticed.
  static constexpr std::chrono::milliseconds kLookAround{50};
  /// For librdkafka's own work: no broker has a part in it.
  static constexpr std::chrono::milliseconds kSendWithin{5000};

  static PartitionListPtr make_list() {
    return PartitionListPtr{rd_kafka_topic_partition_list_new(0)};
  }

  static void add(rd_kafka_topic_partition_list_t& list, const Asked& asked) {
    auto* partition = rd_kafka_topic_partition_list_add(&list, asked.question->topic.c_str(),
                                                        asked.question->partition.value);
    partition->offset = kBeyond.value;
    rd_kafka_topic_partition_set_leader_epoch(partition, asked.epoch().value);
  }

  /// A paused partition is never fetched. It can be paused only if it is known: others are dropped.
  void pause() {
    const auto list = make_list();
    for (const auto& [key, asked] : asked_) add(*list, asked);
    rd_kafka_pause_partitions(handle_, list.get());
    for (int i = 0; i < list->cnt; ++i) {
      const auto& paused = list->elems[i];
      if (paused.err != RD_KAFKA_RESP_ERR_NO_ERROR)
        asked_.erase({std::string_view{paused.topic}, PartitionId{paused.partition}});
    }
  }

  bool start(const Asked& asked) {
    return rd_kafka_consume_start_queue(asked.topic, asked.question->partition.value, kBeyond.value,
                                        queue_.get()) == 0;
  }

  /// Sends the questions. Whatever fails is silent.
  void seek(rd_kafka_topic_partition_list_t& list, std::chrono::milliseconds wait) {
    const ErrorPtr ignored{
        rd_kafka_seek_partitions(handle_, &list, static_cast<int>(wait.count()))};
  }

  /// The answer takes the partition out of the state in which it can be sent elsewhere, so each
  /// question starts it anew.
  bool ask_next(const Asked& asked) {
    stop(asked);
    if (!start(asked)) return false;
    const auto list = make_list();
    add(*list, asked);
    seek(*list, std::chrono::milliseconds{0});
    return true;
  }

  static void stop(const Asked& asked) {
    rd_kafka_consume_stop(asked.topic, asked.question->partition.value);
  }

  void take(rd_kafka_event_t* event) {
    const PartitionPtr partition{rd_kafka_event_topic_partition(event)};
    if (!partition) return;
    const auto at =
        asked_.find({std::string_view{partition->topic}, PartitionId{partition->partition}});
    if (at == asked_.end()) return;
    auto& asked = at->second;
    const auto end = read(event, asked);
    if (end) {
      if (asked.answers++ > 0) asked.ends.push_back(*end);
      const bool is_last = asked.answers > asked.question->epochs.size();
      if (!is_last && ask_next(asked)) return;
      if (is_last) report_.answered.push_back({asked.question, std::move(asked.ends)});
    }
    stop(asked);
    asked_.erase(at);
  }

  /// nullopt: it is not the answer of the broker that leads the newest epoch known.
  std::optional<model::EpochEnd> read(rd_kafka_event_t* event, const Asked& asked) {
    if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) return std::nullopt;
    const std::string text = rd_kafka_event_error_string(event);
    const auto parsed = read_text_(text);
    if (!parsed) {
      if (looks_like_truncation_text(text)) {
        report_.unread.push_back(asked.question);
        report_.unreadable.insert(text);
      }
      return std::nullopt;
    }
    const auto& [offset, epoch, end, broker] = *parsed;
    if (!end || broker != asked.question->leader || offset != kBeyond || epoch != asked.epoch())
      return std::nullopt;
    return model::EpochEnd{epoch, end->epoch, end->offset};
  }

  rd_kafka_t* handle_;
  ReadTruncationText read_text_;
  QueuePtr queue_;
  std::map<std::string, TopicPtr> topics_;
  AskedMap asked_;
  EpochRoundReport report_;
};

}  // namespace

EpochRoundReport ask_epochs(rd_kafka_t* handle,
                            const std::vector<const model::EpochQuestion*>& questions,
                            ReadTruncationText read, std::chrono::milliseconds quiet,
                            const std::function<bool()>& over) {
  return EpochRound{handle, questions, read}.run(quiet, over);
}

}  // namespace kie::kafka
