#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace kie::api {

/// Rendered as {"error": text}.
struct ApiError {
  int status = 400;
  std::string text;
};

/// The parameters of one query. Those that are read are known; finish() fails for the first that is
/// wrong or unknown.
class Parameters {
 public:
  explicit Parameters(std::map<std::string, std::string> given) : given_(std::move(given)) {}

  std::optional<std::string> text(const std::string& name);
  /// true or false; false if it is missing.
  bool flag(const std::string& name);
  /// 1 to most; `otherwise` if it is missing.
  std::uint64_t number(const std::string& name, std::uint64_t otherwise, std::uint64_t most);
  /// Stores the error of a value that was read.
  void wrong(const std::string& name, const std::string& what);

  tl::expected<void, ApiError> finish() const;

 private:
  std::map<std::string, std::string> given_;
  std::set<std::string> known_;
  std::string problem_;
};

}  // namespace kie::api
