#include "collectors/kafka/codec/error.h"

#include <librdkafka/rdkafka.h>

namespace kie::kafka {
namespace {

TEST(Error, TheCodesAreThoseOfLibrdkafka) {
  EXPECT_EQ(kBadMessage, RD_KAFKA_RESP_ERR__BAD_MSG);
  EXPECT_EQ(kUnknownTopicOrPartition, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  EXPECT_EQ(kNotLeaderOrFollower, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
  EXPECT_EQ(kRequestTimedOut, RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
  EXPECT_EQ(kTopicAuthorizationFailed, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  EXPECT_EQ(kClusterAuthorizationFailed, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  EXPECT_EQ(kUnsupportedVersion, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION);
  EXPECT_EQ(kNotController, RD_KAFKA_RESP_ERR_NOT_CONTROLLER);
  EXPECT_EQ(kListenerNotFound, RD_KAFKA_RESP_ERR_LISTENER_NOT_FOUND);
  EXPECT_EQ(kFencedLeaderEpoch, RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH);
  EXPECT_EQ(kUnknownLeaderEpoch, RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH);
}

}  // namespace
}  // namespace kie::kafka
