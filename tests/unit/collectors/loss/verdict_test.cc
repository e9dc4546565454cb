#include "collectors/loss/verdict.h"

#include "tests/unit/collectors/loss/epochs.h"

#include <utility>

namespace kie::loss {
namespace {

using model::ConfigSource;
using test::ended;
using Setting = std::optional<model::Configured<bool>>;

constexpr Setting kForbidden{{false, ConfigSource::kTopic}};
constexpr Setting kAllowed{{true, ConfigSource::kTopic}};

Pending ended_with_isr(std::vector<BrokerId> isr, std::optional<BrokerId> leader_after) {
  auto epoch = ended({});
  epoch.last_isr = std::move(isr);
  epoch.leader_after = leader_after;
  return epoch;
}

TEST(VerdictOfALoss, IsUncleanForALeaderFromOutsideWhateverIsSet) {
  const auto epoch = ended_with_isr({BrokerId{1}}, BrokerId{2});
  for (const auto& setting : {kForbidden, kAllowed, Setting{}})
    EXPECT_EQ(verdict(epoch, true, setting), ElectionVerdict::kUnclean);
}

TEST(VerdictOfALoss, IsCleanForTheOnlyMemberOfTheIsr) {
  for (const auto leader : {std::optional{BrokerId{1}}, std::optional<BrokerId>{}})
    EXPECT_EQ(verdict(ended_with_isr({BrokerId{1}}, leader), false, kAllowed),
              ElectionVerdict::kClean);
  EXPECT_EQ(verdict(ended_with_isr({BrokerId{1}}, BrokerId{2}), false, kAllowed),
            ElectionVerdict::kUnknown)
      << "another one leads";
}

TEST(VerdictOfALoss, IsUnknownForOneOfSeveralUnlessNoElectionMayBeUnclean) {
  const auto epoch = ended_with_isr({BrokerId{1}, BrokerId{2}}, BrokerId{2});
  EXPECT_EQ(verdict(epoch, false, kAllowed), ElectionVerdict::kUnknown);
  EXPECT_EQ(verdict(epoch, false, kForbidden), ElectionVerdict::kClean);
  EXPECT_EQ(verdict(epoch, false, std::nullopt), ElectionVerdict::kUnknown);
  EXPECT_EQ(verdict(epoch, false, {{false, ConfigSource::kStatic}}), ElectionVerdict::kUnknown)
      << "the controller's file may say otherwise";
}

TEST(OutsideElection, IsTheFirstOneAtOrAfterTheSuccession) {
  const std::vector pending{ended({.epoch = 0, .from_outside = true}), ended({.epoch = 1}),
                            ended({.epoch = 2, .from_outside = true}), ended({.epoch = 3})};
  EXPECT_EQ(find_outside_election(pending, 0), 0U);
  EXPECT_EQ(find_outside_election(pending, 1), 2U);
  EXPECT_EQ(find_outside_election(pending, 2), 2U);
  EXPECT_EQ(find_outside_election(pending, 3), std::nullopt);
}

}  // namespace
}  // namespace kie::loss
