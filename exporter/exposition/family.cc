#include "exporter/exposition/family.h"

#include <algorithm>

namespace kie::exposition {
namespace {

using enum FamilyId;
using enum Type;
using enum FamilyWriter;
using enum SeriesPer;
using enum Lifetime;

constexpr std::array<Family, kFamilyCount> kFamilies{{
    {kBrokers, "kafka_brokers", kGauge, kCluster, kPerCluster, kWhileFresh, "",
     "Number of brokers that are up, see kafka_broker_up. Absent while no controller answers. "
     "Source: Metadata.",
     true},
    {kBrokerInfo, "kafka_broker_info", kGauge, kCluster, kPerBroker, kWhileFresh, "id,address",
     "A broker's address; always 1. Source: Metadata.", true},
    {kTopicPartitions, "kafka_topic_partitions", kGauge, kCluster, kPerTopic, kWhileFresh, "topic",
     "Number of partitions of the topic, whether or not their leaders are known. Source: "
     "Metadata.",
     true},
    {kPartitionCurrentOffset, "kafka_topic_partition_current_offset", kGauge, kCluster,
     kPerPartition, kWhileFresh, "topic,partition",
     "High watermark. Source: ListOffsets latest, read uncommitted.", true},
    {kPartitionOldestOffset, "kafka_topic_partition_oldest_offset", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition", "Log start. Source: ListOffsets earliest.", true},
    {kPartitionLeader, "kafka_topic_partition_leader", kGauge, kCluster, kPerPartition, kWhileFresh,
     "topic,partition",
     "Broker that leads the partition, -1 if none does. Absent if the leader has no listener that "
     "the exporter can use, and while no controller answers. Source: Metadata.",
     true},
    {kPartitionLeaderIsPreferred, "kafka_topic_partition_leader_is_preferred", kGauge, kCluster,
     kPerPartition, kWhileFresh, "topic,partition",
     "1 if the first replica of the assignment leads, 0 if not. Absent instead of 1 while no "
     "controller answers. Source: Metadata.",
     true},
    {kPartitionReplicas, "kafka_topic_partition_replicas", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition", "Replicas that the partition is assigned. Source: Metadata.",
     true},
    {kPartitionInSyncReplica, "kafka_topic_partition_in_sync_replica", kGauge, kCluster,
     kPerPartition, kWhileFresh, "topic,partition",
     "Replicas in the ISR. Kafka 4 empties the ISR of an offline partition. While no controller "
     "answers absent unless the ISR is smaller than the assignment. Source: Metadata.",
     true},
    {kPartitionUnderReplicated, "kafka_topic_partition_under_replicated_partition", kGauge,
     kCluster, kPerPartition, kWhileFresh, "topic,partition",
     "1 if the ISR is smaller than the assignment, a reassignment's new replicas included. Absent "
     "instead of 0 while no controller answers. Source: Metadata.",
     true},

    {kClusterUp, "kafka_cluster_up", kGauge, kCluster, kPerCluster, kLasting, "",
     "1 if the last poll of the cluster was answered."},
    {kClusterConfirmed, "kafka_cluster_confirmed", kGauge, kCluster, kPerCluster, kWhileFresh, "",
     "1 if at least two brokers answer, or the cluster has only one. 0 if one broker alone "
     "answers, or if all brokers share one address: no second broker confirms what the first one "
     "says. Never 1 while no controller answers. Source: Metadata."},
    {kClusterPartitions, "kafka_cluster_partitions", kGauge, kCluster, kPerCluster, kWhileFresh, "",
     "Number of partitions of all topics watched. Absent while any topic is not known. Source: "
     "Metadata."},
    {kClusterUnderReplicated, "kafka_cluster_under_replicated_partitions", kGauge, kCluster,
     kPerCluster, kWhileFresh, "",
     "Partitions with an established replica out of the ISR. Source: Metadata."},
    {kClusterUnderMinIsr, "kafka_cluster_under_min_isr_partitions", kGauge, kCluster, kPerCluster,
     kWhileFresh, "",
     "Partitions with fewer replicas in the ISR than the effective min.insync.replicas: acks=all "
     "is refused. Source: Metadata, DescribeConfigs."},
    {kClusterAtMinIsr, "kafka_cluster_at_min_isr_partitions", kGauge, kCluster, kPerCluster,
     kWhileFresh, "",
     "Partitions with just the effective min.insync.replicas in the ISR. Source: Metadata, "
     "DescribeConfigs."},
    {kClusterOffline, "kafka_cluster_offline_partitions", kGauge, kCluster, kPerCluster,
     kWhileFresh, "", "Partitions without a leader. Source: Metadata."},
    {kClusterReassigning, "kafka_cluster_reassigning_partitions", kGauge, kCluster, kPerCluster,
     kWhileFresh, "",
     "Partitions with a newly assigned replica that was never in sync yet. Source: Metadata."},
    {kClusterLastReplica, "kafka_cluster_last_replica_partitions", kGauge, kCluster, kPerCluster,
     kWhileFresh, "",
     "Partitions with more than one replica whose last known ISR has one member. Source: "
     "Metadata."},
    {kTopicUnderReplicated, "kafka_topic_under_replicated_partitions", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic",
     "Partitions with an established replica out of the ISR. Source: Metadata."},
    {kTopicUnderMinIsr, "kafka_topic_under_min_isr_partitions", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic",
     "Partitions with fewer replicas in the ISR than the effective min.insync.replicas: acks=all "
     "is refused. Source: Metadata, DescribeConfigs."},
    {kTopicAtMinIsr, "kafka_topic_at_min_isr_partitions", kGauge, kCluster, kPerTopic, kWhileFresh,
     "topic",
     "Partitions with just the effective min.insync.replicas in the ISR. Source: Metadata, "
     "DescribeConfigs."},
    {kTopicOffline, "kafka_topic_offline_partitions", kGauge, kCluster, kPerTopic, kWhileFresh,
     "topic", "Partitions without a leader. Source: Metadata."},
    {kTopicReassigning, "kafka_topic_reassigning_partitions", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic",
     "Partitions with a newly assigned replica that was never in sync yet. Source: Metadata."},
    {kTopicLastReplica, "kafka_topic_last_replica_partitions", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic",
     "Partitions with more than one replica whose last known ISR has one member: the next failure "
     "takes them offline. Source: Metadata."},
    {kPartitionOffline, "kafka_topic_partition_offline", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition",
     "1 if the partition has no leader, else absent. Source: Metadata."},
    {kPartitionUnderMinIsr, "kafka_topic_partition_under_min_isr", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition",
     "1 if the ISR is below the effective min.insync.replicas, else absent. Source: Metadata, "
     "DescribeConfigs."},
    {kPartitionAtMinIsr, "kafka_topic_partition_at_min_isr", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition",
     "1 if the ISR is just the effective min.insync.replicas, else absent. Source: Metadata, "
     "DescribeConfigs."},
    {kPartitionReassigning, "kafka_topic_partition_reassigning", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition",
     "1 while a newly assigned replica was never in sync, else absent. Source: Metadata."},
    {kPartitionLeaderEpoch, "kafka_topic_partition_leader_epoch", kGauge, kCluster, kPerPartition,
     kWhileFresh, "topic,partition", "Leader epoch at the log's end. Source: ListOffsets latest."},
    {kTopicReplicationFactor, "kafka_topic_replication_factor", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic", "Replicas of the partition that has fewest. Source: Metadata."},
    {kTopicIsrShrinks, "kafka_topic_isr_shrinks_total", kCounter, kCluster, kPerTopic, kLasting,
     "topic", "ISR shrinks: a partition's ISR lost members between two polls. Source: Metadata."},
    {kTopicIsrExpands, "kafka_topic_isr_expands_total", kCounter, kCluster, kPerTopic, kLasting,
     "topic",
     "ISR expansions: a partition's ISR regained members between two polls. Source: Metadata."},
    {kTopicLeaderChanges, "kafka_topic_leader_changes_total", kCounter, kCluster, kPerTopic,
     kLasting, "topic", "Changes of a partition's leader to another broker. Source: Metadata."},
    {kTopicIsrShrinksLastHour, "kafka_topic_isr_shrinks_last_hour", kGauge, kCluster, kPerTopic,
     kWindow, "topic",
     "ISR shrinks in the last 60 minutes of the partition that shrank most often."},
    {kClusterLeaderElections, "kafka_cluster_leader_elections_total", kCounter, kCluster, kPerValue,
     kLasting, "leader",
     "Leader elections by the new leader's place: in_isr, outside_isr, or unknown if the partition "
     "was not read in the poll before. A hint only: losses are measured. Source: Metadata."},
    {kClusterTopicRecreations, "kafka_cluster_topic_recreations_total", kCounter, kCluster,
     kPerCluster, kLasting, "",
     "Topics that were found with another topic id under the same name. Source: Metadata."},
    {kTopicAtRiskRecords, "kafka_topic_at_risk_records", kGauge, kCluster, kPerTopic, kWhileFresh,
     "topic",
     "Committed offsets that only the last in-sync replica has: what an unclean election would "
     "lose now. Absent if the other replicas' offsets were never seen. Source: Metadata, "
     "ListOffsets."},
    {kTopicUncleanElections, "kafka_topic_unclean_leader_elections_total", kCounter, kCluster,
     kPerTopic, kLasting, "topic",
     "Elections of a leader from outside the last ISR that lost committed records. Source: "
     "Metadata, OffsetForLeaderEpoch."},
    {kTopicUncleanElectionsLastHour, "kafka_topic_unclean_leader_elections_last_hour", kGauge,
     kCluster, kPerTopic, kWindow, "topic", "The same, found in the last 60 minutes."},
    {kTopicLostRecords, "kafka_topic_lost_records_total", kCounter, kCluster, kPerTopicAndAcks,
     kLasting, "topic,acks",
     "Offsets that were committed and are lost (acks=all): a lower bound, from the last high "
     "watermark seen and from producers' reports; an upper bound of records for compacted and "
     "transactional topics. acks=1: records that only a leader had acknowledged, to producers that "
     "report. Source: ListOffsets, OffsetForLeaderEpoch, reports."},
    {kTopicLostRecordsLastHour, "kafka_topic_lost_records_last_hour", kGauge, kCluster,
     kPerTopicAndAcks, kWindow, "topic,acks", "The same, found in the last 60 minutes."},
    {kTopicLastLoss, "kafka_topic_last_loss_timestamp_seconds", kGauge, kCluster, kPerTopic,
     kLasting, "topic", "When the newest loss was found; absent if there is none."},
    {kLossPending, "kafka_loss_assessments_pending", kGauge, kCluster, kPerCluster, kLasting, "",
     "Leader epochs that ended and are not assessed for record loss yet, because no leader could "
     "be asked, or the new leader has not reported its epoch."},
    {kLossAssessments, "kafka_loss_assessments_total", kCounter, kCluster, kPerValue, kLasting,
     "result",
     "Assessments of leader epochs that ended, by result: none, lost or unknown. A producer's late "
     "report causes another one. Source: OffsetForLeaderEpoch."},
    {kLossUnknownLastHour, "kafka_loss_assessments_unknown_last_hour", kGauge, kCluster, kPerTopic,
     kWindow, "topic",
     "Leader epochs for which it was found in the last 60 minutes that a loss cannot be "
     "determined. The event loss_unknown has the reason (why)."},
    {kTopicMinInsyncReplicas, "kafka_topic_config_min_insync_replicas", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic",
     "min.insync.replicas as it is configured; brokers from 3.7 on lower it to the number of "
     "replicas. Source: DescribeConfigs."},
    {kTopicUncleanElectionEnable, "kafka_topic_config_unclean_leader_election_enable", kGauge,
     kCluster, kPerTopic, kWhileFresh, "topic",
     "1 if unclean.leader.election.enable is true; where the topic inherits it, as brokers see it. "
     "Source: DescribeConfigs."},
    {kTopicRetention, "kafka_topic_config_retention_seconds", kGauge, kCluster, kPerTopic,
     kWhileFresh, "topic", "retention.ms in seconds, +Inf without limit. Source: DescribeConfigs."},
    {kConfigRisk, "kafka_config_risk", kGauge, kCluster, kPerValue, kWhileFresh,
     "scope,name,rule,severity",
     "A setting that can lose records or cause a fatal error of a producer; always 1. name is the "
     "topic, broker, setting or client_id. Series with scope=\"producer\" have no kafka_cluster. "
     "Source: DescribeConfigs, Metadata, reports."},
    {kConfigRisks, "kafka_config_risks", kGauge, kCluster, kPerValue, kWhileFresh,
     "scope,rule,severity",
     "Number of kafka_config_risk findings; a lower bound, and absent instead of 0, while a topic "
     "or broker of the scope is not known. Source: DescribeConfigs, Metadata, reports."},
    {kBrokerUp, "kafka_broker_up", kGauge, kCluster, kPerBroker, kWhileFresh, "broker",
     "1 if the broker is in the broker list or in the ISR of a partition with a leader, 0 if it "
     "only has replicas. Absent instead of 1 while no controller answers. Source: Metadata."},
    {kBrokerRackInfo, "kafka_broker_rack_info", kGauge, kCluster, kPerBroker, kWhileFresh,
     "broker,rack", "A broker's rack; always 1, absent without a rack. Source: DescribeCluster."},
    {kBrokerLeaderPartitions, "kafka_broker_leader_partitions", kGauge, kCluster, kPerBroker,
     kWhileFresh, "broker",
     "Number of partitions that the broker leads. Absent while a partition that it may lead has "
     "no known leader. Source: Metadata."},
    {kBrokerReplicas, "kafka_broker_replicas", kGauge, kCluster, kPerBroker, kWhileFresh, "broker",
     "Number of replicas that the broker is assigned. Absent while any topic is not known. Source: "
     "Metadata."},
    {kBrokerOutOfSyncReplicas, "kafka_broker_out_of_sync_replicas", kGauge, kCluster, kPerBroker,
     kWhileFresh, "broker",
     "Established replicas of the broker that are out of the ISR. Source: Metadata."},
    {kBrokerStopBlocked, "kafka_broker_stop_blocked_partitions", kGauge, kCluster, kPerBroker,
     kWhileFresh, "broker",
     "Watched partitions that would go offline, below min.insync.replicas or down to one in-sync "
     "replica if the broker stopped now; also those that a reassignment adds to it, and the "
     "controllers' metadata log if they would lose their majority. Absent instead of 0 while any "
     "is "
     "not known. Source: Metadata, DescribeConfigs, DescribeQuorum."},
    {kBrokerReachable, "kafka_broker_reachable", kGauge, kCluster, kPerBroker, kWhileFresh,
     "broker",
     "1 if the listed broker answered the exporter's last request, 0 if not. Absent if it was not "
     "asked."},
    {kBrokerMetadataLag, "kafka_broker_metadata_lag_seconds", kGauge, kCluster, kPerBroker,
     kWhileControllerFresh, "broker",
     "How long ago the broker's copy of the metadata log was last caught up with the active "
     "controller's. Source: DescribeQuorum, from Kafka 3.3 on."},
    {kExpectedBrokers, "kafka_expected_brokers", kGauge, kCluster, kPerCluster, kLasting, "",
     "expected_brokers of the configuration; absent if not set."},
    {kControllerUp, "kafka_controller_up", kGauge, kCluster, kPerCluster, kWhileControllerFresh, "",
     "1 if an active controller answered, even if it refused the request. 0 if no broker got an "
     "answer from one: leaders, ISRs and brokers in Metadata are then out of date. Absent "
     "if it is not known or the cluster runs under ZooKeeper. Source: DescribeQuorum."},
    {kControllerId, "kafka_controller_id", kGauge, kCluster, kPerCluster, kWhileControllerFresh, "",
     "Node id of the active controller. Source: DescribeQuorum."},
    {kControllerEpoch, "kafka_controller_epoch", kGauge, kCluster, kPerCluster,
     kWhileControllerFresh, "",
     "Epoch of the active controller; grows with every election. Source: DescribeQuorum."},
    {kControllerVoters, "kafka_controller_voters", kGauge, kCluster, kPerCluster,
     kWhileControllerFresh, "",
     "Number of controllers that vote, the active one included. Source: DescribeQuorum."},
    {kControllerVoterLagRecords, "kafka_controller_voter_lag_records", kGauge, kCluster, kPerVoter,
     kWhileControllerFresh, "id",
     "Records of the metadata log that the voter lacks. Absent until the voter has fetched from "
     "the active controller. Source: DescribeQuorum."},
    {kControllerVoterLag, "kafka_controller_voter_lag_seconds", kGauge, kCluster, kPerVoter,
     kWhileControllerFresh, "id",
     "How long ago the voter was last caught up with the active controller. Absent until the voter "
     "has fetched from the active controller. Source: DescribeQuorum, from Kafka 3.3 on."},
    {kSeriesLeftOut, "kafka_isr_exporter_series_left_out", kGauge, kCluster, kPerValue, kLasting,
     "reason", "Series left out of the page because of partition_metrics or max_series."},

    {kProducerFatalErrorsLastHour, "kafka_producer_fatal_errors_last_hour", kGauge, kProducers,
     kPerValue, kLasting, "error",
     "Producers whose fatal error was reported in the last 60 minutes."},
    {kProducerFatalErrors, "kafka_producer_fatal_errors_total", kCounter, kProducers, kPerClient,
     kLasting, "client_id,error",
     "Producers that had a fatal error. The series appears with the first error of its kind. The "
     "application must create the producer again. Source: statistics, fatal; reports."},
    {kProducerDeliveryFailures, "kafka_producer_delivery_failures_total", kCounter, kProducers,
     kPerClient, kLasting, "client_id,error,persisted",
     "Records whose delivery failed. persisted: whether the log may contain them (aborted: purged "
     "with their transaction). The series appears with the first failure of its kind. Source: "
     "reports, failed."},
    {kProducerAcknowledgedRecords, "kafka_producer_acknowledged_records_total", kCounter,
     kProducers, kPerClient, kLasting, "client_id",
     "Records acknowledged to producers; absent for clients that send no reports. Source: reports, "
     "acknowledged."},
    {kProducerRetriedRecords, "kafka_producer_retried_records_total", kCounter, kProducers,
     kPerClient, kLasting, "client_id",
     "Records that producers sent again; absent for clients that do not report it. Source: "
     "reports, retried."},
    {kProducerTransmittedBytes, "kafka_producer_transmitted_bytes_total", kCounter, kProducers,
     kPerClient, kLasting, "client_id", "Bytes sent to brokers. Source: statistics, tx_bytes."},
    {kProducerSocketSendErrors, "kafka_producer_socket_send_errors_total", kCounter, kProducers,
     kPerClient, kLasting, "client_id",
     "Failed sends to brokers, without retries of records. Source: statistics, txerrs."},
    {kProducerRequestTimeouts, "kafka_producer_request_timeouts_total", kCounter, kProducers,
     kPerClient, kLasting, "client_id",
     "Requests that were not answered in time. Source: statistics, req_timeouts."},
    {kProducerIdChanges, "kafka_producer_id_changes_total", kCounter, kProducers, kPerClient,
     kLasting, "client_id", "Changes of a producer's id. Source: statistics, producer_id."},
    {kProducerEpochBumps, "kafka_producer_epoch_bumps_total", kCounter, kProducers, kPerClient,
     kLasting, "client_id", "Bumps of a producer's epoch. Source: statistics, producer_epoch."},
    {kProducerQueueMessages, "kafka_producer_queue_messages", kGauge, kProducers, kPerClient,
     kLasting, "client_id", "Records in the queues of all instances. Source: statistics, msg_cnt."},
    {kProducerQueueMessagesLimit, "kafka_producer_queue_messages_limit", kGauge, kProducers,
     kPerClient, kLasting, "client_id",
     "Sum of the record limits of the queues that have one. Source: statistics, msg_max."},
    {kProducerQueueBytes, "kafka_producer_queue_bytes", kGauge, kProducers, kPerClient, kLasting,
     "client_id",
     "Bytes in the queues of all instances. Source: statistics, msg_size; reports, queue."},
    {kProducerQueueBytesLimit, "kafka_producer_queue_bytes_limit", kGauge, kProducers, kPerClient,
     kLasting, "client_id",
     "Sum of the byte limits of the queues that have one. Source: statistics, msg_size_max; "
     "reports, queue."},
    {kProducerQueueRatio, "kafka_producer_queue_ratio", kGauge, kProducers, kPerClient, kLasting,
     "client_id",
     "How full the fullest queue of an instance is, by records or by bytes, from 0 to 1: at 1 "
     "records are refused. Source: statistics, reports."},
    {kProducerRoundTrip, "kafka_producer_round_trip_seconds", kGauge, kProducers, kPerClient,
     kLasting, "client_id,q",
     "Broker request round-trip time of the last reporting interval: the slowest broker of the "
     "slowest instance. A quantile above half a second is the maximum. Source: statistics, rtt; "
     "reports, round_trip."},
    {kProducerIdempotenceState, "kafka_producer_idempotence_state", kGauge, kProducers, kPerClient,
     kLasting, "client_id,state",
     "The worst state of the instances; always 1. Source: statistics, idemp_state."},
    {kProducerTransactionState, "kafka_producer_transaction_state", kGauge, kProducers, kPerClient,
     kLasting, "client_id,state",
     "The worst state of the instances; always 1. Source: statistics, txn_state."},
    {kProducerInstances, "kafka_producer_instances", kGauge, kProducers, kPerClient, kLasting,
     "client_id", "Instances that report."},
    {kProducerVanishedLastHour, "kafka_producer_vanished_last_hour", kGauge, kProducers, kPerClient,
     kLasting, "client_id",
     "Instances that stopped sending reports in the last 60 minutes without announcing their end. "
     "Instances that send only statistics are not counted."},
    {kProducerLastReport, "kafka_producer_last_report_timestamp_seconds", kGauge, kProducers,
     kPerClient, kLasting, "client_id", "When an instance last reported."},

    {kBuildInfo, "kafka_isr_exporter_build_info", kGauge, kSelf, kPerExporter, kLasting,
     "version,revision,librdkafka", "Versions of the running exporter; always 1."},
    {kCollectorSuccess, "kafka_isr_exporter_collector_success", kGauge, kSelf, kPerCluster,
     kLasting, "collector",
     "1 if all of the collector's last requests to the cluster were answered."},
    {kCollectorDuration, "kafka_isr_exporter_collector_duration_seconds", kGauge, kSelf,
     kPerCluster, kLasting, "collector", "How long the collector's last requests took."},
    {kCollectorLastSuccess, "kafka_isr_exporter_collector_last_success_timestamp_seconds", kGauge,
     kSelf, kPerCluster, kLasting, "collector",
     "When all of the collector's requests were last answered."},
    {kPolls, "kafka_isr_exporter_polls_total", kCounter, kSelf, kPerCluster, kLasting, "",
     "Polls of the cluster started."},
    {kPollFailures, "kafka_isr_exporter_poll_failures_total", kCounter, kSelf, kPerCluster,
     kLasting, "", "Polls without an answer from the cluster."},
    {kPollsLate, "kafka_isr_exporter_polls_late_total", kCounter, kSelf, kPerCluster, kLasting, "",
     "Polls that started late because the previous one took longer than the interval."},
    {kScrapes, "kafka_isr_exporter_scrapes_total", kCounter, kSelf, kPerExporter, kLasting, "",
     "Pages of metrics served."},
    {kInternalErrors, "kafka_isr_exporter_internal_errors_total", kCounter, kSelf, kPerExporter,
     kLasting, "thread",
     "Exceptions that a thread of the exporter survived, for example when memory or threads run "
     "out. Each is logged."},
    {kPageBytes, "kafka_isr_exporter_page_bytes", kGauge, kSelf, kPerExporter, kLasting, "encoding",
     "Size of the page rendered before this one."},
    {kPageSeries, "kafka_isr_exporter_page_series", kGauge, kSelf, kPerExporter, kLasting, "",
     "Series in the page rendered before this one."},
    {kPageRendered, "kafka_isr_exporter_page_rendered_timestamp_seconds", kGauge, kSelf,
     kPerExporter, kLasting, "", "When this page was rendered."},
    {kJournalEvents, "kafka_isr_exporter_journal_events_total", kCounter, kSelf, kPerExporter,
     kLasting, "kind", "Events written to the journal since the exporter started."},
    {kJournalBytes, "kafka_isr_exporter_journal_bytes", kGauge, kSelf, kPerExporter, kLasting, "",
     "Size of the history file with its write-ahead log; absent without a file."},
    {kJournalWritable, "kafka_isr_exporter_journal_writable", kGauge, kSelf, kPerExporter, kLasting,
     "",
     "1 if the history file is up to date, 0 while changes wait in memory because it cannot be "
     "written; absent without a file."},
    {kJournalDropped, "kafka_isr_exporter_journal_dropped_events_total", kCounter, kSelf,
     kPerExporter, kLasting, "",
     "Events dropped from memory, the oldest first, because too many waited for a history file "
     "that cannot be written."},
    {kIngestDocuments, "kafka_isr_exporter_ingest_documents_total", kCounter, kSelf, kPerExporter,
     kLasting, "kind", "Documents of producers accepted; absent without [ingest]."},
    {kIngestRejected, "kafka_isr_exporter_ingest_rejected_total", kCounter, kSelf, kPerExporter,
     kLasting, "reason",
     "Requests and documents of producers, and parts of documents, that were rejected; absent "
     "without [ingest]."},
    {kIngestClients, "kafka_isr_exporter_ingest_clients", kGauge, kSelf, kPerExporter, kLasting, "",
     "Number of client_id values known; absent without [ingest]."},
    {kReloadSuccessful, "kafka_isr_exporter_config_last_reload_successful", kGauge, kSelf,
     kPerExporter, kLasting, "", "1 if the last reload of the configuration succeeded."},
    {kReloadSuccess, "kafka_isr_exporter_config_last_reload_success_timestamp_seconds", kGauge,
     kSelf, kPerExporter, kLasting, "", "When the configuration in force was loaded."},
    {kProcessCpu, "process_cpu_seconds_total", kCounter, kSelf, kPerExporter, kLasting, "",
     "Total user and system CPU time spent in seconds."},
    {kProcessResidentMemory, "process_resident_memory_bytes", kGauge, kSelf, kPerExporter, kLasting,
     "", "Resident memory size in bytes."},
    {kProcessVirtualMemory, "process_virtual_memory_bytes", kGauge, kSelf, kPerExporter, kLasting,
     "", "Virtual memory size in bytes."},
    {kProcessOpenFds, "process_open_fds", kGauge, kSelf, kPerExporter, kLasting, "",
     "Number of open file descriptors."},
    {kProcessMaxFds, "process_max_fds", kGauge, kSelf, kPerExporter, kLasting, "",
     "Maximum number of open file descriptors."},
    {kProcessThreads, "process_threads", kGauge, kSelf, kPerExporter, kLasting, "",
     "Number of OS threads in the process."},
    {kProcessStartTime, "process_start_time_seconds", kGauge, kSelf, kPerExporter, kLasting, "",
     "Start time of the process since unix epoch in seconds."},
}};

consteval bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

consteval bool table_is_sound() {
  for (std::size_t i = 0; i < kFamilies.size(); ++i) {
    const Family& one = kFamilies[i];
    if (static_cast<std::size_t>(one.id) != i || !is_name(one.name)) return false;
    if (one.name.ends_with("_total") != (one.type == Type::kCounter)) return false;
    if (one.lifetime == Lifetime::kWindow && !one.name.ends_with("_last_hour")) return false;
    if (one.help.empty() || one.help.find_first_of("\\\n") != std::string_view::npos) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (kFamilies[j].name == one.name) return false;
  }
  return true;
}

static_assert(table_is_sound(),
              "a family is out of order, badly named, named twice, or has no plain HELP");

}  // namespace

std::span<const Family> families() { return kFamilies; }

const Family& family(FamilyId id) { return kFamilies[static_cast<std::size_t>(id)]; }

}  // namespace kie::exposition
