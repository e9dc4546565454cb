#include "collectors/kafka/redact.h"

namespace kie::kafka {
namespace {

std::string redacted(const std::string& text, const std::string& name, const std::string& value) {
  return redact(text, {{name, config::Secret{value}, {}}});
}

TEST(Redact, CutsOutEverySecretWhereverItStands) {
  for (const auto* name :
       {"sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config"})
    EXPECT_EQ(redacted("hunter2 and hunter2.", name, "hunter2"), "... and ....") << name;
}

// "Unrecognized sasl.oauthbearer.config beginning at: ..." has the rest of the list.
TEST(Redact, CutsOutEachItemOfAList) {
  EXPECT_EQ(redacted("beginning at: b=hunter2 c=hunter3", "sasl.oauthbearer.config",
                     "principal=me b=hunter2 c=hunter3"),
            "beginning at: ... ...");
}

TEST(Redact, CutsOutWhatABufferLeftOfOne) {
  EXPECT_EQ(redacted("beginning at: hunt", "sasl.oauthbearer.config", "hunter2"),
            "beginning at: ...");
}

TEST(Redact, LeavesWhatIsNone) {
  EXPECT_EQ(redacted("PLAIN login of exporter", "sasl.mechanism", "PLAIN"),
            "PLAIN login of exporter");
  EXPECT_EQ(redacted("after 12 ms", "sasl.password", "12"), "after 12 ms");
  EXPECT_EQ(redacted("after 12 ms", "sasl.password", ""), "after 12 ms");
}

TEST(Redact, EndsWhateverTheSecretIs) {
  EXPECT_EQ(redacted("x....y", "sasl.password", "...."), "x...y");
}

}  // namespace
}  // namespace kie::kafka
