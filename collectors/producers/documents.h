#pragma once

#include <string_view>
#include <vector>

namespace kie::producers {

/// The documents of a body, one per line (NDJSON) or one right after the other. A broken one loses
/// at most the rest of its line, if the next begins a line: "{" begins a line only where a document
/// begins.
std::vector<std::string_view> split_documents(std::string_view body);

}  // namespace kie::producers
