#include "exporter/log/failure_log.h"

#include "tests/unit/exporter/log/logged.h"

namespace kie {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(FailureLog, IsLoggedWhenItStartsAndWhenItEnds) {
  FailureLog trouble{"production"};
  EXPECT_THAT(logged([&] { trouble.report("poll", "_TRANSPORT: gone"); }),
              AllOf(HasSubstr("level=warn"), HasSubstr("msg=\"poll failed\""),
                    HasSubstr("cluster=production"), HasSubstr("error=\"_TRANSPORT: gone\"")));
  EXPECT_THAT(logged([&] {
                for (int i = 0; i < 10; ++i) trouble.report("poll", "_TRANSPORT: gone");
                trouble.report("poll", "another text");
              }),
              IsEmpty());
  EXPECT_THAT(
      logged([&] { trouble.report("poll", std::nullopt); }),
      AllOf(HasSubstr("level=info"), HasSubstr("msg=\"poll works again\""), HasSubstr("after=0s")));
  EXPECT_THAT(logged([&] { trouble.report("poll", std::nullopt); }), IsEmpty());
  EXPECT_EQ(lines(logged([&] { trouble.report("poll", "again"); })), 1);
}

TEST(FailureLog, WhatNeverFailedNeedsNoWord) {
  FailureLog trouble{""};
  EXPECT_THAT(logged([&] { trouble.report("poll", std::nullopt); }), IsEmpty());
}

TEST(FailureLog, EachThingIsForItself) {
  FailureLog trouble{""};
  EXPECT_EQ(lines(logged([&] {
              trouble.report("poll", "a");
              trouble.report("reading offsets", "b");
            })),
            2);
  EXPECT_THAT(logged([&] { trouble.report("poll", std::nullopt); }), Not(HasSubstr("offsets")));
}

TEST(FailureLog, SaysWhatHelpsAndLeavesOutAnUnnamedCluster) {
  FailureLog trouble{""};
  EXPECT_THAT(logged([&] { trouble.report("settings", "refused", "kafka-acls --add"); }),
              AllOf(HasSubstr("help=\"kafka-acls --add\""), Not(HasSubstr("cluster="))));
}

}  // namespace
}  // namespace kie
