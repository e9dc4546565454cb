#include "config/load.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kie::config {
namespace {

TEST(RealLoadContext, ReadFilesAndTheEnvironment) {
  const auto real = real_load_context();
  const auto path =
      std::filesystem::path{testing::TempDir()} / ("kie_load_test_" + std::to_string(getpid()));
  std::ofstream{path, std::ios::binary} << "a\r\nb\n" << '\0' << "c";
  const auto content = real.read_file(path.string());
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, std::string("a\r\nb\n\0c", 7));
  std::ofstream{path, std::ios::trunc}.close();
  EXPECT_EQ(real.read_file(path.string()), "");
  std::filesystem::remove(path);

  const auto missing = real.read_file(path.string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), "No such file or directory");
  EXPECT_FALSE(real.read_file("/").has_value()) << "a directory";

  setenv("KIE_LOAD_TEST", "there", 1);
  EXPECT_EQ(real.environment("KIE_LOAD_TEST"), "there");
  unsetenv("KIE_LOAD_TEST");
  EXPECT_EQ(real.environment("KIE_LOAD_TEST"), std::nullopt);
  EXPECT_EQ(real.check_property("anything", Secret{"x"}), std::nullopt);
}

}  // namespace
}  // namespace kie::config
