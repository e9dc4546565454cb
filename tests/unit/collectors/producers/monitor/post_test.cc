#include "collectors/producers/monitor/post.h"

#include <gtest/gtest.h>

#include <string>

namespace kie::monitor {
namespace {

TEST(MonitorPostTest, ReadReportsThatWereAcceptedAreNoProblem) {
  const auto result = read_answer(
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
      R"({"accepted":1,"refused":0,"errors":[]})");
  EXPECT_TRUE(result.is_read);
  EXPECT_EQ(result.problem, "");
}

TEST(MonitorPostTest, ARefusedReportIsReadAndNamed) {
  const auto result = read_answer(
      "HTTP/1.1 200 OK\r\n\r\n"
      "{\"accepted\":0,\"refused\":1,\n\"errors\":[\"time: it is in the future\"]}");
  EXPECT_TRUE(result.is_read);
  EXPECT_EQ(result.problem,
            "200 OK: {\"accepted\":0,\"refused\":1, \"errors\":[\"time: it is in the future\"]}");
}

TEST(MonitorPostTest, AnotherStatusIsNotRead) {
  const auto result = read_answer("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\nbusy");
  EXPECT_FALSE(result.is_read);
  EXPECT_EQ(result.problem, "503 Service Unavailable: busy");
}

TEST(MonitorPostTest, WhatIsNoHttpIsNotRead) {
  for (const auto* text : {"", "HTTP/1.", "HTTP/1.1 200 OK\r\n", "SSH-2.0-OpenSSH_9.2\r\n\r\n"}) {
    EXPECT_FALSE(read_answer(text).is_read) << text;
    EXPECT_EQ(read_answer(text).problem, "the answer is not HTTP") << text;
  }
  EXPECT_FALSE(read_answer("HTTP/1.\r\n\r\n").is_read);
}

TEST(MonitorPostTest, AProblemIsAShortLine) {
  const auto result =
      read_answer("HTTP/1.1 500 " + std::string(5000, 'x') + "\r\n\r\n" + std::string(5000, '\n'));
  EXPECT_FALSE(result.is_read);
  EXPECT_LE(result.problem.size(), 700U);
  EXPECT_EQ(result.problem.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace kie::monitor
