#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <memory>
#include <string>

using CURL = void;

namespace kie {

struct HttpAnswer {
  long status = 0;
  std::string body;
};

/// Asks HTTP servers, also over TLS with the system's authorities. No proxy, no redirects, no
/// password of a .netrc.
/// Thread: one at a time.
class HttpClient {
 public:
  HttpClient();

  /// The error does not have the URL.
  tl::expected<HttpAnswer, std::string> get(const std::string& url,
                                            std::chrono::milliseconds timeout);

 private:
  struct Deleter {
    void operator()(CURL* curl) const noexcept;
  };

  std::unique_ptr<CURL, Deleter> curl_;
};

/// For one segment of a path.
std::string percent_encode(const std::string& text);

}  // namespace kie
