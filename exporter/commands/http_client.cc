#include "exporter/commands/http_client.h"

#include <curl/curl.h>

#include <array>
#include <cstddef>
#include <stdexcept>
#include <string_view>

namespace kie {
namespace {

/// Longer ones are no answer of an exporter.
constexpr std::size_t kLongestBody = std::size_t{4} << 20U;

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) noexcept {
  auto& text = *static_cast<std::string*>(body);
  const auto length = size * count;
  if (text.size() + length > kLongestBody) return 0;
  try {
    text.append(data, length);
  } catch (const std::exception&) {
    return 0;
  }
  return length;
}

}  // namespace

void HttpClient::Deleter::operator()(CURL* curl) const noexcept { curl_easy_cleanup(curl); }

HttpClient::HttpClient() : curl_(curl_easy_init()) {
  if (!curl_) throw std::runtime_error("libcurl cannot be used");
}

tl::expected<HttpAnswer, std::string> HttpClient::get(const std::string& url,
                                                      std::chrono::milliseconds timeout) {
  auto* const curl = curl_.get();
  HttpAnswer answer;
  std::array<char, CURL_ERROR_SIZE> error{};
  // Keeps the connection.
  curl_easy_reset(curl);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error.data());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  const auto result = curl_easy_perform(curl);
  if (result != CURLE_OK)
    return tl::make_unexpected(error[0] != '\0' ? std::string{error.data()}
                                                : curl_easy_strerror(result));
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
  return answer;
}

std::string percent_encode(const std::string& text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const auto c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '~';
    if (is_plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return encoded;
}

}  // namespace kie
