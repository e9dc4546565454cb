#include "exporter/history/clocks.h"

namespace kie::history {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Clocks::Instant kInstant{hours{7}};
constexpr Clocks::Time kTime{hours{400'000}};

TEST(Clocks, TranslateBothWays) {
  const Clocks clocks{kInstant, kTime};
  EXPECT_EQ(clocks.to_time(kInstant), kTime);
  EXPECT_EQ(clocks.to_time(kInstant - seconds{90}), kTime - seconds{90});
  EXPECT_EQ(clocks.to_instant(kTime + seconds{5}), kInstant + seconds{5});
}

TEST(Clocks, FollowAWallClockThatWasSetAndNotOneThatWavers) {
  Clocks clocks{kInstant, kTime};
  clocks.follow(kInstant + hours{1}, kTime + hours{1} + milliseconds{999});
  EXPECT_EQ(clocks.to_time(kInstant), kTime);
  clocks.follow(kInstant + hours{1}, kTime + hours{1} + seconds{30});
  EXPECT_EQ(clocks.to_time(kInstant), kTime + seconds{30});
  clocks.follow(kInstant + hours{2}, kTime);
  EXPECT_EQ(clocks.to_time(kInstant + hours{2}), kTime);
}

}  // namespace
}  // namespace kie::history
