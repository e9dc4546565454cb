#include "collectors/kafka/check/check_report.h"

#include <set>

namespace kie::kafka {
namespace {

TEST(CheckReport, ASkippedCheckNamesWhatItWaitsFor) {
  CheckReport report;
  const auto tcp = report.failed(CheckKind::kTcp, "kafka-1:9092", "Connection refused", "start it");
  const auto tls = report.skipped(CheckKind::kTls, "kafka-1:9092", tcp);
  EXPECT_FALSE(report.is_ok(tcp));
  EXPECT_FALSE(report.is_ok(tls));
  EXPECT_EQ(report.all()[tls].outcome, Outcome::kSkipped);
  EXPECT_EQ(report.all()[tls].detail, "waits for TCP to kafka-1:9092");
  EXPECT_EQ(report.all()[tls].help, "");
}

TEST(CheckReport, WhatWaitsForASkippedCheckNamesTheOneThatFailed) {
  CheckReport report;
  const auto tcp = report.failed(CheckKind::kTcp, "kafka-1:9092", "Connection refused", "start it");
  const auto tls = report.skipped(CheckKind::kTls, "kafka-1:9092", tcp);
  const auto metadata = report.skipped(CheckKind::kMetadata, "", tls);
  EXPECT_EQ(report.all()[metadata].detail, "waits for TCP to kafka-1:9092");
}

TEST(CheckReport, EachKindHasAnIdAndATitleOfItsOwn) {
  std::set<std::string_view> ids;
  std::set<std::string> titles;
  constexpr int kLast = static_cast<int>(CheckKind::kController);
  for (int i = 0; i <= kLast; ++i) {
    const auto kind = static_cast<CheckKind>(i);
    ids.insert(id_of(kind));
    titles.insert(title({kind, "", Outcome::kOk, "", ""}));
  }
  EXPECT_EQ(ids.size(), kLast + 1);
  EXPECT_EQ(titles.size(), kLast + 1);
  EXPECT_EQ(id_of(CheckKind::kTcp), "tcp");
  EXPECT_EQ(id_of(CheckKind::kEpochEnds), "epoch_ends");
}

TEST(CheckReport, ATitleHasItsSubject) {
  EXPECT_EQ(title({CheckKind::kTcp, "kafka-1:9092", Outcome::kOk, "", ""}), "TCP to kafka-1:9092");
  EXPECT_EQ(title({CheckKind::kMetadata, "", Outcome::kOk, "", ""}), "Metadata");
}

}  // namespace
}  // namespace kie::kafka
