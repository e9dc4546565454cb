#pragma once

#include <tl/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace kie::http {

enum class BodyError : std::uint8_t { kTooLarge, kCutOff, kTooSlow };

/// Reads a request's body, of at most `limit` bytes. Waits for it; call it once per request.
using ReadBody = std::function<tl::expected<std::string, BodyError>(std::size_t limit)>;

struct Request {
  std::string_view method;
  /// Decoded, without the query.
  std::string_view path;
  /// Empty if the client sent none.
  std::string_view accept_encoding = {};
  /// The same.
  std::string_view accept = {};
  /// The path before decoding.
  std::string_view raw_path = {};
  /// Not decoded, without the question mark.
  std::string_view query = {};
  std::string_view authorization = {};
  std::string_view content_encoding = {};
  ReadBody read_body = {};
};

struct Response {
  int status = 200;
  std::string_view content_type = "text/plain; charset=utf-8";
  /// "gzip", or empty for identity.
  std::string_view content_encoding;
  /// The request headers on which the response depends, for caches; empty: none.
  std::string_view vary;
  /// For 405: the methods that the path supports.
  std::string_view allow;
  /// For 503: when to try again.
  std::optional<std::chrono::seconds> retry_after;
  std::string_view body;
  /// Sent after `body`, part by part.
  std::span<const std::string_view> rest;
  /// Owns what `body` and `rest` refer to until it is sent.
  std::shared_ptr<const void> owner;
};

/// A response that owns its body.
inline Response make_response(int status, std::string body) {
  auto owner = std::make_shared<const std::string>(std::move(body));
  Response response;
  response.status = status;
  response.body = *owner;
  response.owner = std::move(owner);
  return response;
}

}  // namespace kie::http
