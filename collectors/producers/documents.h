#pragma once

#include <string_view>
#include <vector>

namespace kie::producers {

/// The documents of a body, one a line (NDJSON) or one right after the other, without what is
/// between them. Of one that is broken no more than the rest of its line is lost with it, where the
/// next begins a line: "{" does so only where a document begins.
std::vector<std::string_view> split_documents(std::string_view body);

}  // namespace kie::producers
