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

TEST(MonitorPostTest, ReportsThatAreAllRefusedAreNotSentAgain) {
  const auto result = read_answer("HTTP/1.1 400 Bad Request\r\n\r\n{\"accepted\":0,\"refused\":1}");
  EXPECT_TRUE(result.is_read);
  EXPECT_EQ(result.problem, "400 Bad Request: {\"accepted\":0,\"refused\":1}");
}

TEST(MonitorPostTest, AnotherStatusIsNotRead) {
  const auto result = read_answer("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\nbusy");
  EXPECT_FALSE(result.is_read);
  EXPECT_EQ(result.problem, "503 Service Unavailable: busy");
}

TEST(MonitorPostTest, ABodyThatIsTooLargeIsToldFromOtherProblems) {
  const auto result = read_answer(
      "HTTP/1.1 413 Request Entity Too Large\r\n\r\n"
      R"({"error":"the body has more than 65536 bytes"})");
  EXPECT_FALSE(result.is_read);
  EXPECT_TRUE(result.is_too_large);
  EXPECT_TRUE(result.problem.starts_with("413 ")) << result.problem;
  for (const auto* other : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 400 413\r\n\r\n413", "413", ""})
    EXPECT_FALSE(read_answer(other).is_too_large) << other;
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
