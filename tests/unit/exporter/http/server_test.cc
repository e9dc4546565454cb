#include "exporter/http/server.h"

#include "tests/unit/exporter/exposition/exposition_text.h"
#include "tests/unit/exporter/http/http_client.h"

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

namespace kie::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Buffers;
using test::Connection;
using testing::HasSubstr;

/// A server whose handler knows a few paths.
class ServerTest : public testing::Test {
 protected:
  static inline const std::string kLarge = std::string(100'000, 'l');
  static inline const std::string kMedium = std::string(10'000, 'm');
  static inline const std::array<std::string_view, 8> kParts{"a",    "",     kMedium, kMedium,
                                                             kLarge, kLarge, "",      "z"};

  /// 200,000 bytes, no two neighbours the same.
  static std::string numbers() {
    std::string text;
    for (int i = 100'000; text.size() < 200'000; ++i) text += std::to_string(i) + ' ';
    text.resize(200'000);
    return text;
  }

  static Response answer(const Request& request) {
    if (request.path == "/throws") throw std::runtime_error("a secret of the inside");
    if (request.path == "/throws-anything") throw 1;
    if (request.path == "/large") return make_response(200, std::string(3'000'000, 'x'));
    if (request.path == "/numbers") return make_response(200, numbers());
    if (request.path == "/empty") return make_response(200, "");
    if (request.path == "/gzip") {
      auto response = make_response(200, exposition::test::gzip("compressed"));
      response.content_encoding = "gzip";
      response.vary = "Accept-Encoding";
      return response;
    }
    if (request.path == "/parts") {
      auto response = make_response(200, "first ");
      response.rest = kParts;
      return response;
    }
    if (request.path == "/no") {
      auto response = make_response(405, "no\n");
      response.allow = "GET, HEAD";
      return response;
    }
    if (request.path == "/echo")
      return make_response(
          200, std::string{request.method} + " " + std::string{request.accept_encoding});
    if (request.path == "/body")
      return make_response(200, request.read_body(1000).value_or("no body"));
    if (request.path == "/accept") return make_response(200, std::string{request.accept});
    if (request.path.starts_with("/paths/"))
      return make_response(200, std::string{request.path} + " " + std::string{request.raw_path});
    if (request.path == "/sp ace") return make_response(200, "decoded");
    return make_response(404, "nothing at " + std::string{request.path} + "\n");
  }

  Server start(const std::string& address = "127.0.0.1:0", milliseconds timeout = seconds{5},
               int connections = 8) {
    auto started = Server::start(
        {.listen_addresses = {address}, .max_connections = connections, .request_timeout = timeout},
        answer, [this](std::string_view line) {
          const std::scoped_lock lock{mutex};
          log += line;
          log += '\n';
        });
    if (!started) throw std::runtime_error(started.error());
    return std::move(*started);
  }

  std::mutex mutex;
  std::string log;
};

TEST_F(ServerTest, AnswersOnThePortThatItSays) {
  const auto server = start();
  ASSERT_GT(server.ports().front(), 0);
  const auto got =
      Connection{server.ports().front()}.ask("GET", "/echo", "Accept-Encoding: br\r\n");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "GET br");
  EXPECT_EQ(got.headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(got.headers.at("content-length"), "6");
  EXPECT_EQ(got.headers.at("x-content-type-options"), "nosniff");
}

TEST_F(ServerTest, TheHandlerHasWhatTheClientAccepts) {
  const auto server = start();
  Connection connection{server.ports().front()};
  EXPECT_EQ(connection.ask("GET", "/accept", "Accept: text/plain;q=0.5, */*\r\n").body,
            "text/plain;q=0.5, */*");
  EXPECT_EQ(connection.ask("GET", "/accept").body, "");
}

TEST_F(ServerTest, AHeaderInSeveralLinesIsOne) {
  const auto server = start();
  Connection connection{server.ports().front()};
  EXPECT_EQ(connection
                .ask("GET", "/accept",
                     "Accept: text/plain;q=0.1\r\nAccept-Encoding: br\r\n"
                     "ACCEPT: application/openmetrics-text\r\n")
                .body,
            "text/plain;q=0.1, application/openmetrics-text");
  EXPECT_EQ(
      connection.ask("GET", "/echo", "Accept-Encoding: br\r\naccept-encoding: gzip\r\nX: y\r\n")
          .body,
      "GET br, gzip");
}

TEST_F(ServerTest, ABodyInPartsComesWholeAndInOrder) {
  const auto server = start();
  Connection connection{server.ports().front()};
  EXPECT_EQ(connection.ask("HEAD", "/parts").headers.at("content-length"), "220008");
  EXPECT_EQ(connection.ask("GET", "/parts").body,
            "first a" + kMedium + kMedium + kLarge + kLarge + "z");
  EXPECT_EQ(connection.ask("GET", "/echo").body, "GET ");
}

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequest) {
  const auto server = start();
  Connection connection{server.ports().front()};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(connection.ask("GET", "/echo").body, "GET ") << "request " << i;
    EXPECT_EQ(connection.ask("GET", "/nothing").status, 404);
    EXPECT_EQ(connection.ask("GET", "/empty").body, "");
  }
  EXPECT_EQ(connection.rest(), "");
}

TEST_F(ServerTest, HeadHasTheHeadersOfGetAndNoBody) {
  const auto server = start();
  Connection connection{server.ports().front()};
  const auto head = connection.ask("HEAD", "/large");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "3000000");
  // A body would stand before the next answer.
  EXPECT_EQ(connection.ask("GET", "/echo").body, "GET ");
}

TEST_F(ServerTest, ALargeBodyComesWhole) {
  const auto server = start();
  Connection connection{server.ports().front()};
  EXPECT_EQ(connection.ask("GET", "/large").body, std::string(3'000'000, 'x'));
  EXPECT_EQ(connection.ask("GET", "/echo").body, "GET ");
}

TEST_F(ServerTest, WhatIsNotThereIs404AndWhatIsNotAllowed405) {
  const auto server = start();
  Connection connection{server.ports().front()};
  const auto missing = connection.ask("GET", "/missing?with=query");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, "nothing at /missing\n");
  const auto refused = connection.ask("GET", "/no");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.at("allow"), "GET, HEAD");
}

TEST_F(ServerTest, GzipIsPassedOnWithItsHeaders) {
  const auto server = start();
  const auto got =
      Connection{server.ports().front()}.ask("GET", "/gzip", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(got.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(got.headers.at("vary"), "Accept-Encoding");
  EXPECT_EQ(exposition::test::gunzip(got.body), "compressed");
}

TEST_F(ServerTest, PathsAreDecoded) {
  const auto server = start();
  EXPECT_EQ(Connection{server.ports().front()}.ask("GET", "/sp%20ace").body, "decoded");
}

TEST_F(ServerTest, PathsAreDecodedOnceAndThereAsTheyWereSent) {
  const auto server = start();
  Connection connection{server.ports().front()};
  EXPECT_EQ(connection.ask("GET", "/paths/a%2Fb%20%2541%25+?c=%41").body,
            "/paths/a/b %41%+ /paths/a%2Fb%20%2541%25+");
  EXPECT_EQ(connection.ask("GET", "/paths/topic./0").body, "/paths/topic/0 /paths/topic./0");
  EXPECT_EQ(connection.ask("GET", "/paths/a%").body, "/paths/a% /paths/a%");
}

TEST_F(ServerTest, APathDoesNotEndAtAByteOfZero) {
  const auto server = start();
  Connection connection{server.ports().front()};
  EXPECT_EQ(connection.ask("GET", "/echo%00").status, 404);
  EXPECT_EQ(connection.ask("GET", "/echo%00/more").status, 404);
}

TEST_F(ServerTest, OtherMethodsReachTheHandler) {
  const auto server = start();
  for (const auto* method : {"POST", "DELETE", "OPTIONS"})
    EXPECT_EQ(Connection{server.ports().front()}.ask(method, "/echo", "Content-Length: 0\r\n").body,
              std::string{method} + " ");
}

TEST_F(ServerTest, AHandlerThatThrowsIsAnInternalErrorThatTellsNothing) {
  const auto server = start();
  for (const auto* path : {"/throws", "/throws-anything"}) {
    const auto got = Connection{server.ports().front()}.ask("GET", path);
    EXPECT_EQ(got.status, 500) << path;
    EXPECT_THAT(got.body, testing::Not(HasSubstr("secret"))) << path;
  }
  EXPECT_EQ(Connection{server.ports().front()}.ask("GET", "/echo").status, 200) << "it goes on";
  const std::scoped_lock lock{mutex};
  EXPECT_THAT(log, HasSubstr("a secret of the inside"));
}

TEST_F(ServerTest, WhatIsNoHttpIsRefusedAndTheServerGoesOn) {
  const auto server = start();
  {
    Connection connection{server.ports().front()};
    connection.send("\x16\x03\x01\x02nonsense\r\n\r\n");
    const auto got = connection.receive();
    EXPECT_GE(got.status, 400);
    EXPECT_LT(got.status, 600);
  }
  EXPECT_EQ(Connection{server.ports().front()}.ask("GET", "/echo").status, 200);
}

TEST_F(ServerTest, WhoWaitsForContinueIsToldToGoOn) {
  const auto server = start();
  Connection connection{server.ports().front()};
  connection.send(
      "POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(connection.receive(/*has_body=*/false).status, 100);
  connection.send("body");
  const auto got = connection.receive();
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "body");
}

TEST_F(ServerTest, ABodyThatIsNotReadIsNotWaitedFor) {
  const auto server = start();
  Connection connection{server.ports().front()};
  connection.send(
      "POST /no HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(connection.receive().status, 405);
}

TEST_F(ServerTest, ARequestThatMayEndElsewhereIsRefusedAndTheConnectionClosed) {
  const auto server = start();
  for (const auto* headers :
       {"Content-Length: 4\r\nContent-Length: 30\r\n", "Content-Length: 4, 4\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "Content-Length: +4\r\n"}) {
    Connection connection{server.ports().front()};
    connection.send(std::string{"POST /body HTTP/1.1\r\nHost: x\r\n"} + headers +
                    "\r\nbodyGET /echo HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(connection.receive().status, 400) << headers;
    while (!connection.is_closed()) {
    }
    EXPECT_EQ(connection.rest(), "") << headers;
  }
}

TEST_F(ServerTest, APathMayHaveTheServersNameBeforeIt) {
  const auto server = start();
  const int port = server.ports().front();
  const auto url = "http://kafka-exporter.example:" + std::to_string(port) + "/echo";
  EXPECT_EQ(Connection{port}.ask("GET", url).body, "GET ");
  // Behind a proxy the name's port is another one.
  EXPECT_EQ(Connection{port}.ask("GET", "http://x/echo").body, "GET ");
  EXPECT_EQ(Connection{port}.ask("GET", "https://x:8443/echo").body, "GET ");
}

TEST_F(ServerTest, HeadersWithoutEndAreRefused) {
  const auto server = start();
  Connection connection{server.ports().front()};
  connection.send("GET /echo HTTP/1.1\r\nHost: x\r\nX: " + std::string(20'000, 'x'));
  EXPECT_GE(connection.receive().status, 400);
}

TEST_F(ServerTest, AClientThatSendsNothingIsCutOff) {
  const auto server = start("127.0.0.1:0", milliseconds{300});
  Connection connection{server.ports().front()};
  const auto begun = std::chrono::steady_clock::now();
  while (!connection.is_closed()) {
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{15});
}

TEST_F(ServerTest, AClientThatReadsSlowlyIsCutOff) {
  const auto server = start("127.0.0.1:0", seconds{2});
  Connection connection{server.ports().front(), false, Buffers::kSmall};
  EXPECT_EQ(connection.ask("HEAD", "/numbers").headers.at("content-length"), "200000");
  connection.send("GET /numbers HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_FALSE(connection.is_closed(512));
  // This is not read, so the end is a reset, which does not wait behind the body.
  connection.send("x");
  const auto begun = std::chrono::steady_clock::now();
  // 5 KB a second: never so slow that CivetWeb itself would close, and 40 s for the whole body.
  while (!connection.is_reset() && connection.rest().size() < 150'000) {
    if (connection.is_closed(512)) break;
    std::this_thread::sleep_for(milliseconds{100});
  }
  EXPECT_TRUE(connection.is_reset());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{15}) << "the limit is 5 s";
}

TEST_F(ServerTest, ALargeBodyComesWholeThroughSmallBuffers) {
  const auto server = start("127.0.0.1:0", seconds{2});
  Connection connection{server.ports().front(), false, Buffers::kSmall};
  EXPECT_EQ(connection.ask("GET", "/numbers").body, numbers());
  EXPECT_EQ(connection.ask("GET", "/echo").body, "GET ");
}

TEST_F(ServerTest, ServesManyAtATime) {
  const auto server = start();
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < 6; ++i)
      clients.emplace_back([&] {
        Connection connection{server.ports().front()};
        for (int n = 0; n < 20; ++n)
          if (connection.ask("GET", "/echo").body == "GET ") ++good;
      });
  }
  EXPECT_EQ(good.load(), 120);
}

TEST_F(ServerTest, StopsSoonWhileClientsAreConnected) {
  auto server = start();
  Connection idle{server.ports().front()};
  Connection used{server.ports().front()};
  EXPECT_EQ(used.ask("GET", "/echo").status, 200);
  const auto begun = std::chrono::steady_clock::now();
  server.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{4});
  EXPECT_TRUE(used.is_closed());
}

TEST_F(ServerTest, DoesNotListenAfterItsEnd) {
  int port = 0;
  {
    const auto server = start();
    port = server.ports().front();
    Connection{port}.ask("GET", "/echo");
  }
  EXPECT_THROW(Connection{port}, std::runtime_error);
}

TEST_F(ServerTest, APortThatIsTakenIsAnErrorThatNamesIt) {
  const auto first = start();
  const std::string address = "127.0.0.1:" + std::to_string(first.ports().front());
  const auto second = Server::start({.listen_addresses = {address}}, answer, [](auto) {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), testing::StartsWith("cannot listen on " + address + ": "));
}

TEST_F(ServerTest, EachAddressIsAnswered) {
  const auto server =
      Server::start({.listen_addresses = {"127.0.0.1:0", "127.0.0.1:0"}}, answer, [](auto) {});
  ASSERT_TRUE(server) << server.error();
  const auto ports = server->ports();
  ASSERT_EQ(ports.size(), 2U);
  EXPECT_NE(ports[0], ports[1]);
  for (const int port : ports) EXPECT_EQ(Connection{port}.ask("GET", "/echo").body, "GET ");
}

TEST_F(ServerTest, OneAddressThatIsTakenIsAnErrorThatNamesThemAll) {
  const auto first = start();
  const std::string address = "127.0.0.1:" + std::to_string(first.ports().front());
  const auto second =
      Server::start({.listen_addresses = {"127.0.0.1:0", address}}, answer, [](auto) {});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), testing::StartsWith("cannot listen on 127.0.0.1:0, " + address));
}

TEST_F(ServerTest, AnAddressThatIsNotHereIsAnError) {
  // TEST-NET-1: no machine has it.
  const auto server = Server::start({.listen_addresses = {"192.0.2.1:0"}}, answer, [](auto) {});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error(), HasSubstr("192.0.2.1:0"));
}

TEST_F(ServerTest, AHostThatIsNotKnownIsAnErrorThatNamesIt) {
  const std::string address = "k8s-" + std::string(64, 'x') + ":0";
  const auto server = Server::start({.listen_addresses = {address}}, answer, [](auto) {});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error(), testing::StartsWith("cannot listen on " + address + ": cannot look"));
}

TEST_F(ServerTest, ListensOnAHost) {
  const auto server = start("localhost:0");
  EXPECT_GT(server.ports().front(), 0);
}

bool has_ipv6_loopback() {
  const int probe = ::socket(AF_INET6, SOCK_STREAM, 0);
  if (probe < 0) return false;
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = in6addr_loopback;
  const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return bound;
}

TEST_F(ServerTest, ListensOnIpv6) {
  if (!has_ipv6_loopback()) GTEST_SKIP() << "no IPv6 here";
  const auto server = start("[::1]:0");
  EXPECT_EQ((Connection{server.ports().front(), true}.ask("GET", "/echo").status), 200);
}

TEST_F(ServerTest, WithoutAHostItListensOnEveryAddress) {
  const auto server = start(":0");
  EXPECT_EQ(Connection{server.ports().front()}.ask("GET", "/echo").status, 200);
  if (!has_ipv6_loopback()) return;
  EXPECT_EQ((Connection{server.ports().front(), true}.ask("GET", "/echo").status), 200);
}

}  // namespace
}  // namespace kie::http
