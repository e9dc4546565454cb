#include "collectors/kafka/settle.h"

#include "tests/unit/collectors/replication/looks.h"

namespace kie::kafka {
namespace {

using replication::test::kId;
using replication::test::kOtherId;
using replication::test::look_of;
using replication::test::Row;

TopicStatement says(const std::vector<Row>& rows, std::optional<TopicId> id = kId) {
  TopicStatement statement;
  statement.name = "orders";
  statement.id = id;
  for (auto row : rows) {
    row.confirmed = false;
    statement.partitions.push_back(look_of(row));
  }
  return statement;
}

TopicStatement says_error(int error) {
  TopicStatement statement;
  statement.name = "orders";
  statement.error = error;
  return statement;
}

model::TopicSnapshot first(Row row) {
  row.confirmed = false;
  model::TopicSnapshot look;
  look.name = "orders";
  look.partitions.push_back(look_of(row));
  return look;
}

std::vector<const TopicStatement*> pointers(const std::vector<TopicStatement>& statements) {
  std::vector<const TopicStatement*> result;
  for (const auto& statement : statements) result.push_back(&statement);
  return result;
}

model::TopicSnapshot settled(model::TopicSnapshot look, const std::vector<TopicStatement>& others,
                             bool alone = false, std::optional<TopicId> known_id = kId) {
  settle(look, pointers(others), alone, known_id);
  return look;
}

bool another(const model::TopicSnapshot& look, const std::vector<TopicStatement>& others,
             std::optional<TopicId> known_id = kId) {
  return needs_another(look, pointers(others), known_id);
}

const Row kHealthy{};
const Row kShrunk{.isr = {1}};
const Row kMoved{.leader = 2, .isr = {2, 3}};
const Row kOffline{.leader = std::nullopt, .isr = {}};

struct RowCase {
  const char* name;
  Row first;
  std::vector<Row> others;
  bool alone;
  /// nullopt: unknown.
  std::optional<Row> wanted;
  bool confirmed;
};

class SettleRow : public testing::TestWithParam<RowCase> {};

TEST_P(SettleRow, IsSettled) {
  const auto& given = GetParam();
  std::vector<TopicStatement> others;
  for (const auto& row : given.others) others.push_back(says({row}));
  const auto row = settled(first(given.first), others, given.alone).partitions.at(0);
  EXPECT_EQ(row.confirmed, given.confirmed);
  if (!given.wanted) {
    EXPECT_EQ(row.leadership, model::Leadership::kUnknown);
    return;
  }
  const auto wanted = look_of(*given.wanted);
  EXPECT_EQ(row.leadership, wanted.leadership);
  if (row.leadership == model::Leadership::kLeader) {
    EXPECT_TRUE(row.leader == wanted.leader);
  }
  EXPECT_TRUE(row.isr == wanted.isr);
  EXPECT_TRUE(row.replicas == wanted.replicas);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SettleRow,
    testing::Values(
        RowCase{"TwoAgree", kShrunk, {kShrunk}, false, kShrunk, true},
        RowCase{"TwoAgreeThatNobodyLeads", kOffline, {kOffline}, false, kOffline, true},
        RowCase{"TheFirstIsTheOddOneOut", kHealthy, {kShrunk, kShrunk}, false, kShrunk, true},
        RowCase{"TheFirstSaidNobodyLeads", kOffline, {kMoved, kMoved}, false, kMoved, true},
        RowCase{"TheSecondIsTheOddOneOut", kShrunk, {kHealthy, kShrunk}, false, kShrunk, true},
        RowCase{"Contradicted", kHealthy, {kShrunk}, false, std::nullopt, false},
        RowCase{"AllThreeDiffer", kHealthy, {kShrunk, kMoved}, false, std::nullopt, false},
        RowCase{"NobodyElseSpoke", kShrunk, {}, false, kShrunk, false},
        RowCase{"NobodyElseIsThere", kShrunk, {}, true, kShrunk, true},
        RowCase{"AloneAndOfTwoMinds", kHealthy, {kShrunk}, true, kHealthy, true},
        RowCase{"OnlyTheReplicasDiffer",
                kHealthy,
                {Row{.replicas = {1, 2, 3, 4}}},
                false,
                std::nullopt,
                false}),
    [](const auto& instance) { return std::string{instance.param.name}; });

TEST(Settle, ARowTakenFromOthersLosesTheOffsetsOfTheWrongLeader) {
  auto look = first({.epoch = 3, .latest = 100, .earliest = 5});
  look = settled(look, {says({kMoved}), says({kMoved})});
  EXPECT_EQ(look.partitions[0].latest, std::nullopt);
  EXPECT_EQ(look.partitions[0].earliest, std::nullopt);
  EXPECT_EQ(look.partitions[0].leader_epoch, std::nullopt);
}

TEST(Settle, ARowThatIsConfirmedKeepsItsOffsets) {
  const auto look = settled(first({.epoch = 3, .latest = 100, .earliest = 5}), {says({kHealthy})});
  EXPECT_EQ(look.partitions[0].latest, Offset{100});
  EXPECT_EQ(look.partitions[0].earliest, Offset{5});
  EXPECT_EQ(look.partitions[0].leader_epoch, LeaderEpoch{3});
}

TEST(Settle, APartitionThatOthersDoNotHaveStaysUnconfirmed) {
  const auto look = settled(first({.partition = 7}), {says({{.partition = 6}, {.partition = 8}})});
  EXPECT_FALSE(look.partitions[0].confirmed);
  EXPECT_EQ(look.partitions[0].leadership, model::Leadership::kLeader);
}

TEST(Settle, EachPartitionIsSettledForItself) {
  model::TopicSnapshot look = first(kHealthy);
  look.partitions.push_back(look_of({.partition = 1, .confirmed = false}));
  look = settled(look, {says({kHealthy, {.partition = 1, .isr = {1}}})});
  EXPECT_TRUE(look.partitions[0].confirmed);
  EXPECT_EQ(look.partitions[0].leadership, model::Leadership::kLeader);
  EXPECT_FALSE(look.partitions[1].confirmed);
  EXPECT_EQ(look.partitions[1].leadership, model::Leadership::kUnknown);
}

TEST(Settle, AWitnessWithAnErrorSaysNothingOfTheRows) {
  const auto look = settled(first(kShrunk), {says_error(3)});
  EXPECT_FALSE(look.partitions[0].confirmed);
  EXPECT_EQ(look.partitions[0].leadership, model::Leadership::kLeader);
}

// Ids.

struct IdCase {
  const char* name;
  std::vector<std::optional<TopicId>> said;
  bool alone;
  std::optional<TopicId> known;
  std::optional<TopicId> wanted;
  /// The rows may be those of another topic.
  bool disputed = false;
};

class SettleId : public testing::TestWithParam<IdCase> {};

TEST_P(SettleId, IsSettled) {
  const auto& given = GetParam();
  std::vector<TopicStatement> others;
  for (const auto& id : given.said) others.push_back(says({kHealthy}, id));
  const auto look = settled(first(kHealthy), others, given.alone, given.known);
  EXPECT_TRUE(look.id == given.wanted);
  EXPECT_EQ(look.partitions.at(0).leadership == model::Leadership::kUnknown, given.disputed);
  EXPECT_FALSE(given.disputed && look.partitions.at(0).confirmed);
}

constexpr TopicId kThirdId{3, 3};

INSTANTIATE_TEST_SUITE_P(
    Ids, SettleId,
    testing::Values(
        IdCase{"TheKnownOneNeedsOneVoice", {kId}, false, kId, kId},
        IdCase{"TheFirstOneNeedsOneVoice", {kId}, false, std::nullopt, kId},
        IdCase{"ANewOneNeedsTwo", {kOtherId}, false, kId, std::nullopt, true},
        IdCase{"ANewOneHasTwo", {kOtherId, kOtherId}, false, kId, kOtherId},
        IdCase{"ANewOneIsEnoughFromTheOnlyBroker", {kOtherId}, true, kId, kOtherId},
        // A broker that was away when the topic was made anew still says the old one.
        IdCase{"AZombieWithTheOldOneIsOutvoted", {kId, kOtherId, kOtherId}, false, kId, kOtherId},
        IdCase{"AZombieWithTheNewOneIsOutvoted", {kOtherId, kId, kId}, false, kId, kId},
        IdCase{"OneForEachIsADispute", {kOtherId, kId}, false, kId, std::nullopt, true},
        IdCase{"OneForEachIsADisputeInAnyOrder", {kId, kOtherId}, false, kId, std::nullopt, true},
        IdCase{"OneForEachIsADisputeAlsoOfANewTopic",
               {kId, kOtherId},
               false,
               std::nullopt,
               std::nullopt,
               true},
        IdCase{"TwoNewOnesThatDifferProveNothing",
               {kOtherId, kThirdId},
               false,
               kId,
               std::nullopt,
               true},
        IdCase{"NobodySaidAny", {std::nullopt}, false, kId, std::nullopt},
        IdCase{"NobodySpoke", {}, false, kId, std::nullopt},
        IdCase{"WhoSaysNoneIsPassedOver", {std::nullopt, kId}, false, kId, kId}),
    [](const auto& instance) { return std::string{instance.param.name}; });

TEST(Settle, RowsOfAnotherTopicOfTheNameDoNotCount) {
  // The zombie agrees with the first broker, but on the topic that was.
  const auto look = settled(
      first(kHealthy), {says({kHealthy}, kId), says({kMoved}, kOtherId), says({kMoved}, kOtherId)});
  EXPECT_TRUE(look.id == kOtherId);
  EXPECT_EQ(look.partitions.at(0).leader, BrokerId{2});
  EXPECT_TRUE(look.partitions.at(0).confirmed);
}

// Whether one more is asked.

TEST(NeedsAnother, WhereNobodySpoke) { EXPECT_TRUE(another(first(kHealthy), {})); }

TEST(NeedsAnother, NotWhereTheLastAgreed) {
  EXPECT_FALSE(another(first(kShrunk), {says({kShrunk})}));
  EXPECT_FALSE(another(first(kOffline), {says({kOffline})}));
  EXPECT_FALSE(another(first(kShrunk), {says({kShrunk}, std::nullopt)}));
  EXPECT_FALSE(another(first(kShrunk), {says({kShrunk}, kOtherId)}, std::nullopt));
}

TEST(NeedsAnother, WhereTheLastDisagreed) {
  EXPECT_TRUE(another(first(kHealthy), {says({kShrunk})}));
  EXPECT_TRUE(another(first(kHealthy), {says({{.partition = 1}})}));
  EXPECT_TRUE(another(first(kHealthy), {says_error(3)}));
}

TEST(NeedsAnother, WhereTheIdIsAnother) {
  EXPECT_TRUE(another(first(kHealthy), {says({kHealthy}, kOtherId)}));
}

// Topics that Metadata left out.

constexpr int kHere = 0;
constexpr int kNoSuchTopic = 3;
constexpr int kNotAllowed = 29;
constexpr int kOther = 5;

struct AbsentCase {
  const char* name;
  std::vector<int> said;
  model::Presence wanted;
  bool another;
};

class SettleAbsent : public testing::TestWithParam<AbsentCase> {};

TEST_P(SettleAbsent, IsSettled) {
  std::vector<TopicStatement> others;
  for (const int error : GetParam().said)
    others.push_back(error == kHere ? says({kHealthy}) : says_error(error));
  EXPECT_EQ(settle_absent(pointers(others)), GetParam().wanted);
  EXPECT_EQ(absent_needs_another(pointers(others)), GetParam().another);
}

INSTANTIATE_TEST_SUITE_P(
    Topics, SettleAbsent,
    testing::Values(
        AbsentCase{"NobodySpoke", {}, model::Presence::kUnknown, true},
        AbsentCase{"GoneForASecondBroker", {kNoSuchTopic}, model::Presence::kDeleted, false},
        AbsentCase{"NotAllowed", {kNotAllowed}, model::Presence::kUnauthorized, false},
        AbsentCase{"StillThereForOne", {kHere}, model::Presence::kUnknown, true},
        AbsentCase{"StillThereForTwo", {kHere, kHere}, model::Presence::kUnknown, true},
        AbsentCase{"GoneForOneOfTwo", {kHere, kNoSuchTopic}, model::Presence::kDeleted, false},
        AbsentCase{"AnotherError", {kOther}, model::Presence::kUnknown, true},
        AbsentCase{
            "AnotherErrorThenGone", {kOther, kNoSuchTopic}, model::Presence::kDeleted, false},
        AbsentCase{"StillThereThenNotAllowed",
                   {kHere, kNotAllowed},
                   model::Presence::kUnauthorized,
                   false}),
    [](const auto& instance) { return std::string{instance.param.name}; });

}  // namespace
}  // namespace kie::kafka
