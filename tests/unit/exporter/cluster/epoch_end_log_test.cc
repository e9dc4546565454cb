#include "exporter/cluster/epoch_end_log.h"

namespace kie {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class EpochEndLogTest : public testing::Test {
 protected:
  /// What is logged when a part of the questions comes back.
  std::string log(const EpochEndThread::Report& report, bool is_last = true) {
    testing::internal::CaptureStderr();
    all_answered = answers.take(report, is_last);
    return testing::internal::GetCapturedStderr();
  }

  static EpochEndThread::Report refused(std::vector<std::string> topics) {
    EpochEndThread::Report report;
    report.answers.refused = std::move(topics);
    return report;
  }

  EpochEndLog answers{"production"};
  bool all_answered = false;
};

TEST_F(EpochEndLogTest, ARefusalIsSaidOnceWithTheGrantThatHelps) {
  EXPECT_THAT(log(refused({"ledger", "orders"})),
              AllOf(HasSubstr("level=warn"), HasSubstr("cluster=production"),
                    HasSubstr("TOPIC_AUTHORIZATION_FAILED for 2 topics, ledger first"),
                    HasSubstr("--operation Describe --topic ledger")));
  EXPECT_FALSE(all_answered);
  EXPECT_THAT(log(refused({"ledger"})), IsEmpty());
  EXPECT_THAT(log({}), AllOf(HasSubstr("level=info"), HasSubstr("works again")));
  EXPECT_TRUE(all_answered);
  EXPECT_THAT(log({}), IsEmpty());
}

TEST_F(EpochEndLogTest, APartWithoutARefusalDoesNotEndIt) {
  log(refused({"ledger"}), false);
  EXPECT_THAT(log({}, false), IsEmpty());
  EXPECT_TRUE(all_answered) << "of this part";
  EXPECT_THAT(log({}, true), IsEmpty()) << "another part of the same questions was refused";
  EXPECT_THAT(log({}, false), IsEmpty()) << "more may come";
  EXPECT_THAT(log({}, true), HasSubstr("works again"));
}

TEST_F(EpochEndLogTest, WhatIsOpenIsNotAnswered) {
  EpochEndThread::Report report;
  report.answers.open = 1;
  EXPECT_THAT(log(report), IsEmpty()) << "there may be no leader";
  EXPECT_FALSE(all_answered);
}

}  // namespace
}  // namespace kie
