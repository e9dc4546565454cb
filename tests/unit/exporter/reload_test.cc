#include "exporter/reload.h"

#include "collectors/kafka/client.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/log/log.h"

#include <fmt/format.h>
#include <prometheus/gauge.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace kie {
namespace {

using exposition::FamilyId;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A cluster at a port on which nobody listens.
std::string cluster(const std::string& name, const std::string& more = {}) {
  return "[[cluster]]\nname = \"" + name +
         "\"\nservers = [\"127.0.0.1:1\"]\npoll_interval = \"1s\"\nrequest_timeout = \"1s\"\n" +
         more;
}

/// A certificate of nobody in particular.
constexpr const char* kAuthority =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBcDCCARegAwIBAgIUQc2Omlu70eWujQnAK9trKMQwbZMwCgYIKoZIzj0EAwIw\n"
    "DTELMAkGA1UEAwwCY2EwIBcNMjYxMTI0MTYxMDE2WhgPMjEyNjEwMzExNjEwMTZa\n"
    "MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2FyHftyt\n"
    "21v+Qm7hVUaz3qX1nsdd6+RxvlD/2cBWbZGVf67NXd8lAasC25mCSlU7X5yFTH2d\n"
    "dghboTTaPloOKKNTMFEwHQYDVR0OBBYEFKE02afOytsNJ8qQgfD4nn+h57TwMB8G\n"
    "A1UdIwQYMBaAFKE02afOytsNJ8qQgfD4nn+h57TwMA8GA1UdEwEB/wQFMAMBAf8w\n"
    "CgYIKoZIzj0EAwIDRwAwRAIgCEm9r+C+Jq91bqOG3lt+XNL6zq75rGXhxFAsyUrP\n"
    "dygCIBU7SOinHwejeF7gMBkSHLWfu91w6K0Xwq+JJPS97f32\n"
    "-----END CERTIFICATE-----\n";

/// A process whose file is `text`. Its log goes nowhere.
class ReloadTest : public testing::Test {
 protected:
  ReloadTest() {
    set_log({.level = config::LogLevel::kError});
    testing::internal::CaptureStderr();
    flags.config_file = "kie.toml";
    load_context.read_file =
        [this, real = config::real_load_context()](
            const std::string& path) -> tl::expected<std::string, std::string> {
      if (path != flags.config_file) return real.read_file(path);
      return text;
    };
    load_context.check_property = kafka::check_property;
  }
  ~ReloadTest() override {
    clusters.stop();
    testing::internal::GetCapturedStderr();
    set_log({});
  }

  tl::expected<void, config::ConfigErrors> start() {
    const auto config = config::load(flags, load_context);
    if (!config) return tl::make_unexpected(config.error());
    auto started = clusters.start(config->clusters);
    reloader.emplace(
        flags, load_context, *config, clusters,
        [this](const config::RiskConfig& risk) { rules = risk; }, self);
    return started;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& one : status.get()) result.push_back(one.name);
    return result;
  }

  double successful() { return self.gauge(FamilyId::kReloadSuccessful).Value(); }

  /// Waits until each cluster's worker has failed to reach it, so that all of them run.
  void await_trouble() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    const auto troubled = [&] {
      for (const auto& one : status.get())
        if (!one.trouble) return false;
      return true;
    };
    while (!troubled() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds{5});
    ASSERT_TRUE(troubled());
  }

  std::string text;
  config::Flags flags;
  config::LoadContext load_context;
  exposition::SelfMetrics self{"1.2.3", "abc", "2.8.0"};
  StatusBoard status;
  ClusterIds ids;
  exposition::PageMaker pages{self};
  std::unique_ptr<history::History> history = history::History::open({}).value();
  ProducerStore producers;
  ClusterSupervisor clusters{{pages, self, status, ids, *history, producers}};
  config::RiskConfig rules;
  std::optional<Reloader> reloader;
};

TEST_F(ReloadTest, RulesOfSettingsAreTakenWithTheRest) {
  text = cluster("a");
  ASSERT_TRUE(start());
  text = cluster("a") + "[risk]\nmax_lag_time = \"2m\"\n";
  EXPECT_TRUE(reloader->reload("test"));
  EXPECT_EQ(rules.max_lag_time, std::chrono::minutes{2});
  text = cluster("a") + "[risk]\nmax_lag_time = \"never\"\n";
  EXPECT_FALSE(reloader->reload("test"));
  EXPECT_EQ(rules.max_lag_time, std::chrono::minutes{2});
}

TEST_F(ReloadTest, ClustersComeAndGoWhileTheirThreadsRun) {
  text = cluster("a") + cluster("b") + cluster("c");
  ASSERT_TRUE(start());
  EXPECT_THAT(names(), ElementsAre("a", "b", "c"));
  await_trouble();
  text = cluster("b", "expected_brokers = 7\n") + cluster("c") + cluster("d");
  EXPECT_TRUE(reloader->reload("test"));
  EXPECT_THAT(names(), ElementsAre("b", "c", "d"));
  await_trouble();
  text = cluster("d");
  EXPECT_TRUE(reloader->reload("test"));
  EXPECT_THAT(names(), ElementsAre("d"));
  pages.render(exposition::PageMaker::Clock::now());
  EXPECT_THAT(pages.current()->text.str(), HasSubstr("kafka_cluster_up{kafka_cluster=\"d\"} 0\n"));
  for (const auto* gone : {"a", "b", "c"})
    EXPECT_THAT(pages.current()->text.str(),
                testing::Not(HasSubstr("kafka_cluster=\"" + std::string(gone) + "\"")));
}

TEST_F(ReloadTest, AChangeReachesTheWorkerOfTheSameName) {
  text = cluster("a");
  ASSERT_TRUE(start());
  await_trouble();
  text = cluster("a", "expected_brokers = 7\n");
  EXPECT_TRUE(reloader->reload("test"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  const std::string expected = "kafka_expected_brokers{kafka_cluster=\"a\"} 7\n";
  do {
    std::this_thread::sleep_for(milliseconds{5});
    pages.render(exposition::PageMaker::Clock::now());
  } while (pages.current()->text.str().find(expected) == std::string::npos &&
           std::chrono::steady_clock::now() < deadline);
  EXPECT_THAT(pages.current()->text.str(), HasSubstr(expected));
}

TEST_F(ReloadTest, AWrongFileChangesNothingAndIsTold) {
  text = cluster("a");
  ASSERT_TRUE(start());
  EXPECT_EQ(successful(), 1);
  text = cluster("b") + "nonsense = 1\n" + cluster("b");
  const auto refused = reloader->reload("test");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(),
              testing::AllOf(HasSubstr("kie.toml:6:1: "), HasSubstr("kie.toml:7:1: ")));
  EXPECT_EQ(successful(), 0);
  EXPECT_THAT(names(), ElementsAre("a"));
  text = cluster("b");
  EXPECT_TRUE(reloader->reload("test"));
  EXPECT_EQ(successful(), 1);
  EXPECT_THAT(names(), ElementsAre("b"));
}

TEST_F(ReloadTest, WhatWaitsForTheNextStartIsSaid) {
  text = cluster("a");
  ASSERT_TRUE(start());
  set_log({.level = config::LogLevel::kWarn});
  testing::internal::GetCapturedStderr();
  testing::internal::CaptureStderr();
  text += "[log]\nlevel = \"warn\"\n[history]\nmax_age = \"1d\"\n";
  ASSERT_TRUE(reloader->reload("test"));
  const auto log = testing::internal::GetCapturedStderr();
  testing::internal::CaptureStderr();
  EXPECT_THAT(log, HasSubstr("changes in [history] take effect at the next start"));
  EXPECT_THAT(log, testing::Not(HasSubstr("[web]")));
}

TEST_F(ReloadTest, WhatLibrdkafkaRefusesChangesNothing) {
  const std::string refused =
      "librdkafka.\"security.protocol\" = \"ssl\"\nlibrdkafka.\"ssl.ca.location\" = \"/nowhere\"\n";
  text = cluster("a");
  ASSERT_TRUE(start());
  text = cluster("b") + cluster("c", refused);
  const auto reloaded = reloader->reload("test");
  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.error(), HasSubstr("kie.toml:6:1: librdkafka refuses the configuration"));
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_F(ReloadTest, TheSameTextTakesWhatIsInACertificatesFileNow) {
  const auto path = std::filesystem::path{testing::TempDir()} / fmt::format("ca-{}.pem", getpid());
  const auto write = [&](const char* content) { std::ofstream{path} << content; };
  write(kAuthority);
  text = cluster("a",
                 "librdkafka.\"security.protocol\" = \"ssl\"\nlibrdkafka.\"ssl.ca.location\" = \"" +
                     path.string() + "\"\n");
  ASSERT_TRUE(start());
  EXPECT_TRUE(reloader->reload("test"));
  // That librdkafka refuses it shows that it has read it.
  write("no certificate");
  const auto reloaded = reloader->reload("test");
  ASSERT_FALSE(reloaded);
  EXPECT_THAT(reloaded.error(), HasSubstr("ssl.ca.location failed"));
  write(kAuthority);
  EXPECT_TRUE(reloader->reload("test"));
  std::filesystem::remove(path);
}

TEST_F(ReloadTest, AtTheStartOneThatIsRefusedDoesNotStopTheOthers) {
  const std::string refused =
      "librdkafka.\"security.protocol\" = \"ssl\"\nlibrdkafka.\"ssl.ca.location\" = \"/nowhere\"\n";
  text = cluster("a", refused) + cluster("b");
  ASSERT_TRUE(start());
  EXPECT_THAT(names(), ElementsAre("a", "b"));
  await_trouble();
  EXPECT_THAT(status.get().front().trouble, testing::Optional(HasSubstr("ssl.ca.location")));
}

TEST_F(ReloadTest, AtTheStartItIsAnErrorIfAllAreRefused) {
  text = cluster("a",
                 "librdkafka.\"security.protocol\" = \"ssl\"\n"
                 "librdkafka.\"ssl.ca.location\" = \"/nowhere\"\n");
  const auto started = start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().front().text(), HasSubstr("kie.toml:1:1: librdkafka refuses"));
  EXPECT_THAT(names(), IsEmpty());
}

}  // namespace
}  // namespace kie
