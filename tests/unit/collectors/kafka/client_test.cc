#include "collectors/kafka/client.h"

#include "collectors/kafka/metadata.h"
#include "collectors/kafka/rdkafka.h"
#include "tests/unit/collectors/kafka/fake_kafka.h"

#include <array>
#include <condition_variable>
#include <mutex>

namespace kie::kafka {
namespace {

using config::Property;
using config::Secret;
using testing::AllOf;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;
using testing::Optional;

std::optional<std::string> check(const std::string& name, const std::string& value) {
  return check_property(name, Secret{value});
}

config::ClusterConfig cluster_with(const std::string& name, const std::string& value) {
  config::ClusterConfig cluster;
  cluster.servers = {"127.0.0.1:1"};
  cluster.librdkafka.push_back(Property{name, Secret{value}, {}});
  return cluster;
}

TEST(CheckProperty, TakesWhatLibrdkafkaTakes) {
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"security.protocol", "sasl_ssl"},
                                          {"sasl.password", "anything"},
                                          {"socket.keepalive.enable", "false"},
                                          {"reconnect.backoff.max.ms", "100"},
                                          {"client.id", "me"},
                                          {"debug", "broker,security"}})
    EXPECT_THAT(check(name, value), Eq(std::nullopt)) << name;
}

TEST(CheckProperty, NamesAPropertyThatIsNotThere) {
  EXPECT_THAT(check("sasl.passwrd", "hunter2"),
              Optional(AllOf(HasSubstr("\"sasl.passwrd\""), HasSubstr(librdkafka_version()),
                             Not(HasSubstr("hunter2")))));
}

TEST(CheckProperty, SaysWhatIsWrongWithAValue) {
  EXPECT_THAT(check("security.protocol", "tls"), Optional(HasSubstr("security.protocol")));
  EXPECT_THAT(check("reconnect.backoff.max.ms", "soon"),
              Optional(HasSubstr("reconnect.backoff.max.ms")));
  EXPECT_THAT(check("socket.keepalive.enable", "perhaps"), testing::Ne(std::nullopt));
}

TEST(CheckProperty, ReservesWhatTheExportersPromisesHangOn) {
  for (const auto* name :
       {"bootstrap.servers", "metadata.broker.list", "allow.auto.create.topics", "log.queue"})
    EXPECT_THAT(check(name, "true"), Optional(AllOf(HasSubstr(name), HasSubstr("cannot be set"))))
        << name;
}

// A secret that stands in the wrong line, or that ${ENV} has put there, is a secret all the same.
TEST(CheckProperty, NeverSaysTheValueWhateverTheProperty) {
  for (const auto* name : {"security.protocol", "reconnect.backoff.max.ms", "debug",
                           "socket.keepalive.enable", "no.such.property"})
    EXPECT_THAT(check(name, "hunter2"), Optional(AllOf(HasSubstr(name), Not(HasSubstr("hunter2")))))
        << name;
}

TEST(CheckProperty, NeverSaysTheBeginningOfALongValueOrAnItemOfAList) {
  EXPECT_THAT(check("security.protocol", std::string(600, 'x')), Optional(Not(HasSubstr("xxxx"))));
  EXPECT_THAT(check("debug", "broker,hunter2"), Optional(Not(HasSubstr("hunter2"))));
}

TEST(CheckProperty, NeverSaysTheValueOfASecret) {
  for (const auto* name :
       {"sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
        "ssl.certificate.pem", "ssl.ca.pem", "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.config", "enable.sasl.oauthbearer.unsecure.jwt"}) {
    const auto wrong = check(name, "hunter2");
    if (wrong) {
      EXPECT_THAT(*wrong, Not(HasSubstr("hunter2"))) << name;
    }
  }
}

TEST(KafkaClient, AClusterThatIsNotThereIsNoErrorYet) {
  config::ClusterConfig cluster;
  cluster.servers = {"127.0.0.1:1", "[::1]:1"};
  const auto client = KafkaClient::create(cluster, [](auto, auto, auto) {});
  ASSERT_TRUE(client) << client.error().text;
  EXPECT_NE(client->handle(), nullptr);
}

TEST(KafkaClient, TakesTheOperatorsPropertiesOverItsOwn) {
  const auto client = KafkaClient::create(cluster_with("client.id", "me"), [](auto, auto, auto) {});
  ASSERT_TRUE(client) << client.error().text;
  std::array<char, 64> value{};
  auto size = value.size();
  ASSERT_EQ(rd_kafka_conf_get(rd_kafka_conf(client->handle()), "client.id", value.data(), &size),
            RD_KAFKA_CONF_OK);
  EXPECT_STREQ(value.data(), "me");
}

TEST(KafkaClient, SaysWhichPropertyIsRefusedButNotItsValue) {
  const auto client =
      KafkaClient::create(cluster_with("security.protocol", "hunter2"), [](auto, auto, auto) {});
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().text,
              AllOf(HasSubstr("security.protocol"), Not(HasSubstr("hunter2"))));
}

// librdkafka shows the first in its list of properties, and the second where it cannot be parsed.
TEST(KafkaClient, NoLineOfTheLogHasASecret) {
  auto cluster = cluster_with("sasl.oauthbearer.client.secret", "hunter2");
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"sasl.oauthbearer.config", "principal=me garbage=hunter3"},
           {"enable.sasl.oauthbearer.unsecure.jwt", "true"},
           {"sasl.mechanism", "OAUTHBEARER"},
           {"security.protocol", "sasl_plaintext"},
           {"debug", "all"}})
    cluster.librdkafka.push_back(Property{name, Secret{value}, {}});
  std::mutex mutex;
  std::string log;
  {
    const auto client = KafkaClient::create(cluster, [&](auto, auto, std::string_view line) {
      const std::scoped_lock lock{mutex};
      log.append(line).append("\n");
    });
    ASSERT_TRUE(client) << client.error().text;
  }
  EXPECT_THAT(log,
              AllOf(HasSubstr("sasl.oauthbearer.client.secret"),
                    HasSubstr("sasl.oauthbearer.config beginning at"), Not(HasSubstr("hunter"))));
}

// librdkafka makes the first token by itself, and asks for the next ones in a queue.
TEST(KafkaClient, TokensAreRenewedThoughNobodyPolls) {
  auto cluster = cluster_with("sasl.oauthbearer.config", "principal=me lifeSeconds=1");
  for (const auto& [name, value] :
       std::map<std::string, std::string>{{"enable.sasl.oauthbearer.unsecure.jwt", "true"},
                                          {"sasl.mechanism", "OAUTHBEARER"},
                                          {"security.protocol", "sasl_plaintext"},
                                          {"debug", "security"}})
    cluster.librdkafka.push_back(Property{name, Secret{value}, {}});
  std::mutex mutex;
  std::condition_variable came;
  int tokens = 0;
  const auto client = KafkaClient::create(cluster, [&](auto, auto, std::string_view line) {
    if (line.find("Creating unsecured token") == std::string_view::npos) return;
    const std::scoped_lock lock{mutex};
    ++tokens;
    came.notify_all();
  });
  ASSERT_TRUE(client) << client.error().text;
  std::unique_lock lock{mutex};
  EXPECT_TRUE(came.wait_for(lock, std::chrono::seconds{20}, [&] { return tokens >= 3; }));
}

TEST(KafkaClient, AnErrorOfTlsSaysWhatCameFirst) {
  auto cluster = cluster_with("security.protocol", "ssl");
  cluster.librdkafka.push_back(Property{"ssl.key.location", Secret{"/dev/null"}, {}});
  std::string log;
  const auto client =
      KafkaClient::create(cluster, [&](auto, auto, std::string_view line) { log += line; });
  ASSERT_FALSE(client);
  const auto first = log.find("DECODER routines::unsupported");
  ASSERT_NE(first, std::string::npos) << log;
  EXPECT_THAT(client.error().text,
              AllOf(HasSubstr("ssl.key.location failed"),
                    HasSubstr("DECODER routines::unsupported"), Not(HasSubstr("[thrd:"))));
}

TEST(KafkaClient, WhatLibrdkafkaFindsWrongOnlyInTheWholeIsAnError) {
  // Refused by rd_kafka_new, not by rd_kafka_conf_set.
  auto cluster = cluster_with("sasl.mechanism", "SCRAM-SHA-512");
  cluster.librdkafka.push_back(Property{"security.protocol", Secret{"sasl_plaintext"}, {}});
  const auto client = KafkaClient::create(cluster, [](auto, auto, auto) {});
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().text, HasSubstr("sasl.username"));
}

TEST(KafkaClient, ALoginWithoutAMechanismSaysWhatIsMissing) {
  auto cluster = cluster_with("security.protocol", "SASL_PLAINTEXT");
  cluster.librdkafka.push_back(Property{"sasl.username", Secret{"exporter"}, {}});
  cluster.librdkafka.push_back(Property{"sasl.password", Secret{"xyzzy-plugh"}, {}});
  const auto client = KafkaClient::create(cluster, [](auto, auto, auto) {});
  ASSERT_FALSE(client);
  EXPECT_THAT(client.error().text,
              AllOf(HasSubstr("sasl.mechanism is missing"), Not(HasSubstr("xyzzy"))));
}

TEST(KafkaClient, AMechanismThatIsNamedIsNotMissing) {
  auto cluster = cluster_with("security.protocol", "sasl_plaintext");
  cluster.librdkafka.push_back(Property{"sasl.mechanisms", Secret{"GSSAPI"}, {}});
  const auto client = KafkaClient::create(cluster, [](auto, auto, auto) {});
  // It depends on the machine whether Kerberos' tools are there.
  const auto complaint = client ? std::string{} : client.error().text;
  EXPECT_THAT(complaint, Not(HasSubstr("is missing")));
}

TEST(KafkaClient, AClusterMayBeFoundAtAddressesAddedLater) {
  test::FakeKafka kafka{2};
  auto cluster = kafka.config();
  cluster.servers = {"127.0.0.1:1"};
  const auto client = test::client_of(cluster);
  client->add_servers({kafka.server(1), kafka.server(2)});
  BrokerTimeouts timeouts{std::chrono::seconds{30}};
  EXPECT_TRUE(test::eventually([&] {
    RequestBatch batch{*client, timeouts, std::chrono::seconds{30}};
    bool answered = false;
    ask_brokers(batch, BrokerId{2}, [&](const auto& view) { answered = view.has_value(); });
    batch.await();
    return answered;
  }));
}

}  // namespace
}  // namespace kie::kafka
