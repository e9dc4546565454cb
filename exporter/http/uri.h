#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::http {

/// Replaces %XX; nullopt if a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text);

/// The decoded segments of a path that is not decoded: "/a/b%2Fc" is {"a", "b/c"}.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

/// The parameters of a query that is not decoded, "a=1&b=x+y%21". The last of several with one name
/// counts; a parameter without "=" is empty.
std::optional<std::map<std::string, std::string>> query_parameters(std::string_view query);

}  // namespace kie::http
