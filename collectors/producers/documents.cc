#include "collectors/producers/documents.h"

#include <cstddef>

namespace kie::producers {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
/// Between documents; log shippers send them as an array.
constexpr std::string_view kBetween = " \t\r\n[,]";
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// The length of the first document in `text`: up to its closing bracket, or all.
std::size_t length_of(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth <= 1) return i + 1;
      --depth;
    }
  }
  return text.size();
}

void split_block(std::string_view block, std::vector<std::string_view>& documents) {
  while (true) {
    const auto first = block.find_first_not_of(kBetween);
    if (first == std::string_view::npos) return;
    block.remove_prefix(first);
    const auto length = length_of(block);
    auto document = block.substr(0, length);
    document = document.substr(0, document.find_last_not_of(kSpace) + 1);
    documents.push_back(document);
    block.remove_prefix(length);
  }
}

}  // namespace

std::vector<std::string_view> split_documents(std::string_view body) {
  std::vector<std::string_view> documents;
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  while (!body.empty()) {
    const auto next = body.find("\n{");
    const auto end = next == std::string_view::npos ? body.size() : next + 1;
    split_block(body.substr(0, end), documents);
    body.remove_prefix(end);
  }
  return documents;
}

}  // namespace kie::producers
