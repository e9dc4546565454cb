#include "collectors/risk/rules.h"

#include <algorithm>
#include <array>

namespace kie::risk {
namespace {

using enum RuleId;
using enum Scope;
using enum Severity;

constexpr std::nullopt_t kAlways = std::nullopt;

constexpr std::array<Rule, kRuleCount> kRules{{
    {kUncleanElectionEnabled, "unclean_election_enabled", kTopic, kCritical, kAlways,
     "unclean.leader.election.enable is true for the topic",
     "When the in-sync replicas are gone, one that is behind may lead, and what it does not have "
     "is lost although it was acknowledged.",
     "Set unclean.leader.election.enable=false.",
     "unclean.leader.election.enable of the topic, or what it inherits"},
    {kReplicationFactor1, "replication_factor_1", kTopic, kCritical, kAlways,
     "a partition has one replica",
     "There is no second copy: the topic is unavailable without its broker, and lost with its "
     "disk.",
     "Reassign the partitions to three brokers.", "replicas in Metadata"},
    {kReplicationFactor2, "replication_factor_2", kTopic, kWarning, kAlways,
     "a partition has two replicas",
     "With one broker away, for maintenance too, there is one copy left.",
     "Reassign the partitions to three brokers.", "replicas in Metadata"},
    {kMinIsr1, "min_isr_1", kTopic, kWarning, kAlways,
     "replication factor 2 or more, and effective min.insync.replicas 1",
     "acks=all is satisfied by the leader alone: what it acknowledged while the others were out of "
     "sync is lost with it.",
     "Set min.insync.replicas=2 (with replication factor 3).",
     "min.insync.replicas of the topic, or what it inherits"},
    {kMinIsrEqualsRf, "min_isr_equals_rf", kTopic, kWarning, kAlways,
     "replication factor 2 or more, and min.insync.replicas equal to it",
     "No broker may be down: while one restarts, writes with acks=all are refused, until producers "
     "time out and drop batches.",
     "Set min.insync.replicas one below the replication factor, or add a replica.",
     "min.insync.replicas of the topic, or what it inherits; replicas in Metadata"},
    {kMinIsrAboveRf, "min_isr_above_rf", kTopic, kWarning, kCritical,
     "min.insync.replicas above the replication factor; critical where brokers are older than 3.7",
     "Before 3.7 writes with acks=all are refused; since then the value is silently lowered to the "
     "replication factor, so that no broker may be down.",
     "Set min.insync.replicas one below the replication factor, or add replicas.",
     "min.insync.replicas of the topic, or what it inherits; replicas in Metadata"},

    {kDefaultUncleanElection, "default_unclean_election", kBroker, kCritical, kAlways,
     "unclean.leader.election.enable is true for the broker",
     "Each topic without a setting of its own loses acknowledged records when a replica that is "
     "behind is elected.",
     "Set unclean.leader.election.enable=false for all brokers and controllers.",
     "unclean.leader.election.enable of the broker"},
    {kDefaultReplicationFactor1, "default_replication_factor_1", kBroker, kWarning, kInfo,
     "default.replication.factor is 1; info where auto.create.topics.enable is false",
     "New topics get one copy, unless they are created with another replication factor.",
     "Set default.replication.factor=3.",
     "default.replication.factor, auto.create.topics.enable of the broker"},
    {kDefaultMinIsr1, "default_min_isr_1", kBroker, kWarning, kAlways,
     "min.insync.replicas is 1 for the broker, of three brokers or more",
     "In each topic without a setting of its own acks=all is satisfied by the leader alone.",
     "Set min.insync.replicas=2 for all brokers.", "min.insync.replicas of the broker"},
    {kInternalTopicDefaults, "internal_topic_defaults", kBroker, kWarning, kAlways,
     "offsets.topic.replication.factor or transaction.state.log.replication.factor below 3, or "
     "transaction.state.log.min.isr below 2, of three brokers or more",
     "When __consumer_offsets or __transaction_state is made, it gets too few copies: consumers "
     "lose their positions, transactions their outcome.",
     "Set them to 3, 3 and 2, and reassign the topics if they are there.",
     "the three settings of the broker"},
    {kProducerIdExpirationShort, "producer_id_expiration_short", kBroker, kWarning, kAlways,
     "producer.id.expiration.ms below its threshold, the longest delivery timeout known, or the "
     "idle gap of producers",
     "Brokers forget a producer that paused: a late retry of it is written twice, and one that "
     "goes on finds its sequence unknown.",
     "Set producer.id.expiration.ms above the longest pause of a producer; 86400000 is Kafka's "
     "default.",
     "producer.id.expiration.ms of the broker, from 3.4 on"},
    {kTransactionalIdExpirationShort, "transactional_id_expiration_short", kBroker, kWarning,
     kAlways, "transactional.id.expiration.ms below its threshold, or the idle gap of producers",
     "The coordinator forgets an idle transactional.id with its epoch: the producer that comes "
     "back "
     "fails, and an old instance is not fenced.",
     "Set transactional.id.expiration.ms above the longest pause; 604800000 is Kafka's default.",
     "transactional.id.expiration.ms of the broker"},
    {kLagTimeLong, "lag_time_long", kBroker, kInfo, kAlways,
     "replica.lag.time.max.ms above its threshold",
     "A follower that is dead or behind counts as in sync for that long, and the shrink is noticed "
     "as late.",
     "Set replica.lag.time.max.ms=30000.", "replica.lag.time.max.ms of the broker"},
    {kLagTimeShort, "lag_time_short", kBroker, kWarning, kAlways,
     "replica.lag.time.max.ms below four times replica.fetch.wait.max.ms",
     "A follower that only waits for records counts as one that is behind: the ISR flaps.",
     "Set replica.lag.time.max.ms=30000.",
     "replica.lag.time.max.ms, replica.fetch.wait.max.ms of the broker"},

    {kSettingsDiffer, "settings_differ", kCluster, kWarning, kAlways,
     "a setting of those above differs between brokers",
     "The effective value of a topic depends on the broker that leads or created it. Under KRaft "
     "the setting of a single broker has no effect on elections.",
     "Set the same value on all brokers and controllers.", "the settings of all brokers"},

    {kAcksNotAll, "acks_not_all", kProducer, kCritical, kAlways, "acks is not all",
     "A record is acknowledged before the followers have it, and lost with the leader.", "acks=all",
     "acks (request.required.acks)"},
    {kIdempotenceOff, "idempotence_off", kProducer, kWarning, kAlways,
     "enable.idempotence is false, or another setting switches it off",
     "A retry may write a record twice.", "enable.idempotence=true", "enable.idempotence"},
    {kInFlightAbove5, "in_flight_above_5", kProducer, kCritical, kAlways,
     "idempotence is wanted, and more than 5 requests may be in flight",
     "Brokers remember the last five batches of a producer: with more on the way a retry counts as "
     "a gap, which is OutOfOrderSequenceException.",
     "max.in.flight.requests.per.connection=5",
     "max.in.flight.requests.per.connection (max.in.flight)"},
    {kDeliveryTimeoutShort, "delivery_timeout_short", kProducer, kWarning, kAlways,
     "the delivery timeout is below its threshold",
     "An ordinary election outlasts it: batches are dropped, and those behind them are ahead of "
     "the sequence that the broker expects.",
     "delivery.timeout.ms=120000", "delivery.timeout.ms (message.timeout.ms)"},
    {kRetriesLow, "retries_low", kProducer, kWarning, kAlways,
     "retries with their backoffs are over before the threshold",
     "An ordinary election outlasts them: batches are dropped although there was time left.",
     "retries=2147483647, with delivery.timeout.ms as the limit", "retries, retry.backoff.ms"},
    {kClientRefuses, "client_refuses", kProducer, kCritical, kAlways,
     "the client does not start with these settings",
     "A setting has an invalid value, or conflicts with another setting: the client fails at "
     "start.",
     "Correct the settings that the error names.", "the settings together"},
    {kTransactionalIdShared, "transactional_id_shared", kProducer, kCritical, kAlways,
     "two live producers have one transactional.id on one cluster",
     "Each fences the other: its transactions are aborted, and the producer is dead.",
     "One transactional.id for each instance.", "transactional.id in reports"},
    {kProducersShortLived, "producers_short_lived", kProducer, kWarning, kAlways,
     "more new producers of a client.id on one host within an hour than the threshold",
     "A new producer has a new producer id: brokers do not detect duplicates of records that the "
     "one "
     "before retried, and they keep the ids of all.",
     "Keep one producer for the life of the process.", "first reports"},
}};

consteval bool table_is_sound() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].rule) != i) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (kRules[j].id == kRules[i].id) return false;
  }
  return true;
}

static_assert(table_is_sound(), "a rule is out of order or named twice");

}  // namespace

std::span<const Rule> rules() { return kRules; }

const Rule& rule(RuleId id) { return kRules[static_cast<std::size_t>(id)]; }

const Rule* find_rule(std::string_view id) {
  const auto* found = std::ranges::find(kRules, id, &Rule::id);
  return found == kRules.end() ? nullptr : found;
}

}  // namespace kie::risk
