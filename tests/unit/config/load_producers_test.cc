#include "config/load.h"
#include "tests/unit/config/loading.h"

namespace kie::config {
namespace {

using test::Load;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(Load, TakesWhatApplicationsSendWithATokenOrFromAnybody) {
  files["/token"] = "open-sesame\n";
  const std::string cluster = "[[cluster]]\nservers = [\"kafka:9092\"]\n";
  auto config = good("[ingest]\nlisten_address = \":10034\"\ntoken_file = \"/token\"\n" + cluster);
  EXPECT_EQ(config.ingest.listen_address, ":10034");
  EXPECT_EQ(config.ingest.token.reveal(), "open-sesame");
  EXPECT_FALSE(config.ingest.allow_anonymous);
  config = good(
      "[ingest]\nlisten_address = \"unix:/run/kie.sock\"\nallow_anonymous = true\n"
      "max_body = \"1MiB\"\nmax_clients = 7\n" +
      cluster);
  EXPECT_TRUE(config.ingest.allow_anonymous);
  EXPECT_EQ(config.ingest.max_body, 1 << 20);
  EXPECT_EQ(config.ingest.max_clients, 7);
  EXPECT_EQ(good(cluster).ingest.listen_address, "") << "off";
}

TEST_F(Load, ATokenOrAWordThatThereIsNoneIsNeeded) {
  files["/token"] = "open-sesame\n";
  files["/two"] = "open\nsesame\n";
  files["/empty"] = "\n";
  const auto wrong = [&](const std::string& ingest) {
    return problems("[ingest]\n" + ingest + "\n[[cluster]]\nservers = [\"kafka:9092\"]\n");
  };
  EXPECT_THAT(wrong(R"(listen_address = ":10034")"), ElementsAre(HasSubstr("token_file")));
  EXPECT_THAT(wrong("allow_anonymous = true\ntoken_file = \"/token\""),
              ElementsAre(HasSubstr("only one")));
  EXPECT_THAT(wrong("token_file = \"open-sesame\""),
              ElementsAre("kie.toml:2:14: ingest.token_file: cannot read the file: No such file or "
                          "directory"));
  for (const auto* file : {"/two", "/empty"}) {
    const auto said = wrong(std::string("token_file = \"") + file + "\"");
    EXPECT_THAT(said, ElementsAre(AllOf(HasSubstr("one line"), Not(HasSubstr("sesame")),
                                        Not(HasSubstr(file)))));
  }
  EXPECT_THAT(wrong("listen_address = \"unix:\"\nallow_anonymous = true"),
              ElementsAre(HasSubstr("107 bytes")));
  EXPECT_THAT(wrong("listen_address = \"unix:/run/kie:1.sock\"\nallow_anonymous = true"),
              ElementsAre(HasSubstr("no colon")));
  EXPECT_THAT(wrong("listen_address = \"unix:/run/a3rq/sock\"\nallow_anonymous = true"),
              ElementsAre(HasSubstr("digit before")));
  EXPECT_THAT(wrong("listen_address = \"unix:/run/r3/s4.sock\"\nallow_anonymous = true"),
              IsEmpty());
  EXPECT_THAT(wrong("listen_address = \"10034\"\nallow_anonymous = true"), testing::SizeIs(1));
}

}  // namespace
}  // namespace kie::config
