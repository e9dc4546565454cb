#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace kie::api {

/// What becomes {"error": text}.
struct ApiError {
  int status = 400;
  std::string text;
};

/// The parameters of one query. Each that is asked for is known; finish() fails for the first that
/// is wrong or unknown.
class Parameters {
 public:
  explicit Parameters(std::map<std::string, std::string> given) : given_(std::move(given)) {}

  std::optional<std::string> text(const std::string& name);
  /// true or false; false if it is not there.
  bool flag(const std::string& name);
  /// 1 to most; `otherwise` if it is not there.
  std::uint64_t number(const std::string& name, std::uint64_t otherwise, std::uint64_t most);
  /// Says that a value that was taken is wrong.
  void wrong(const std::string& name, const std::string& what);

  tl::expected<void, ApiError> finish() const;

 private:
  std::map<std::string, std::string> given_;
  std::set<std::string> known_;
  std::string problem_;
};

}  // namespace kie::api
