#include "collectors/kafka/epoch_ends.h"

#include "collectors/kafka/describe.h"
#include "collectors/kafka/epoch_round.h"
#include "collectors/kafka/offsets.h"
#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/round.h"

#include <algorithm>
#include <array>
#include <list>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

/// Partitions under question at a time.
constexpr std::size_t kAtOnce = 1000;

/// Who has just shown that it leads answers within milliseconds. Who is still silent then cannot
/// answer now, and costs: where a broker refuses, librdkafka asks for Metadata and then again, as
/// fast as the answers come.
constexpr std::chrono::milliseconds kQuiet{1000};

/// librdkafka keeps what it knows of a topic, about 3 KB a partition, as long as the handle lives.
constexpr std::size_t kMostKnown = 2000;

void make_mute_consumer(rd_kafka_conf_t* conf) {
  static constexpr std::array kProperties{
      std::pair{"auto.offset.reset", "error"},  // the error is the answer
      std::pair{"enable.auto.commit", "false"},
      std::pair{"enable.auto.offset.store", "false"},
      // It would look for its coordinator, for which it needs a grant.
      std::pair{"group.id", ""},
      // It is idle for hours, and brokers hang up on it.
      std::pair{"log.connection.close", "false"},
      // Of each partition it would ask the offsets, too.
      std::pair{"statistics.interval.ms", "0"},
  };
  std::array<char, 256> text{};
  for (const auto& [name, value] : kProperties)
    rd_kafka_conf_set(conf, name, value, text.data(), text.size());
}

using Questions = std::vector<const model::EpochQuestion*>;
/// What each broker said of the topics.
using Said = std::map<std::pair<BrokerId, std::string>, TopicStatement>;

const TopicStatement* statement_of(const Said& said, const model::EpochQuestion& question) {
  const auto found = said.find({question.leader, question.topic});
  return found == said.end() ? nullptr : &found->second;
}

bool says_it_leads(const TopicStatement& statement, const model::EpochQuestion& question) {
  const auto row = std::ranges::lower_bound(statement.partitions, question.partition, {},
                                            &model::PartitionSnapshot::id);
  return row != statement.partitions.end() && row->id == question.partition &&
         row->leadership == model::Leadership::kLeader && row->leader == question.leader;
}

/// Asks each leader for its topics.
void ask_leaders(Round& round, const Questions& questions, Said& said) {
  std::map<BrokerId, std::set<std::string>> topics;
  for (const auto* question : questions) topics[question->leader].insert(question->topic);
  for (const auto& [leader, names] : topics)
    ask_topics(round, leader, {names.begin(), names.end()},
               [&said, by = leader](Result<std::vector<TopicStatement>> answer) {
                 if (!answer) return;
                 for (auto& statement : *answer)
                   said.insert_or_assign({by, statement.name}, std::move(statement));
               });
}

std::pair<std::string_view, PartitionId> key_of(const model::EpochQuestion* question) {
  return {question->topic, question->partition};
}

/// A row for each question, in their order. They must be sorted.
model::ClusterSnapshot look_of(const Questions& questions) {
  model::ClusterSnapshot look;
  for (const auto* question : questions) {
    if (look.topics.empty() || look.topics.back().name != question->topic)
      look.topics.emplace_back().name = question->topic;
    auto& row = look.topics.back().partitions.emplace_back();
    row.id = question->partition;
    row.leadership = model::Leadership::kLeader;
    row.leader = question->leader;
  }
  return look;
}

/// Of the rows of a look, in their order.
std::vector<std::optional<Offset>> log_starts_of(const model::ClusterSnapshot& look) {
  std::vector<std::optional<Offset>> starts;
  for (const auto& topic : look.topics)
    for (const auto& row : topic.partitions) starts.push_back(row.earliest);
  return starts;
}

}  // namespace

class EpochClient::Impl {
 public:
  Impl(const config::Cluster& cluster, LogSink sink, ReadTruncationText read)
      : cluster_(cluster),
        sink_(std::move(sink)),
        read_(read),
        patience_(cluster.request_timeout) {}

  Result<void> connect() {
    auto client = Client::create(cluster_, sink_, make_mute_consumer, ClientKind::kConsumer);
    if (!client) return tl::make_unexpected(std::move(client.error()));
    client_ = std::make_unique<Client>(std::move(*client));
    topics_.clear();
    partitions_ = 0;
    return {};
  }

  model::EpochReport ask(std::span<const model::EpochQuestion> questions,
                         std::chrono::steady_clock::time_point deadline,
                         const std::stop_token& stop) {
    const Over over = [&] {
      return stop.stop_requested() || std::chrono::steady_clock::now() >= deadline;
    };
    Found found;
    for (std::size_t first = 0; first < questions.size() && !over(); first += kAtOnce)
      ask_some(questions.subspan(first, std::min(kAtOnce, questions.size() - first)), found, over);
    // A broker that was not there when the client was made is unknown to it: it asks for the list
    // of brokers once.
    if (!found.silent.empty()) reconnect();
    // By brokers that have not heard of a grant yet.
    for (const auto& answer : found.answers) found.refused.erase(answer.topic);
    model::EpochReport report;
    report.refused = {found.refused.begin(), found.refused.end()};
    report.unreadable = {found.unreadable.begin(), found.unreadable.end()};
    const auto refused = std::ranges::count_if(
        questions, [&](const auto& question) { return found.refused.contains(question.topic); });
    report.open = questions.size() - found.answers.size() - static_cast<std::size_t>(refused);
    report.answers = std::move(found.answers);
    return report;
  }

 private:
  using Over = std::function<bool()>;

  struct Found {
    std::vector<model::EpochAnswer> answers;
    std::set<std::string> refused;
    std::set<std::string> unreadable;
    /// They are asked no more: each would cost a wait for every thousand partitions.
    std::set<BrokerId> silent;
  };

  void ask_some(std::span<const model::EpochQuestion> questions, Found& found, const Over& over) {
    finish_late(late_);
    if (finish_late(left_late_)) left_.reset();
    if (!client_ && !reconnect()) return;
    const auto ready = see_leaders(questions, found, over);
    if (ready.empty() || over()) return;
    auto report = ask_epochs(client_->handle(), ready, read_, quiet(ready), over);
    found.unreadable.merge(report.unreadable);
    for (const auto* question : report.unread)
      found.answers.push_back({.topic = question->topic,
                               .partition = question->partition,
                               .by = question->leader,
                               .newest = question->newest,
                               .topic_id = std::nullopt,
                               .log_start = std::nullopt,
                               .ends = {},
                               .is_unreadable = true});
    finish(report.answered, found, over);
    // At once, so that it has found all brokers before there is a question again.
    if (report.fell_silent || partitions_ > kMostKnown) reconnect();
  }

  bool reconnect() {
    if (!left_ && !late_.empty()) {
      left_ = std::move(client_);
      left_late_.splice(left_late_.end(), late_);
    }
    late_.clear();
    client_.reset();
    auto connected = connect();
    if (!connected) sink_(LogSeverity::kError, "EPOCHENDS", connected.error().text);
    return connected.has_value();
  }

  /// The questions whose leader answers and leads, sorted.
  Questions see_leaders(std::span<const model::EpochQuestion> questions, Found& found,
                        const Over& over) {
    Questions ready;
    for (const auto& question : questions)
      if (!found.silent.contains(question.leader)) ready.push_back(&question);
    std::ranges::sort(ready, {}, key_of);
    const auto twice = std::ranges::unique(ready, {}, key_of);
    ready.erase(twice.begin(), twice.end());

    // Makes librdkafka know who leads, as the leaders themselves say: it takes it from any answer
    // with Metadata, and would else keep what it heard first, or ask whomever it likes.
    Said said;
    Round topics{client_->handle(), patience_, cluster_.request_timeout};
    ask_leaders(topics, ready, said);
    const auto silent = topics.collect(over);
    found.silent.insert(silent.begin(), silent.end());
    keep(std::move(topics));
    std::erase_if(ready, [&](const auto* question) {
      const auto* statement = statement_of(said, *question);
      if (statement == nullptr) return true;
      if (statement->error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        found.refused.insert(question->topic);
      return !says_it_leads(*statement, *question);
    });

    // Metadata names a leader seconds before it leads.
    auto look = look_of(ready);
    Round starts{client_->handle(), patience_, cluster_.request_timeout};
    const auto silent_now = ask_log_starts(starts, look, over);
    found.silent.insert(silent_now.begin(), silent_now.end());
    keep(std::move(starts));
    const auto log_starts = log_starts_of(look);
    Questions leading;
    for (std::size_t i = 0; i < ready.size(); ++i) {
      if (!log_starts[i]) continue;
      leading.push_back(ready[i]);
      if (topics_.insert(ready[i]->topic).second)
        partitions_ += statement_of(said, *ready[i])->partitions.size();
    }
    return leading;
  }

  /// How long a silence ends the round: longer if one of the brokers is slow.
  std::chrono::milliseconds quiet(const Questions& questions) const {
    auto wait = std::min(kQuiet, cluster_.request_timeout);
    for (const auto* question : questions)
      for (const auto kind : {Question::kDescribeTopics, Question::kListOffsets})
        wait = std::max(wait, patience_.wait(kind, question->leader));
    return wait;
  }

  /// Asks for what the ends are the ends of.
  void finish(std::vector<EpochRoundReport::Ends>& answered, Found& found, const Over& over) {
    std::ranges::sort(answered, {}, [](const auto& one) { return key_of(one.question); });
    Questions questions;
    questions.reserve(answered.size());
    for (const auto& one : answered) questions.push_back(one.question);
    Said said;
    auto look = look_of(questions);
    if (!over()) {
      Round round{client_->handle(), patience_, cluster_.request_timeout};
      ask_leaders(round, questions, said);
      ask_log_starts(round, look, over);
      keep(std::move(round));
    }
    const auto starts = log_starts_of(look);
    for (std::size_t i = 0; i < answered.size(); ++i) {
      const auto& question = *questions[i];
      auto& answer = found.answers.emplace_back(
          model::EpochAnswer{question.topic, question.partition, question.leader, question.newest,
                             std::nullopt, std::nullopt, std::move(answered[i].ends), false});
      const auto* statement = statement_of(said, question);
      if (statement == nullptr) continue;
      answer.topic_id = statement->id;
      // librdkafka sends ListOffsets to whom it takes for the leader.
      if (says_it_leads(*statement, question)) answer.log_start = starts[i];
    }
  }

  /// True when nothing is outstanding any more.
  static bool finish_late(std::list<Round>& rounds) {
    rounds.remove_if([](Round& round) { return round.finish_late(); });
    return rounds.empty();
  }

  void keep(Round&& round) {
    if (!round.finish_late()) late_.push_back(std::move(round));
  }

  config::Cluster cluster_;
  LogSink sink_;
  ReadTruncationText read_;
  Patience patience_;
  std::unique_ptr<Client> client_;
  /// What it has kept since it was made: topics, and how many partitions they have.
  std::set<std::string> topics_;
  std::size_t partitions_ = 0;
  /// Rounds with questions that nobody has answered yet. After the client, which they use.
  std::list<Round> late_;
  /// A client that was given up for a broker's silence, until its questions are answered: else
  /// nobody would learn that the broker, or this machine, is only slow.
  std::unique_ptr<Client> left_;
  std::list<Round> left_late_;
};

EpochClient::EpochClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
EpochClient::EpochClient(EpochClient&&) noexcept = default;
EpochClient::~EpochClient() = default;

Result<EpochClient> EpochClient::create(const config::Cluster& cluster, LogSink sink,
                                        ReadTruncationText read) {
  auto impl = std::make_unique<Impl>(cluster, std::move(sink), read);
  if (auto connected = impl->connect(); !connected)
    return tl::make_unexpected(std::move(connected.error()));
  return EpochClient{std::move(impl)};
}

model::EpochReport EpochClient::ask(std::span<const model::EpochQuestion> questions,
                                    std::chrono::steady_clock::time_point deadline,
                                    const std::stop_token& stop) {
  return impl_->ask(questions, deadline, stop);
}

}  // namespace kie::kafka
