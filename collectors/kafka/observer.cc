#include "collectors/kafka/observer.h"

#include "collectors/kafka/configs.h"
#include "collectors/kafka/describe.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/offsets.h"
#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/round.h"
#include "collectors/kafka/settle.h"

#include <algorithm>
#include <future>
#include <iterator>
#include <map>
#include <utility>

namespace kie::kafka {
namespace {

constexpr int kNoError = 0;
constexpr int kUnknownTopic = 3;
constexpr int kNotAuthorized = 29;
/// Whom librdkafka asks for Metadata is its own choice.
constexpr BrokerId kAnyBroker{-1};
/// After the broker that began a look: enough for a majority.
constexpr int kRounds = 2;
/// When Metadata is late: one of them may be the frozen one, too.
constexpr int kAskedAtOnce = 3;

model::TopicSnapshot to_look(TopicStatement&& statement) {
  model::TopicSnapshot look;
  look.name = std::move(statement.name);
  look.partitions = std::move(statement.partitions);
  if (statement.error == kNotAuthorized) {
    look.presence = model::Presence::kUnauthorized;
  } else if (statement.error != kNoError) {
    look.presence = model::Presence::kUnknown;
  }
  return look;
}

bool same_ids(const std::vector<model::BrokerSnapshot>& a,
              const std::vector<model::BrokerSnapshot>& b) {
  return std::ranges::equal(a, b, {}, &model::BrokerSnapshot::id, &model::BrokerSnapshot::id);
}

/// A topic that several brokers are asked about.
struct Case {
  std::string name;
  /// nullptr: absent from Metadata.
  model::TopicSnapshot* look = nullptr;
  std::vector<TopicStatement> said;
  std::set<BrokerId> asked;

  std::vector<const TopicStatement*> others() const {
    std::vector<const TopicStatement*> pointers;
    pointers.reserve(said.size());
    for (const auto& statement : said) pointers.push_back(&statement);
    return pointers;
  }
};

}  // namespace

class Observer::Impl {
 public:
  Impl(Client client, const config::Cluster& cluster)
      : client_(std::move(client)),
        filter_(cluster.topics),
        timeout_(cluster.request_timeout),
        patience_(timeout_) {}

  std::optional<std::string> cluster_id() const { return client_.cluster_id(); }

  Result<model::ClusterSnapshot> begin(model::Instant at,
                                       const std::vector<std::string>& known_topics) {
    late_.remove_if([](Round& round) { return round.finish_late(); });
    auto first = ask_metadata_or_others(known_topics);
    if (!first) return tl::make_unexpected(first.error());
    by_ = first->by;
    model::ClusterSnapshot look;
    look.at = at;
    for (auto& topic : first->topics)
      if (topic.error != kUnknownTopic) look.topics.push_back(to_look(std::move(topic)));
    listed_ = std::move(first->brokers);
    look.brokers = confirm_brokers();
    return look;
  }

  Result<model::ClusterSnapshot> look_at(model::Instant at,
                                         const std::vector<std::string>& topics) {
    late_.remove_if([](Round& round) { return round.finish_late(); });
    auto statement = ask_for_known(topics);
    if (!statement) return tl::make_unexpected(Error{0, "no broker answers for the topics"});
    by_ = statement->by;
    model::ClusterSnapshot look;
    look.at = at;
    look.covers_all_topics = false;
    for (auto& topic : statement->topics)
      if (topic.error == kNoError) look.topics.push_back(to_look(std::move(topic)));
    return look;
  }

  void confirm(model::ClusterSnapshot& look, const std::vector<std::string>& topics,
               const std::vector<std::string>& absent, const KnownId& known_id) {
    const bool alone = others_listed() == 0;
    std::vector<Case> cases;
    cases.reserve(topics.size() + absent.size());
    for (const auto& name : topics) cases.push_back({name, find(look, name), {}, {}});
    for (const auto& name : absent) cases.push_back({name, nullptr, {}, {}});

    std::vector<Case*> open;
    open.reserve(cases.size());
    for (auto& one : cases) open.push_back(&one);
    for (int i = 0; i < kRounds && !open.empty(); ++i) {
      ask_about(open, alone);
      std::erase_if(open, [&](const Case* one) {
        const auto others = one->others();
        return !(one->look == nullptr ? absent_needs_another(others)
                                      : needs_another(*one->look, others, known_id(one->name)));
      });
    }
    std::vector<model::TopicSnapshot> gone;
    for (auto& one : cases) {
      const auto others = one.others();
      if (one.look != nullptr) {
        settle(*one.look, others, alone, known_id(one.name));
      } else {
        auto& topic = gone.emplace_back();
        topic.name = std::move(one.name);
        topic.presence = settle_absent(others);
      }
    }
    if (gone.empty()) return;
    std::ranges::move(gone, std::back_inserter(look.topics));
    std::ranges::sort(look.topics, {}, &model::TopicSnapshot::name);
  }

  OffsetsReport offsets(model::ClusterSnapshot& look, const std::vector<std::string>& in_doubt) {
    Round round{client_.handle(), patience_, timeout_};
    std::vector<std::string> apart;
    std::ranges::set_union(in_doubt, incomplete_, std::back_inserter(apart));
    auto answer = ask_offsets(round, look, apart);
    // Of topics that a look at some did not ask for, the last that did is still right.
    std::erase_if(incomplete_, [&](const std::string& name) {
      return look.covers_all_topics || find(look, name) != nullptr;
    });
    std::ranges::move(answer.incomplete, std::back_inserter(incomplete_));
    std::ranges::sort(incomplete_);
    keep(std::move(round));
    return {std::move(answer.silent), answer.missing, std::move(answer.error)};
  }

  std::vector<BrokerId> listed() const {
    std::vector<BrokerId> ids;
    ids.reserve(listed_.size());
    for (const auto& broker : listed_) ids.push_back(broker.id);
    return ids;
  }

  SettingsReport settings(model::Configs& settings, const std::vector<std::string>& topics,
                          const std::vector<BrokerId>& brokers) {
    SettingsReport report;
    const auto asked = std::chrono::steady_clock::now();
    const auto broker = pick({}, std::nullopt);
    if (!broker) {
      report.topics_error = Error{0, "no broker is known"};
      return report;
    }
    const auto silence = [](BrokerId who) {
      return Error{0, "broker " + std::to_string(who.value) + " does not answer"};
    };
    Round round{client_.handle(), patience_, timeout_};
    std::size_t topics_open = (topics.size() + kTopicsAtOnce - 1) / kTopicsAtOnce;
    ask_topic_settings(round, *broker, topics, [&](Result<TopicAnswers> answer) {
      --topics_open;
      if (!answer) {
        report.topics_error = std::move(answer.error());
        return;
      }
      for (auto& [name, of] : answer->topics) settings.topics.insert_or_assign(name, of);
      for (auto& [error, names] : answer->refused) {
        for (const auto& name : names) settings.topics.erase(name);
        auto& all = report.refused[error];
        std::ranges::move(names, std::back_inserter(all));
      }
    });
    for (const auto one : brokers) report.brokers_failed.emplace(one, silence(one));
    for (const auto one : brokers)
      ask_broker_settings(round, one, [&, one](Result<model::BrokerConfigs> answer) {
        if (!answer) {
          // librdkafka's own errors are below zero: the broker has said nothing.
          if (answer.error().code > 0) settings.brokers.erase(one);
          report.brokers_failed[one] = std::move(answer.error());
          return;
        }
        answer->asked = asked;
        settings.brokers.insert_or_assign(one, std::move(*answer));
        report.brokers_failed.erase(one);
      });
    round.collect();
    if (topics_open > 0) report.topics_error = silence(*broker);
    settings.release = oldest_release(settings);
    keep(std::move(round));
    return report;
  }

 private:
  static model::TopicSnapshot* find(model::ClusterSnapshot& look, const std::string& name) {
    const auto found = std::ranges::lower_bound(look.topics, name, {}, &model::TopicSnapshot::name);
    return found != look.topics.end() && found->name == name ? &*found : nullptr;
  }

  std::size_t others_listed() const {
    return static_cast<std::size_t>(
        std::count_if(listed_.begin(), listed_.end(), [&](const auto& b) { return b.id != by_; }));
  }

  /// A broker of the list that was not asked yet: `wanted` if it usually answers, then any that
  /// does, in turn, then any at all.
  std::optional<BrokerId> pick(const std::set<BrokerId>& asked, std::optional<BrokerId> wanted) {
    std::vector<BrokerId> able;
    std::vector<BrokerId> silent;
    for (const auto& broker : listed_)
      if (!asked.contains(broker.id))
        (patience_.is_silent(broker.id) ? silent : able).push_back(broker.id);
    if (wanted && std::ranges::find(able, *wanted) != able.end()) return wanted;
    const auto& from = able.empty() ? silent : able;
    if (from.empty()) return std::nullopt;
    return from[turn_++ % from.size()];
  }

  /// Metadata, which librdkafka may ask of a frozen broker: then it stays under way, and brokers
  /// that can be aimed at are asked for the topics known, in this poll and in those until it has
  /// ended.
  Result<ClusterStatement> ask_metadata_or_others(const std::vector<std::string>& known_topics) {
    using std::chrono::milliseconds;
    if (metadata_.valid() && metadata_.wait_for(milliseconds{0}) == std::future_status::ready)
      static_cast<void>(metadata_.get());  // old by now; what it says is asked anew
    const bool under_way = metadata_.valid();
    if (!metadata_.valid()) {
      metadata_asked_ = std::chrono::steady_clock::now();
      metadata_ = std::async(std::launch::async,
                             [this] { return ask_metadata(client_, filter_, timeout_); });
    }
    const auto take = [&] {
      auto answer = metadata_.get();
      if (answer)
        patience_.answered(Question::kMetadata, kAnyBroker,
                           std::chrono::duration_cast<milliseconds>(
                               std::chrono::steady_clock::now() - metadata_asked_));
      return answer;
    };
    const auto patience =
        under_way ? milliseconds{0} : patience_.wait(Question::kMetadata, kAnyBroker);
    if (metadata_.wait_for(patience) == std::future_status::ready) return take();
    if (auto instead = ask_for_known(known_topics)) return std::move(*instead);
    if (metadata_.wait_for(timeout_) == std::future_status::ready) return take();
    return tl::make_unexpected(make_error(RD_KAFKA_RESP_ERR__TIMED_OUT));
  }

  /// The topics known, from the first of several brokers that answers in full.
  std::optional<ClusterStatement> ask_for_known(const std::vector<std::string>& names) {
    if (names.empty()) return std::nullopt;
    struct Answer {
      ClusterStatement statement;
      bool has_brokers = false;
    };
    // A list, because receivers hold addresses of its elements.
    std::list<Answer> answers;
    const Answer* complete = nullptr;
    Round round{client_.handle(), patience_, timeout_};
    std::set<BrokerId> asked;
    for (int i = 0; i < kAskedAtOnce; ++i) {
      const auto broker = pick(asked, std::nullopt);
      if (!broker) break;
      asked.insert(*broker);
      auto& answer = answers.emplace_back();
      answer.statement.by = broker;
      const auto check = [&answer, &names, &complete] {
        if (answer.has_brokers && answer.statement.topics.size() == names.size())
          complete = &answer;
      };
      ask_topics(
          round, *broker, names, [&answer, check](Result<std::vector<TopicStatement>> topics) {
            if (!topics) return;
            std::move(topics->begin(), topics->end(), std::back_inserter(answer.statement.topics));
            check();
          });
      ask_cluster(round, *broker,
                  [&answer, check](Result<std::vector<model::BrokerSnapshot>> brokers) {
                    if (!brokers) return;
                    answer.statement.brokers = std::move(*brokers);
                    answer.has_brokers = true;
                    check();
                  });
    }
    round.collect([&] { return complete != nullptr; });
    keep(std::move(round));
    if (complete == nullptr) return std::nullopt;
    ClusterStatement statement = complete->statement;
    std::ranges::sort(statement.topics, {}, &TopicStatement::name);
    return statement;
  }

  /// The broker list as two brokers have it, with racks; nullopt if they contradict each other.
  std::optional<std::vector<model::BrokerSnapshot>> confirm_brokers() {
    const bool alone = others_listed() == 0;
    std::set<BrokerId> asked;
    if (by_ && !alone) asked.insert(*by_);
    std::vector<std::vector<model::BrokerSnapshot>> lists{listed_};
    for (int i = 0; i < kRounds; ++i) {
      const auto broker = pick(asked, std::nullopt);
      if (!broker) break;
      asked.insert(*broker);
      Round round{client_.handle(), patience_, timeout_};
      std::optional<std::vector<model::BrokerSnapshot>> answer;
      ask_cluster(round, *broker, [&](Result<std::vector<model::BrokerSnapshot>> list) {
        if (list) answer = std::move(*list);
      });
      round.collect();
      keep(std::move(round));
      if (!answer) continue;
      const bool agreed =
          std::ranges::any_of(lists, [&](const auto& list) { return same_ids(list, *answer); });
      if (agreed) return answer;
      lists.push_back(std::move(*answer));
    }
    if (alone) return listed_;
    return std::nullopt;
  }

  void ask_about(const std::vector<Case*>& open, bool alone) {
    std::map<BrokerId, std::vector<Case*>> by_witness;
    for (auto* one : open) {
      auto asked = one->asked;
      if (by_ && !alone) asked.insert(*by_);
      auto witness = pick(asked, some_leader(*one));
      // Of two brokers, the one that began the look still has its say about the topic's id.
      if (!witness && !one->said.empty()) witness = pick(one->asked, std::nullopt);
      if (!witness) continue;
      one->asked.insert(*witness);
      by_witness[*witness].push_back(one);
    }
    Round round{client_.handle(), patience_, timeout_};
    for (auto& [witness, cases] : by_witness) {
      const bool again = !alone && witness == by_;
      std::vector<std::string> names;
      names.reserve(cases.size());
      for (const auto* one : cases) names.push_back(one->name);
      ask_topics(round, witness, names,
                 [&cases, again](Result<std::vector<TopicStatement>> answer) {
                   if (!answer) return;
                   std::map<std::string, TopicStatement*> by_name;
                   for (auto& statement : *answer) by_name.emplace(statement.name, &statement);
                   for (auto* one : cases)
                     if (const auto found = by_name.find(one->name); found != by_name.end()) {
                       // One broker's rows are one voice, however often it is asked.
                       if (again) found->second->partitions.clear();
                       one->said.push_back(std::move(*found->second));
                     }
                 });
    }
    round.collect();
    keep(std::move(round));
  }

  static std::optional<BrokerId> some_leader(const Case& one) {
    if (one.look == nullptr) return std::nullopt;
    for (const auto& row : one.look->partitions)
      if (row.leadership == model::Leadership::kLeader) return row.leader;
    return std::nullopt;
  }

  void keep(Round&& round) {
    if (!round.finish_late()) late_.push_back(std::move(round));
  }

  Client client_;
  config::TopicFilter filter_;
  std::chrono::milliseconds timeout_;
  Patience patience_;
  /// Rounds with questions that nobody has answered yet.
  std::list<Round> late_;
  /// Who began the last look, and the brokers it listed.
  std::optional<BrokerId> by_;
  std::vector<model::BrokerSnapshot> listed_;
  /// Topics whose offsets were missing in the last look. Sorted.
  std::vector<std::string> incomplete_;
  std::size_t turn_ = 0;
  std::chrono::steady_clock::time_point metadata_asked_;
  /// Under way in a thread of its own, because rd_kafka_metadata blocks. Last, so that its thread
  /// has ended before anything that it uses goes.
  std::future<Result<ClusterStatement>> metadata_;
};

Observer::Observer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Observer::Observer(Observer&&) noexcept = default;
Observer::~Observer() = default;

Result<Observer> Observer::create(const config::Cluster& cluster, LogSink sink) {
  auto client = Client::create(cluster, std::move(sink));
  if (!client) return tl::make_unexpected(client.error());
  return Observer{std::make_unique<Impl>(std::move(*client), cluster)};
}

std::optional<std::string> Observer::cluster_id() const { return impl_->cluster_id(); }

Result<model::ClusterSnapshot> Observer::begin(model::Instant at,
                                               const std::vector<std::string>& known_topics) {
  return impl_->begin(at, known_topics);
}

Result<model::ClusterSnapshot> Observer::look_at(model::Instant at,
                                                 const std::vector<std::string>& topics) {
  return impl_->look_at(at, topics);
}

void Observer::confirm(model::ClusterSnapshot& look, const std::vector<std::string>& topics,
                       const std::vector<std::string>& absent, const KnownId& known_id) {
  impl_->confirm(look, topics, absent, known_id);
}

OffsetsReport Observer::offsets(model::ClusterSnapshot& look,
                                const std::vector<std::string>& in_doubt) {
  return impl_->offsets(look, in_doubt);
}

std::vector<BrokerId> Observer::listed() const { return impl_->listed(); }

SettingsReport Observer::settings(model::Configs& settings, const std::vector<std::string>& topics,
                                  const std::vector<BrokerId>& brokers) {
  return impl_->settings(settings, topics, brokers);
}

}  // namespace kie::kafka
