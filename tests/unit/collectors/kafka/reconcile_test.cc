#include "collectors/kafka/reconcile.h"

#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::kafka {
namespace {

using replication::test::kId;
using replication::test::kOtherId;
using replication::test::look_of;
using replication::test::Row;

TopicView says(const std::vector<Row>& rows, std::optional<TopicId> id = kId) {
  TopicView view;
  view.name = "orders";
  view.id = id;
  for (auto row : rows) {
    row.confirmed = false;
    view.partitions.push_back(look_of(row));
  }
  return view;
}

TopicView says_error(int error) {
  TopicView view;
  view.name = "orders";
  view.error = error;
  return view;
}

model::TopicSnapshot first(Row row, std::optional<TopicId> id = kId) {
  row.confirmed = false;
  model::TopicSnapshot snapshot;
  snapshot.name = "orders";
  snapshot.id = id;
  snapshot.partitions.push_back(look_of(row));
  return snapshot;
}

std::vector<const TopicView*> pointers(const std::vector<TopicView>& views) {
  std::vector<const TopicView*> result;
  for (const auto& view : views) result.push_back(&view);
  return result;
}

model::TopicSnapshot reconciled(model::TopicSnapshot snapshot, const std::vector<TopicView>& others,
                                bool alone = false, std::optional<TopicId> known_id = kId) {
  reconcile(snapshot, pointers(others), alone, known_id);
  return snapshot;
}

bool another(const model::TopicSnapshot& snapshot, const std::vector<TopicView>& others) {
  return needs_second_opinion(snapshot, pointers(others));
}

const Row kHealthy{};
const Row kShrunk{.isr = {1}};
const Row kMoved{.leader = 2, .isr = {2, 3}};
const Row kOffline{.leader = std::nullopt, .isr = {}};
const Row kUnlisted{.leader = std::nullopt, .no_listener = true};
const Row kLeaderless{.leader = std::nullopt};

struct RowCase {
  const char* name;
  Row first;
  std::vector<Row> others;
  bool alone;
  /// nullopt: unknown.
  std::optional<Row> wanted;
  bool confirmed;
};

class ReconcileRow : public testing::TestWithParam<RowCase> {};

TEST_P(ReconcileRow, IsReconciled) {
  const auto& given = GetParam();
  std::vector<TopicView> others;
  for (const auto& row : given.others) others.push_back(says({row}));
  const auto row = reconciled(first(given.first), others, given.alone).partitions.at(0);
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
    Rows, ReconcileRow,
    testing::Values(
        RowCase{"TwoAgree", kShrunk, {kShrunk}, false, kShrunk, true},
        RowCase{"TwoAgreeThatNobodyLeads", kOffline, {kOffline}, false, kOffline, true},
        RowCase{"TwoAgreeThatTheLeaderHasNoSuchListener",
                kUnlisted,
                {kUnlisted},
                false,
                kUnlisted,
                true},
        RowCase{"ALeaderWithoutTheListenerIsNotNobody",
                kUnlisted,
                {kLeaderless},
                false,
                std::nullopt,
                false},
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

TEST(Reconcile, ARowTakenFromOthersLosesTheOffsetsOfTheWrongLeader) {
  auto snapshot = first({.epoch = 3, .latest = 100, .earliest = 5});
  snapshot = reconciled(snapshot, {says({kMoved}), says({kMoved})});
  EXPECT_EQ(snapshot.partitions[0].latest, std::nullopt);
  EXPECT_EQ(snapshot.partitions[0].earliest, std::nullopt);
  EXPECT_EQ(snapshot.partitions[0].leader_epoch, std::nullopt);
}

TEST(Reconcile, ARowThatIsConfirmedKeepsItsOffsets) {
  const auto snapshot =
      reconciled(first({.epoch = 3, .latest = 100, .earliest = 5}), {says({kHealthy})});
  EXPECT_EQ(snapshot.partitions[0].latest, Offset{100});
  EXPECT_EQ(snapshot.partitions[0].earliest, Offset{5});
  EXPECT_EQ(snapshot.partitions[0].leader_epoch, LeaderEpoch{3});
}

TEST(Reconcile, APartitionThatOthersDoNotHaveStaysUnconfirmed) {
  const auto snapshot =
      reconciled(first({.partition = 7}), {says({{.partition = 6}, {.partition = 8}})});
  EXPECT_FALSE(snapshot.partitions[0].confirmed);
  EXPECT_EQ(snapshot.partitions[0].leadership, model::Leadership::kLeader);
}

TEST(Reconcile, EachPartitionIsReconciledForItself) {
  model::TopicSnapshot snapshot = first(kHealthy);
  snapshot.partitions.push_back(look_of({.partition = 1, .confirmed = false}));
  snapshot = reconciled(snapshot, {says({kHealthy, {.partition = 1, .isr = {1}}})});
  EXPECT_TRUE(snapshot.partitions[0].confirmed);
  EXPECT_EQ(snapshot.partitions[0].leadership, model::Leadership::kLeader);
  EXPECT_FALSE(snapshot.partitions[1].confirmed);
  EXPECT_EQ(snapshot.partitions[1].leadership, model::Leadership::kUnknown);
}

TEST(Reconcile, AWitnessWithAnErrorSaysNothingOfTheRows) {
  const auto snapshot = reconciled(first(kShrunk), {says_error(3)});
  EXPECT_FALSE(snapshot.partitions[0].confirmed);
  EXPECT_EQ(snapshot.partitions[0].leadership, model::Leadership::kLeader);
}

// Ids.

struct IdCase {
  const char* name;
  /// By the broker that was asked first, then by others.
  std::vector<std::optional<TopicId>> said;
  bool alone;
  std::optional<TopicId> known;
  std::optional<TopicId> wanted;
  /// The rows may be those of another topic.
  bool disputed = false;
};

class ReconcileId : public testing::TestWithParam<IdCase> {};

TEST_P(ReconcileId, IsReconciled) {
  const auto& given = GetParam();
  std::vector<TopicView> others;
  for (std::size_t i = 1; i < given.said.size(); ++i)
    others.push_back(says({kHealthy}, given.said[i]));
  const auto snapshot =
      reconciled(first(kHealthy, given.said.at(0)), others, given.alone, given.known);
  EXPECT_TRUE(snapshot.id == given.wanted);
  EXPECT_EQ(snapshot.partitions.at(0).leadership == model::Leadership::kUnknown, given.disputed);
  EXPECT_FALSE(given.disputed && snapshot.partitions.at(0).confirmed);
}

constexpr TopicId kThirdId{3, 3};

INSTANTIATE_TEST_SUITE_P(
    Ids, ReconcileId,
    testing::Values(
        IdCase{"TheKnownOneNeedsOneVoice", {kId}, false, kId, kId},
        IdCase{"TheFirstOneNeedsOneVoice", {kId}, false, std::nullopt, kId},
        IdCase{"ANewOneNeedsTwo", {kOtherId}, false, kId, std::nullopt, true},
        IdCase{"ANewOneHasTwo", {kOtherId, kOtherId}, false, kId, kOtherId},
        IdCase{"ANewOneIsEnoughFromTheOnlyBroker", {kOtherId}, true, kId, kOtherId},
        // A broker that was away when the topic was created again still says the old one.
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
        IdCase{"NobodySaidAnyOfSeveral", {std::nullopt, std::nullopt}, false, kId, std::nullopt},
        IdCase{"WhoSaysNoneIsPassedOver", {std::nullopt, kId}, false, kId, kId}),
    [](const auto& instance) { return std::string{instance.param.name}; });

TEST(Reconcile, RowsOfAnotherTopicOfTheNameDoNotCount) {
  // The zombie agrees with the third broker, but speaks of the topic that was.
  const auto snapshot =
      reconciled(first(kMoved, kOtherId), {says({kHealthy}, kId), says({kMoved}, kOtherId)});
  EXPECT_TRUE(snapshot.id == kOtherId);
  EXPECT_EQ(snapshot.partitions.at(0).leader, BrokerId{2});
  EXPECT_TRUE(snapshot.partitions.at(0).confirmed);
}

TEST(Reconcile, TheFirstBrokersRowsGoWithItsTopic) {
  const auto snapshot =
      reconciled(first(kHealthy, kId), {says({kMoved}, kOtherId), says({kMoved}, kOtherId)});
  EXPECT_TRUE(snapshot.id == kOtherId);
  EXPECT_EQ(snapshot.partitions.at(0).leader, BrokerId{2});
  EXPECT_TRUE(snapshot.partitions.at(0).confirmed);
}

// Whether one more is asked.

TEST(NeedsSecondOpinion, WhereNobodySpoke) { EXPECT_TRUE(another(first(kHealthy), {})); }

TEST(NeedsSecondOpinion, NotWhereTheLastAgreed) {
  EXPECT_FALSE(another(first(kShrunk), {says({kShrunk})}));
  EXPECT_FALSE(another(first(kOffline), {says({kOffline})}));
  EXPECT_FALSE(another(first(kShrunk), {says({kShrunk}, std::nullopt)}));
  EXPECT_FALSE(another(first(kShrunk, std::nullopt), {says({kShrunk}, kOtherId)}));
}

TEST(NeedsSecondOpinion, WhereTheLastDisagreed) {
  EXPECT_TRUE(another(first(kHealthy), {says({kShrunk})}));
  EXPECT_TRUE(another(first(kHealthy), {says({{.partition = 1}})}));
  EXPECT_TRUE(another(first(kHealthy), {says_error(3)}));
}

TEST(NeedsSecondOpinion, WhereTheIdIsAnother) {
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

class ReconcileAbsent : public testing::TestWithParam<AbsentCase> {};

TEST_P(ReconcileAbsent, IsReconciled) {
  std::vector<TopicView> others;
  for (const int error : GetParam().said)
    others.push_back(error == kHere ? says({kHealthy}) : says_error(error));
  EXPECT_EQ(reconcile_absent(pointers(others)), GetParam().wanted);
  EXPECT_EQ(absent_needs_second_opinion(pointers(others)), GetParam().another);
}

INSTANTIATE_TEST_SUITE_P(
    Topics, ReconcileAbsent,
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
