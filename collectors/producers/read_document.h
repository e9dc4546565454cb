#pragma once

#include <fmt/format.h>
#include <simdjson.h>
#include <tl/expected.hpp>

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace kie::producers {

/// The most bytes of a document's key in an error: keys are not trusted.
inline constexpr std::size_t kMostOfKeyInError = 40;

/// What the sender of something else than a JSON object should send.
std::string explain_no_object(const simdjson::dom::element& sent);

/// `what` is wrong with a document, and, if another one is inside it, that this should be sent.
std::string add_hint(const std::string& what, const simdjson::dom::object& document);

/// Applies `Parser` to one JSON document. Its run(object) throws what is wrong, a text for the
/// sender, and its key() is where. Errors contain no value of the document.
template <class Parser>
auto read_document(simdjson::dom::parser& json, std::string_view text)
    -> tl::expected<decltype(std::declval<Parser>().run(simdjson::dom::object{})), std::string> {
  Parser parser;
  try {
    const auto sent = json.parse(text.data(), text.size(), /*realloc_if_needed=*/false).value();
    if (!sent.is_object()) return tl::make_unexpected(explain_no_object(sent));
    return parser.run(sent.get_object().value());
  } catch (const std::exception& error) {
    const auto key = parser.key().substr(0, kMostOfKeyInError);
    std::string what = error.what();
    return tl::make_unexpected(key.empty() ? what : fmt::format("at {}: {}", key, what));
  }
}

}  // namespace kie::producers
