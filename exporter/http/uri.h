#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::http {

/// Replaces %XX; nullopt if a % has no two hexadecimal digits after it.
std::optional<std::string> percent_decode(std::string_view text);

/// What stands between the slashes of a path as it was sent, decoded: "/a/b%2Fc" is {"a", "b/c"}.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

/// The parameters of a query as it was sent, "a=1&b=x+y%21". Of two of one name the last counts, a
/// parameter without "=" is empty.
std::optional<std::map<std::string, std::string>> query_parameters(std::string_view query);

}  // namespace kie::http
