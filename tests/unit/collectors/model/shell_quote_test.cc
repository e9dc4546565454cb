#include "collectors/model/shell_quote.h"

#include <gtest/gtest.h>

namespace kie::model {
namespace {

TEST(ShellQuote, LeavesWhatTheShellTakesAsItIs) {
  for (const auto* text : {"orders", "kafka-1:9092", "User:alice@EXAMPLE.COM", "a/b_c.json",
                           "min.insync.replicas=2", "a,b", "="})
    EXPECT_EQ(shell_quote(text), text);
}

TEST(ShellQuote, TheEmptyWordIsStillAWord) { EXPECT_EQ(shell_quote(""), "''"); }

TEST(ShellQuote, PutsEverythingElseIntoQuotes) {
  EXPECT_EQ(shell_quote("a b"), "'a b'");
  EXPECT_EQ(shell_quote("a\nb\t"), "'a\nb\t'");
  EXPECT_EQ(shell_quote("$HOME"), "'$HOME'");
  EXPECT_EQ(shell_quote("`id`"), "'`id`'");
  EXPECT_EQ(shell_quote("~"), "'~'");
  EXPECT_EQ(shell_quote("key=~alice"), "'key=~alice'");
  EXPECT_EQ(shell_quote("a\\b"), "'a\\b'");
  EXPECT_EQ(shell_quote("\"a\""), "'\"a\"'");
  EXPECT_EQ(shell_quote("*?[a]{b}<>|&;()#!"), "'*?[a]{b}<>|&;()#!'");
  EXPECT_EQ(shell_quote("\u00e9"), "'\u00e9'");
}

TEST(ShellQuote, ASingleQuoteEndsTheQuotes) {
  EXPECT_EQ(shell_quote("'"), R"(''\''')");
  EXPECT_EQ(shell_quote("a'; rm -rf /"), R"('a'\''; rm -rf /')");
}

}  // namespace
}  // namespace kie::model
