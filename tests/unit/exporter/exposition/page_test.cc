#include "exporter/exposition/page.h"

#include "tests/unit/exporter/exposition/exposition_text.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <thread>

namespace kie::exposition {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

class PageMakerTest : public testing::Test {
 protected:
  static ClusterSamples pieces_with(std::string_view labels, std::uint64_t partitions,
                                    std::optional<PageMaker::Clock::time_point> valid_until = {}) {
    ClusterSamples samples;
    samples.add(FamilyId::kClusterUp, labels, std::int64_t{1});
    samples.add(FamilyId::kClusterPartitions, labels, partitions);
    samples[FamilyId::kClusterPartitions].valid_until = valid_until;
    return samples;
  }

  /// Waits until the current page has the text.
  static void wait_for(const PageMaker& maker, std::string_view text, bool there = true) {
    const auto deadline = PageMaker::Clock::now() + seconds{30};
    while ((maker.current()->text.str().find(text) != std::string::npos) != there) {
      ASSERT_LT(PageMaker::Clock::now(), deadline)
          << "no page " << (there ? "with " : "without ") << text;
      std::this_thread::sleep_for(milliseconds{2});
    }
  }

  SelfMetrics self{"1.2.3", "abc", "2.8.0"};
};

TEST_F(PageMakerTest, ThereIsAPageBeforeTheFirstPoll) {
  const PageMaker maker{self};
  const auto page = maker.current();
  ASSERT_NE(page, nullptr);
  const auto samples = test::parse_page(page->text.str());
  EXPECT_THAT(samples, Contains(Key(HasSubstr("kafka_isr_exporter_build_info"))));
  EXPECT_EQ(samples.size(), page->series);
}

TEST_F(PageMakerTest, AFamilyStandsOnceOverAllClusters) {
  PageMaker maker{self};
  maker.publish(0, pieces_with(R"({kafka_cluster="a"})", 3));
  maker.publish(1, pieces_with(R"({kafka_cluster="b"})", 4));
  maker.render(PageMaker::Clock::now());
  const auto page = maker.current();
  const auto samples = test::parse_page(page->text.str());
  EXPECT_THAT(samples, Contains(Pair(R"(kafka_cluster_partitions{kafka_cluster="a"})", "3")));
  EXPECT_THAT(samples, Contains(Pair(R"(kafka_cluster_partitions{kafka_cluster="b"})", "4")));
  EXPECT_EQ(samples.size(), page->series);
}

TEST_F(PageMakerTest, TheFamiliesAreInTheOrderOfTheTable) {
  PageMaker maker{self};
  maker.publish(0, pieces_with("", 3));
  maker.render(PageMaker::Clock::now());
  const auto page = maker.current();
  EXPECT_LT(page->text.str().find("kafka_cluster_up"),
            page->text.str().find("kafka_cluster_partitions"));
  EXPECT_LT(page->text.str().find("kafka_cluster_partitions"),
            page->text.str().find("kafka_isr_exporter_"));
}

TEST_F(PageMakerTest, ProducersStandBehindAllClusters) {
  PageMaker maker{self};
  maker.publish_producers(pieces_with(R"({kafka_cluster="reported"})", 1));
  maker.publish(std::numeric_limits<std::size_t>::max(), pieces_with(R"({kafka_cluster="b"})", 2));
  maker.publish(0, pieces_with(R"({kafka_cluster="a"})", 3));
  maker.render(PageMaker::Clock::now());
  EXPECT_THAT(maker.current()->text.str(),
              HasSubstr("kafka_cluster_partitions{kafka_cluster=\"a\"} 3\n"
                        "kafka_cluster_partitions{kafka_cluster=\"b\"} 2\n"
                        "kafka_cluster_partitions{kafka_cluster=\"reported\"} 1\n"));
}

TEST_F(PageMakerTest, APieceIsReplacedByTheNext) {
  PageMaker maker{self};
  maker.publish(0, pieces_with("", 3));
  maker.render(PageMaker::Clock::now());
  maker.publish(0, pieces_with("", 5));
  EXPECT_THAT(maker.current()->text.str(), HasSubstr("kafka_cluster_partitions 3\n"));
  maker.render(PageMaker::Clock::now());
  EXPECT_THAT(maker.current()->text.str(), HasSubstr("kafka_cluster_partitions 5\n"));
  maker.publish(0, ClusterSamples{});
  maker.render(PageMaker::Clock::now());
  EXPECT_THAT(maker.current()->text.str(), Not(HasSubstr("kafka_cluster_")));
}

TEST_F(PageMakerTest, APieceIsDroppedWhenItGoesStale) {
  PageMaker maker{self};
  const auto now = PageMaker::Clock::now();
  maker.publish(0, pieces_with(R"({kafka_cluster="a"})", 3, now + seconds{10}));
  maker.publish(1, pieces_with(R"({kafka_cluster="b"})", 4, now + seconds{20}));
  maker.render(now + seconds{9});
  EXPECT_THAT(maker.current()->text.str(), HasSubstr(R"(partitions{kafka_cluster="a"} 3)"));
  maker.render(now + seconds{10});
  EXPECT_THAT(maker.current()->text.str(), Not(HasSubstr(R"(partitions{kafka_cluster="a"})")));
  EXPECT_THAT(maker.current()->text.str(), HasSubstr(R"(partitions{kafka_cluster="b"} 4)"));
  maker.render(now + seconds{20});
  const auto samples = test::parse_page(maker.current()->text.str());
  EXPECT_THAT(samples, Not(Contains(Key(HasSubstr("kafka_cluster_partitions")))));
  EXPECT_THAT(samples, Contains(Pair(R"(kafka_cluster_up{kafka_cluster="a"})", "1")));
}

TEST_F(PageMakerTest, GzipHoldsTheSameText) {
  PageMaker maker{self};
  auto samples = pieces_with("", 3);
  for (std::uint64_t i = 0; i < 20'000; ++i)
    samples.add(FamilyId::kTopicPartitions, "{topic=\"" + std::to_string(i * 7919) + "\"}", i);
  maker.publish(0, std::move(samples));
  maker.render(PageMaker::Clock::now());
  const auto page = maker.current();
  EXPECT_LT(page->gzip->size(), page->text.size() / 2);
  EXPECT_EQ(test::gunzip(*page->gzip), page->text.str());
}

TEST_F(PageMakerTest, OpenMetricsIsThereFromThePageAfterSomebodyWantedIt) {
  PageMaker maker{self};
  maker.publish(0, pieces_with("", 3));
  maker.render(PageMaker::Clock::now());
  EXPECT_EQ(maker.current()->openmetrics.str(), "");
  EXPECT_EQ(*maker.current()->openmetrics_gzip, "");
  maker.want_openmetrics();
  EXPECT_EQ(maker.current()->openmetrics.str(), "");
  for (int i = 0; i < 2; ++i) {
    maker.render(PageMaker::Clock::now());
    EXPECT_THAT(maker.current()->openmetrics.str(), HasSubstr("kafka_cluster_partitions 3\n"));
  }
}

TEST_F(PageMakerTest, OpenMetricsHasTheSameSamplesAndAnEnd) {
  PageMaker maker{self};
  auto samples = pieces_with(R"({kafka_cluster="a"})", 3);
  samples.add(FamilyId::kTopicIsrShrinks, R"({kafka_cluster="a",topic="x"})", std::uint64_t{7});
  maker.publish(0, std::move(samples));
  maker.publish(1, pieces_with(R"({kafka_cluster="b"})", 4));
  maker.want_openmetrics();
  maker.render(PageMaker::Clock::now());
  const auto page = maker.current();
  ASSERT_TRUE(page->openmetrics.str().ends_with("\n# EOF\n"));
  const auto openmetrics = page->openmetrics.str();
  std::string_view body = openmetrics;
  body.remove_suffix(kOpenMetricsEnd.size());
  EXPECT_EQ(body.find("# EOF"), std::string_view::npos);
  EXPECT_EQ(test::parse_page(body, Format::kOpenMetrics), test::parse_page(page->text.str()));
  EXPECT_THAT(page->openmetrics.str(), HasSubstr("# TYPE kafka_topic_isr_shrinks counter\n"
                                                 "kafka_topic_isr_shrinks_total{"));
  EXPECT_EQ(test::gunzip(*page->openmetrics_gzip), page->openmetrics.str());
}

TEST_F(PageMakerTest, APageThatIsBeingReadStaysAsItIs) {
  PageMaker maker{self};
  const auto before = maker.current();
  const std::string text = before->text.str();
  maker.publish(0, pieces_with("", 3));
  maker.render(PageMaker::Clock::now());
  EXPECT_NE(maker.current(), before);
  EXPECT_EQ(before->text.str(), text);
}

TEST_F(PageMakerTest, ThePageSaysHowLargeTheOneBeforeWas) {
  PageMaker maker{self};
  maker.publish(0, pieces_with("", 3));
  maker.render(PageMaker::Clock::now());
  const auto before = maker.current();
  maker.render(PageMaker::Clock::now());
  const auto samples = test::parse_page(maker.current()->text.str());
  EXPECT_EQ(samples.at("kafka_isr_exporter_page_series"), std::to_string(before->series));
  EXPECT_EQ(samples.at(R"(kafka_isr_exporter_page_bytes{encoding="identity"})"),
            std::to_string(before->text.size()));
  EXPECT_EQ(samples.at(R"(kafka_isr_exporter_page_bytes{encoding="gzip"})"),
            std::to_string(before->gzip->size()));
}

TEST_F(PageMakerTest, AClusterThatIsRemovedLeavesThePage) {
  PageMaker maker{self};
  maker.publish(3, pieces_with(R"({kafka_cluster="a"})", 3));
  maker.publish(7, pieces_with(R"({kafka_cluster="b"})", 4));
  maker.remove(3);
  maker.remove(3);
  maker.render(PageMaker::Clock::now());
  const auto text = maker.current()->text.str();
  EXPECT_THAT(text, Not(HasSubstr(R"(kafka_cluster="a")")));
  EXPECT_THAT(text, HasSubstr(R"(kafka_cluster_partitions{kafka_cluster="b"} 4)"));
}

TEST_F(PageMakerTest, RunRendersWhatIsPublishedAndEndsWhenStopped) {
  PageMaker maker{self};
  std::jthread thread{[&](const std::stop_token& stop) { maker.run(stop); }};
  maker.publish(0, pieces_with("", 3));
  wait_for(maker, "kafka_cluster_partitions 3\n");
  thread.request_stop();
  thread.join();
}

TEST_F(PageMakerTest, RunDropsByItselfWhatGoesStale) {
  PageMaker maker{self};
  std::jthread thread{[&](const std::stop_token& stop) { maker.run(stop); }};
  maker.publish(0, pieces_with("", 3, PageMaker::Clock::now() + seconds{2}));
  wait_for(maker, "kafka_cluster_up 1\n");
  wait_for(maker, "kafka_cluster_partitions", false);
  EXPECT_THAT(maker.current()->text.str(), HasSubstr("kafka_cluster_up 1\n"));
}

TEST_F(PageMakerTest, RunRendersOpenMetricsSoonAfterSomebodyWantedIt) {
  PageMaker maker{self};
  std::jthread thread{[&](const std::stop_token& stop) { maker.run(stop); }};
  maker.publish(0, pieces_with("", 3));
  wait_for(maker, "kafka_cluster_partitions 3\n");
  const auto deadline = PageMaker::Clock::now() + seconds{30};
  std::vector<std::jthread> askers;
  for (int i = 0; i < 4; ++i) askers.emplace_back([&] { maker.want_openmetrics(); });
  while (maker.current()->openmetrics.empty()) {
    ASSERT_LT(PageMaker::Clock::now(), deadline) << "no OpenMetrics";
    std::this_thread::sleep_for(milliseconds{2});
  }
  EXPECT_THAT(maker.current()->openmetrics.str(), HasSubstr("kafka_cluster_partitions 3\n"));
}

TEST_F(PageMakerTest, RunRestsNineTimesAsLongAsItWorks) {
  const auto large = [](std::uint64_t value) {
    ClusterSamples samples;
    for (std::uint64_t i = 0; i < 5'000; ++i)
      samples.add(FamilyId::kTopicPartitions, "{topic=\"" + std::to_string(i * 7919) + "\"}",
                  value);
    return samples;
  };
  PageMaker maker{self};
  maker.publish(0, large(0));
  auto shortest = PageMaker::Clock::duration::max();
  for (int i = 0; i < 5; ++i) {
    const auto begun = PageMaker::Clock::now();
    maker.render(begun);
    shortest = std::min(shortest, PageMaker::Clock::now() - begun);
  }

  std::jthread thread{[&](const std::stop_token& stop) { maker.run(stop); }};
  const auto begun = PageMaker::Clock::now();
  std::size_t pages = 0;
  auto last = maker.current();
  for (std::uint64_t i = 1; pages < 20; ++i) {
    ASSERT_LT(PageMaker::Clock::now() - begun, seconds{50});
    maker.publish(0, large(i));
    auto page = maker.current();
    if (page != last) ++pages;
    last = std::move(page);
  }
  // Half of what it should take, because a rendering may have been a little shorter still.
  EXPECT_GT(PageMaker::Clock::now() - begun, shortest * 10 * 19 / 2);
}

TEST_F(PageMakerTest, ReadersAndPublishersDoNotDisturbEachOther) {
  PageMaker maker{self};
  std::jthread renderer{[&](const std::stop_token& stop) { maker.run(stop); }};
  std::atomic<bool> done{false};
  std::vector<std::jthread> publishers;
  for (std::size_t cluster = 0; cluster < 2; ++cluster)
    publishers.emplace_back([&, cluster] {
      const std::string labels = "{kafka_cluster=\"" + std::to_string(cluster) + "\"}";
      for (std::uint64_t i = 1; i <= 500; ++i) maker.publish(cluster, pieces_with(labels, i));
    });
  std::vector<std::jthread> readers;
  std::atomic<std::size_t> read{0};
  for (int i = 0; i < 2; ++i)
    readers.emplace_back([&] {
      do {
        const auto page = maker.current();
        if (!page->text.empty() && !page->gzip->empty()) ++read;
      } while (!done);
    });
  publishers.clear();
  wait_for(maker, R"(kafka_cluster_partitions{kafka_cluster="0"} 500)");
  wait_for(maker, R"(kafka_cluster_partitions{kafka_cluster="1"} 500)");
  done = true;
  readers.clear();
  EXPECT_GT(read.load(), 0U);
  const auto page = maker.current();
  EXPECT_EQ(test::gunzip(*page->gzip), page->text.str());
}

TEST(ClusterSamples, TakingLeavesNothingBehind) {
  ClusterSamples samples;
  samples.add(FamilyId::kClusterUp, "", std::int64_t{1});
  samples[FamilyId::kClusterUp].valid_until = PageMaker::Clock::now();
  const auto taken = samples.take();
  EXPECT_EQ(taken[FamilyId::kClusterUp].text, "kafka_cluster_up 1\n");
  EXPECT_EQ(taken[FamilyId::kClusterUp].series, 1U);
  EXPECT_EQ(samples[FamilyId::kClusterUp].text, "");
  EXPECT_EQ(samples[FamilyId::kClusterUp].series, 0U);
  EXPECT_EQ(samples[FamilyId::kClusterUp].valid_until, std::nullopt);
}

TEST(Gzip, HoldsAnyText) {
  std::string binary;
  for (int i = 0; i < 1000; ++i) binary += static_cast<char>(i * 31);
  for (const auto& text : {std::string{}, std::string{"x"}, std::string(100'000, 'a'), binary})
    EXPECT_EQ(test::gunzip(test::gzip(text)), text);
}

}  // namespace
}  // namespace kie::exposition
