#include "config/text.h"

#include "config/parse_number.h"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace kie::config {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

struct HostPort {
  std::string_view host;
  std::string_view port;
};

std::optional<HostPort> split(std::string_view address) {
  const auto colon = address.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  HostPort parts{address.substr(0, colon), address.substr(colon + 1)};
  const bool bracketed =
      parts.host.size() > 2 && parts.host.front() == '[' && parts.host.back() == ']';
  // A bare IPv6 address is ambiguous: its last group looks like a port.
  if (!bracketed && parts.host.find_first_of(":[]") != std::string_view::npos) return std::nullopt;
  if (parts.host.find_first_of(" \t/,;+@\r\n") != std::string_view::npos) return std::nullopt;
  return parts;
}

bool is_port(std::string_view text, std::uint32_t least) {
  const auto port = parse_number<std::uint32_t>(text);
  return port && *port >= least && *port <= 65535;
}

/// The bytes of the control character at the beginning; 0: it is none.
std::size_t length_of_control(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < ' ' || byte(0) == 0x7F) return 1;
  // U+0080 to U+009F, which some terminals obey too.
  const bool is_c1 = text.size() > 1 && byte(0) == 0xC2 && byte(1) >= 0x80 && byte(1) < 0xA0;
  return is_c1 ? 2 : 0;
}

std::string quoted_without_login(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos) return "\"" + std::string(address) + "\"";
  return "\"...@" + std::string(address.substr(at + 1)) + "\"";
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = &candidate;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

Expansion expand_environment(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>& environment) {
  Expansion result;
  while (true) {
    const auto start = text.find("${");
    if (start == std::string_view::npos) break;
    if (start > 0 && text[start - 1] == '$') {
      result.text += text.substr(0, start - 1);
      result.text += "${";
      text.remove_prefix(start + 2);
      continue;
    }
    result.text += text.substr(0, start);
    const auto end = text.find('}', start);
    if (end == std::string_view::npos) {
      result.unterminated = true;
      return result;
    }
    std::string name{text.substr(start + 2, end - start - 2)};
    if (const auto value = environment(name)) {
      result.text += *value;
    } else {
      result.unset.push_back(std::move(name));
    }
    text.remove_prefix(end + 1);
  }
  result.text += text;
  return result;
}

bool is_variable_name(std::string_view text) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool is_utf8(std::string_view text) { return simdjson::validate_utf8(text); }

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = length_of_control(text);
    out += length == 0 ? text.front() : '?';
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::optional<std::string> check_server(std::string_view address) {
  const auto parts = split(address);
  if (parts && !parts->host.empty() && is_port(parts->port, 1)) return std::nullopt;
  return "a broker's address is HOST:PORT or [IPV6]:PORT, not " + quoted_without_login(address);
}

std::optional<std::string> check_listen_address(std::string_view address) {
  const auto parts = split(address);
  if (parts && is_port(parts->port, 0)) return std::nullopt;
  return "an address to listen on is :PORT, HOST:PORT or [IPV6]:PORT, not " +
         quoted_without_login(address);
}

std::optional<std::string> check_telemetry_path(std::string_view path) {
  const bool plain = std::ranges::all_of(path, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"/-_.~"}.find(c) != std::string_view::npos;
  });
  const auto quoted = "\"" + std::string(path) + "\"";
  if (path.size() < 2 || path.front() != '/' || !plain || path.starts_with("/-/") ||
      path.starts_with("/api/"))
    return "the path of the metrics begins with \"/\", is made of letters, digits and -_.~/ and is "
           "not below /-/ or /api/, not " +
           quoted;
  // CivetWeb removes both from the path of a request.
  if (path.find("//") != std::string_view::npos || path.find("./") != std::string_view::npos ||
      path.ends_with('.'))
    return "the path of the metrics has no \"//\", and no part of it ends with a dot: no request "
           "would reach " +
           quoted;
  return std::nullopt;
}

}  // namespace kie::config
