#include "collectors/risk/producers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kie::risk {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Instant = std::chrono::steady_clock::time_point;
using Settings = std::vector<std::pair<std::string_view, std::string>>;
using enum RuleId;

Instant at(int second) { return Instant{} + seconds{10'000 + second}; }

const Settings kSafe{{"enable.idempotence", "true"}};

class ProducersRules : public testing::Test {
 protected:
  ReportingProducer& add(std::string_view client_id, int first, int last,
                         const Settings& settings = kSafe) {
    return all.emplace_back(ReportingProducer{.client_id = client_id,
                                              .host = "a",
                                              .client = "librdkafka 2.8.0",
                                              .cluster_id = "c",
                                              .settings = settings,
                                              .first = at(first),
                                              .last = at(last),
                                              .is_live = true});
  }

  std::vector<Finding> findings(int now = 100) { return evaluate(all, thresholds, at(now)); }

  std::vector<RuleId> found(int now = 100) {
    std::vector<RuleId> ids;
    for (const auto& one : findings(now)) ids.push_back(one.rule);
    return ids;
  }

  std::vector<ReportingProducer> all;
  Thresholds thresholds;
};

TEST_F(ProducersRules, EachRuleOnceForAClientId) {
  const Settings one{{"acks", "1"}, {"enable.idempotence", "false"}};
  const Settings none{{"acks", "0"}, {"enable.idempotence", "false"}};
  add("orders", 0, 0, one);
  add("orders", 0, 0, none);
  add("orders", 0, 0, one);
  add("safe", 0, 0);
  EXPECT_THAT(found(), ElementsAre(kAcksNotAll, kIdempotenceOff));
  EXPECT_EQ(findings().front().name, "orders");
  EXPECT_EQ(findings().front().value, "1, 0");
}

TEST_F(ProducersRules, OfThoseThatAreGoneOrTellNothingNothingIsSaid) {
  const Settings one{{"acks", "1"}};
  add("orders", 0, 0, one).is_live = false;
  add("silent", 0, 0).settings.reset();
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ProducersRules, TheClientIsGuessedWhereItIsNotTold) {
  const Settings defaults{{"linger.ms", "5"}};
  add("orders", 0, 0, defaults).client = "";
  EXPECT_THAT(found(), IsEmpty()) << "Java is idempotent by default";
  const Settings timeout{{"message.timeout.ms", "60000"}};
  all.clear();
  add("orders", 0, 0, timeout).client = "";
  EXPECT_THAT(found(), ElementsAre(kIdempotenceOff));
}

TEST_F(ProducersRules, ASharedTransactionalId) {
  const Settings id{{"transactional.id", "t"}};
  add("old", 0, 20, id);
  add("new", 10, 30, id);
  EXPECT_THAT(found(), ElementsAre(kTransactionalIdShared, kTransactionalIdShared));
  EXPECT_EQ(findings().front().severity, Severity::kCritical);
  EXPECT_THAT(findings().front().note, HasSubstr("old on a"));
  all[0].last = at(10);
  EXPECT_THAT(found(), IsEmpty()) << "a restart";
  all[0].last = at(20);
  all[1].cluster_id = "d";
  EXPECT_THAT(found(), IsEmpty()) << "another cluster";
  all[1].cluster_id = "c";
  all[0].is_live = false;
  EXPECT_THAT(found(), IsEmpty()) << "it is over";
}

TEST_F(ProducersRules, ShortLivedProducers) {
  thresholds.max_new_producers = 3;
  add("audit", -121, 0);
  for (int i = 0; i < 3; ++i) add("orders", i, i).is_live = i == 2;
  EXPECT_THAT(found(), IsEmpty());
  add("orders", 3, 3).host = "b";
  EXPECT_THAT(found(), IsEmpty()) << "on another host";
  add("orders", 4, 4);
  EXPECT_THAT(found(), ElementsAre(kProducersShortLived));
  EXPECT_EQ(findings().front().value, "4");
  EXPECT_THAT(found(3'601), IsEmpty()) << "within an hour";
  for (auto& one : all) one.host = "";
  EXPECT_THAT(found(), IsEmpty()) << "nobody knows whether it is one host";
}

TEST_F(ProducersRules, WhoReportedBeforeAnybodyListenedIsNotNew) {
  thresholds.max_new_producers = 3;
  for (int i = 0; i < 100; ++i) add("orders", i, i);
  EXPECT_THAT(found(), IsEmpty());
  for (int i = 121; i < 124; ++i) add("orders", i, i);
  EXPECT_THAT(found(200), IsEmpty());
  add("orders", 124, 124);
  EXPECT_THAT(found(200), ElementsAre(kProducersShortLived));
  EXPECT_EQ(findings(200).front().value, "4");
}

TEST_F(ProducersRules, DefaultsAreJudgedAndWhatIsNotToldIsNot) {
  const Settings defaults;
  add("plain", 0, 0, defaults);
  EXPECT_THAT(found(), ElementsAre(kIdempotenceOff));
  all.front().settings.reset();
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ProducersRules, WhoRunsDidStart) {
  const Settings contradictory{{"acks", "1"}, {"enable.idempotence", "true"}};
  add("orders", 0, 0, contradictory);
  EXPECT_THAT(found(), ElementsAre(kAcksNotAll));
}

TEST_F(ProducersRules, ExemptFindingsHaveTheirReason) {
  const Settings one{{"acks", "1"}, {"enable.idempotence", "false"}};
  add("metrics", 0, 0, one);
  auto& exemption = thresholds.exemptions.emplace_back();
  exemption.rule = "acks_not_all";
  exemption.reason = "may be lost";
  ASSERT_FALSE(exemption.names.include("metrics"));
  EXPECT_EQ(findings().at(0).exemption, "may be lost");
  EXPECT_EQ(findings().at(1).exemption, "");
}

TEST_F(ProducersRules, DeliveryTimeoutsAreTheClients) {
  const Settings minute{{"delivery.timeout.ms", "60000"}};
  const Settings unlimited{{"message.timeout.ms", "0"}};
  const Settings nothing;
  EXPECT_EQ(delivery_timeout(add("a", 0, 0, minute)), minutes{1});
  EXPECT_EQ(delivery_timeout(add("a", 0, 0)), minutes{5});
  EXPECT_EQ(delivery_timeout(add("a", 0, 0, unlimited)), std::nullopt);
  EXPECT_EQ(delivery_timeout(add("a", 0, 0, nothing)), minutes{5});
  auto& silent = add("a", 0, 0);
  silent.settings.reset();
  EXPECT_EQ(delivery_timeout(silent), std::nullopt);
}

}  // namespace
}  // namespace kie::risk
