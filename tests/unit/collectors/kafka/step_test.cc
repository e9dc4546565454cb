#include "collectors/kafka/step.h"

#include <set>

namespace kie::kafka {
namespace {

TEST(Steps, ASkippedStepNamesWhatItWaitsFor) {
  Steps steps;
  const auto tcp = steps.failed(StepKind::kTcp, "kafka-1:9092", "Connection refused", "start it");
  const auto tls = steps.skipped(StepKind::kTls, "kafka-1:9092", tcp);
  EXPECT_FALSE(steps.is_ok(tcp));
  EXPECT_FALSE(steps.is_ok(tls));
  EXPECT_EQ(steps.all()[tls].outcome, Outcome::kSkipped);
  EXPECT_EQ(steps.all()[tls].detail, "waits for TCP to kafka-1:9092");
  EXPECT_EQ(steps.all()[tls].help, "");
}

TEST(Steps, WhatWaitsForASkippedStepNamesTheOneThatFailed) {
  Steps steps;
  const auto tcp = steps.failed(StepKind::kTcp, "kafka-1:9092", "Connection refused", "start it");
  const auto tls = steps.skipped(StepKind::kTls, "kafka-1:9092", tcp);
  const auto metadata = steps.skipped(StepKind::kMetadata, "", tls);
  EXPECT_EQ(steps.all()[metadata].detail, "waits for TCP to kafka-1:9092");
}

TEST(Steps, EachKindHasAnIdAndATitleOfItsOwn) {
  std::set<std::string_view> ids;
  std::set<std::string> titles;
  constexpr int kLast = static_cast<int>(StepKind::kEpochEnds);
  for (int i = 0; i <= kLast; ++i) {
    const auto kind = static_cast<StepKind>(i);
    ids.insert(id_of(kind));
    titles.insert(title({kind, "", Outcome::kOk, "", ""}));
  }
  EXPECT_EQ(ids.size(), kLast + 1);
  EXPECT_EQ(titles.size(), kLast + 1);
  EXPECT_EQ(id_of(StepKind::kTcp), "tcp");
  EXPECT_EQ(id_of(StepKind::kEpochEnds), "epoch_ends");
}

TEST(Steps, ATitleHasItsSubject) {
  EXPECT_EQ(title({StepKind::kTcp, "kafka-1:9092", Outcome::kOk, "", ""}), "TCP to kafka-1:9092");
  EXPECT_EQ(title({StepKind::kMetadata, "", Outcome::kOk, "", ""}), "Metadata");
}

}  // namespace
}  // namespace kie::kafka
