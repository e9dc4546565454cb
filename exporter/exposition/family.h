#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace kie::exposition {

enum class Type : std::uint8_t { kCounter, kGauge };

/// The writer of a family's samples.
enum class FamilyWriter : std::uint8_t {
  /// From a cluster's state; the samples of each cluster are cached.
  kCluster,
  /// From the state of producers.
  kProducers,
  /// From prometheus-cpp's registry.
  kSelf,
};

/// How many series a family has: one for each of these.
enum class SeriesPer : std::uint8_t {
  /// With the label kafka_cluster alone, where the cluster has a name.
  kPerCluster,
  kPerBroker,
  kPerVoter,
  kPerTopic,
  kPerTopicAndAcks,
  kPerPartition,
  /// For each value of a list that the writer knows, such as the results of assessments.
  kPerValue,
  /// For each client.id and what is counted of it.
  kPerClient,
  /// One, or for each value of a list, in the whole process.
  kPerExporter,
};

/// How long a value is shown.
enum class Lifetime : std::uint8_t {
  /// Until what polls read is older than the staleness.
  kWhileFresh,
  /// Until the controller's last answer is older than the staleness.
  kWhileControllerFresh,
  /// As long as its subject is known: what was counted does not go stale.
  kLasting,
  /// As kLasting. A deleted topic has it for an hour.
  kWindow,
};

/// All families, in the order of the page. The index of the row in families().
enum class FamilyId : std::uint8_t {
  kBrokers,
  kBrokerInfo,
  kTopicPartitions,
  kPartitionCurrentOffset,
  kPartitionOldestOffset,
  kPartitionLeader,
  kPartitionLeaderIsPreferred,
  kPartitionReplicas,
  kPartitionInSyncReplica,
  kPartitionUnderReplicated,

  kClusterUp,
  kClusterConfirmed,
  kClusterPartitions,
  kClusterUnderReplicated,
  kClusterUnderMinIsr,
  kClusterAtMinIsr,
  kClusterOffline,
  kClusterReassigning,
  kClusterLastReplica,
  kTopicUnderReplicated,
  kTopicUnderMinIsr,
  kTopicAtMinIsr,
  kTopicOffline,
  kTopicReassigning,
  kTopicLastReplica,
  kPartitionOffline,
  kPartitionUnderMinIsr,
  kPartitionAtMinIsr,
  kPartitionReassigning,
  kPartitionLeaderEpoch,
  kTopicReplicationFactor,
  kTopicIsrShrinks,
  kTopicIsrExpands,
  kTopicLeaderChanges,
  kTopicIsrShrinksLastHour,
  kClusterLeaderElections,
  kClusterTopicRecreations,
  kTopicAtRiskRecords,
  kTopicUncleanElections,
  kTopicUncleanElectionsLastHour,
  kTopicLostRecords,
  kTopicLostRecordsLastHour,
  kTopicLastLoss,
  kLossPending,
  kLossAssessments,
  kLossUnknownLastHour,
  kTopicMinInsyncReplicas,
  kTopicUncleanElectionEnable,
  kTopicRetention,
  kConfigRisk,
  kConfigRisks,
  kBrokerUp,
  kBrokerRackInfo,
  kBrokerLeaderPartitions,
  kBrokerReplicas,
  kBrokerOutOfSyncReplicas,
  kBrokerStopBlocked,
  kBrokerReachable,
  kBrokerMetadataLag,
  kExpectedBrokers,
  kControllerUp,
  kControllerId,
  kControllerEpoch,
  kControllerVoters,
  kControllerVoterLagRecords,
  kControllerVoterLag,
  kSeriesLeftOut,

  kProducerFatalErrorsLastHour,
  kProducerFatalErrors,
  kProducerDeliveryFailures,
  kProducerAcknowledgedRecords,
  kProducerRetriedRecords,
  kProducerTransmittedBytes,
  kProducerSocketSendErrors,
  kProducerRequestTimeouts,
  kProducerIdChanges,
  kProducerEpochBumps,
  kProducerQueueMessages,
  kProducerQueueMessagesLimit,
  kProducerQueueBytes,
  kProducerQueueBytesLimit,
  kProducerQueueRatio,
  kProducerRoundTrip,
  kProducerIdempotenceState,
  kProducerTransactionState,
  kProducerInstances,
  kProducerVanishedLastHour,
  kProducerLastReport,

  kBuildInfo,
  kCollectorSuccess,
  kCollectorDuration,
  kCollectorLastSuccess,
  kPolls,
  kPollFailures,
  kPollsLate,
  kScrapes,
  kInternalErrors,
  kPageBytes,
  kPageSeries,
  kPageRendered,
  kJournalEvents,
  kJournalBytes,
  kJournalWritable,
  kJournalDropped,
  kIngestDocuments,
  kIngestRejected,
  kIngestClients,
  kReloadSuccessful,
  kReloadSuccess,
  kProcessCpu,
  kProcessResidentMemory,
  kProcessVirtualMemory,
  kProcessOpenFds,
  kProcessMaxFds,
  kProcessThreads,
  kProcessStartTime,

  kCount,
};

inline constexpr std::size_t kFamilyCount = static_cast<std::size_t>(FamilyId::kCount);

/// One row of the table from which the page, METRICS.md and the tests are made.
struct Family {
  FamilyId id;
  std::string_view name;
  Type type;
  FamilyWriter writer;
  SeriesPer per;
  Lifetime lifetime;
  /// Comma-separated, without kafka_cluster.
  std::string_view labels;
  /// No backslash and no line feed, which would break METRICS.md.
  std::string_view help;
  /// kafka_exporter has it too: left out with compatible_metrics = false.
  bool compatible = false;
};

std::span<const Family> families();

const Family& family(FamilyId id);

}  // namespace kie::exposition
