#include "exporter/history/schema.h"

#include "tests/unit/exporter/history/history_fixture.h"

namespace kie::history {
namespace {

using testing::Optional;

class Schema : public HistoryFixture {
 protected:
  Schema() { open(); }

  /// As a program with these steps would open the file.
  std::optional<SqliteFailure> migrate_to(const std::vector<const char*>& steps) {
    history.reset();
    const auto connection = connect();
    migrate(*connection, steps);
    return connection->take_failure();
  }

  std::unique_ptr<Connection> connect() const {
    return std::move(*Connection::open(options.path, SQLITE_OPEN_READWRITE, ""));
  }

  std::vector<const char*> with_another(const char* step) const {
    std::vector<const char*> steps{schema_steps().begin(), schema_steps().end()};
    steps.push_back(step);
    return steps;
  }
};

TEST_F(Schema, AFileOfAnOlderVersionKeepsItsRows) {
  history->commit("id-1", {.rows = {.topics = {{"orders", "state"}}}});
  EXPECT_FALSE(migrate_to(with_another("ALTER TABLE topics ADD COLUMN note TEXT")));
  const auto connection = connect();
  EXPECT_THAT(connection->integer("PRAGMA user_version"), Optional(schema_steps().size() + 1));
  EXPECT_THAT(connection->text("SELECT topic FROM topics WHERE note IS NULL"),
              Optional(std::string("orders")));
  EXPECT_EQ(origin_of(*connection), Origin::kNewer) << "to this version";
}

TEST_F(Schema, AStepThatFailsLeavesTheFileAsItWas) {
  history->commit("id-1", {.rows = {.topics = {{"orders", "state"}}}});
  EXPECT_TRUE(migrate_to(with_another("DELETE FROM topics; ALTER TABLE no_such ADD COLUMN a")));
  open();
  EXPECT_EQ(history->load("id-1").rows.size(), 1U);
}

TEST_F(Schema, OnlyTheStepsThatAreMissingAreTaken) {
  EXPECT_FALSE(migrate_to({schema_steps().begin(), schema_steps().end()}))
      << "the tables are there";
  EXPECT_EQ(origin_of(*connect()), Origin::kCurrent);
}

}  // namespace
}  // namespace kie::history
