#include "collectors/producers/errors.h"
#include "collectors/producers/statistics.h"
#include "tests/unit/collectors/kafka/mock_kafka.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace kie::producers {
namespace {

using std::chrono::seconds;

/// An application's idempotent producer on librdkafka's mock cluster, and what its stats_cb got.
class LiveProducer {
 public:
  explicit LiveProducer(const std::string& servers) {
    auto* conf = rd_kafka_conf_new();
    for (const auto& [name, value] :
         {std::pair{"bootstrap.servers", servers.c_str()}, std::pair{"client.id", "live"},
          std::pair{"enable.idempotence", "true"}, std::pair{"statistics.interval.ms", "1000"},
          std::pair{"log_level", "0"}})
      rd_kafka_conf_set(conf, name, value, nullptr, 0);
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_stats_cb(conf, [](rd_kafka_t*, char* json, std::size_t size, void* self) {
      static_cast<LiveProducer*>(self)->take({json, size});
      return 0;
    });
    std::array<char, 256> error{};
    handle_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size()));
    if (!handle_) throw std::runtime_error(error.data());
  }

  rd_kafka_t* handle() { return handle_.get(); }

  void produce(int records) {
    std::string value = "x";
    for (int i = 0; i < records; ++i)
      rd_kafka_producev(handle_.get(), RD_KAFKA_V_TOPIC("orders"), RD_KAFKA_V_PARTITION(0),
                        RD_KAFKA_V_VALUE(value.data(), value.size()),
                        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
  }

  /// The first statistics from now on that are as wanted, each of which must be readable.
  Statistics await(const std::function<bool(const Statistics&)>& wanted) {
    const auto deadline = std::chrono::steady_clock::now() + seconds{30};
    while (std::chrono::steady_clock::now() < deadline) {
      rd_kafka_poll(handle_.get(), 100);
      if (!last_) continue;
      auto statistics = std::move(*last_);
      last_.reset();
      if (wanted(statistics)) return statistics;
    }
    throw std::runtime_error("no statistics are as wanted");
  }

 private:
  /// In the thread that polls.
  void take(std::string json) {
    const auto size = json.size();
    json.resize(size + StatisticsReader::padding());
    auto statistics = reader_.read(std::string_view{json}.substr(0, size));
    if (!statistics) throw std::runtime_error(statistics.error());
    last_ = std::move(*statistics);
  }

  struct Destroy {
    void operator()(rd_kafka_t* handle) const {
      rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
      rd_kafka_destroy(handle);
    }
  };

  StatisticsReader reader_;
  std::optional<Statistics> last_;
  std::unique_ptr<rd_kafka_t, Destroy> handle_;
};

class LiveStatistics : public testing::Test {
 protected:
  LiveStatistics() { mock_.create("orders", 1, 1); }

  std::string servers() const { return mock_.config().servers.at(0); }

  kafka::test::MockKafka mock_{1};
};

TEST_F(LiveStatistics, OfAHealthyProducer) {
  LiveProducer producer{servers()};
  producer.produce(25);
  const auto read = producer.await([](const Statistics& one) {
    return one.messages == 0 && one.idempotence && one.idempotence->state == "Assigned";
  });
  EXPECT_GT(read.transmitted_bytes, 25U);
  EXPECT_EQ(read.name, "live#producer-" + read.name.substr(read.name.rfind('-') + 1));
  EXPECT_EQ(read.client_id, "live");
  EXPECT_EQ(read.messages, 0U);
  EXPECT_EQ(read.idempotence.value().state, "Assigned");
  EXPECT_FALSE(read.fatal);
}

TEST_F(LiveStatistics, AnOutOfOrderSequenceIsFatal) {
  LiveProducer producer{servers()};
  producer.produce(1);
  const auto before = producer.await([](const Statistics& one) {
    return one.messages == 0 && one.idempotence && one.idempotence->producer_id >= 0;
  });
  mock_.refuse_produce(RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  producer.produce(1);
  const auto after = producer.await([](const Statistics& one) { return one.fatal.has_value(); });
  EXPECT_EQ(after.ts - *after.age, before.ts - *before.age);
  EXPECT_EQ(fatal_error(after.fatal.value().description), "OUT_OF_ORDER_SEQUENCE_NUMBER");
  EXPECT_EQ(after.idempotence.value().state, "FatalError");
}

TEST_F(LiveStatistics, EachFatalErrorArrivesUnderItsName) {
  const rd_kafka_err_desc* all = nullptr;
  std::size_t count = 0;
  rd_kafka_get_err_descs(&all, &count);
  std::vector<std::pair<std::string_view, std::unique_ptr<LiveProducer>>> producers;
  for (const auto& one : std::span{all, count}) {
    if (one.name == nullptr ||
        std::ranges::find(fatal_errors(), std::string_view{one.name}) == fatal_errors().end())
      continue;
    auto& producer = producers.emplace_back(one.name, std::make_unique<LiveProducer>(servers()));
    ASSERT_EQ(rd_kafka_test_fatal_error(producer.second->handle(), one.code, "as the test says"),
              RD_KAFKA_RESP_ERR_NO_ERROR);
  }
  EXPECT_EQ(producers.size(), fatal_errors().size() - 1) << "all but \"other\"";
  for (const auto& [name, producer] : producers) {
    const auto read = producer->await([](const Statistics& now) { return now.fatal.has_value(); });
    EXPECT_EQ(fatal_error(read.fatal.value().description), name);
  }
}

}  // namespace
}  // namespace kie::producers
