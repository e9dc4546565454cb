#include "collectors/producers/read_document.h"

namespace kie::producers {
namespace {

namespace dom = simdjson::dom;

/// Whether a logger put a whole document, or its text, into this value.
bool is_document(const dom::element& value) {
  if (value.is_string()) return value.get_string().value().starts_with('{');
  if (!value.is_object()) return false;
  return value.at_key("client_id").error() == simdjson::SUCCESS;
}

}  // namespace

std::string explain_no_object(const dom::element& sent) {
  return sent.is_string() ? "the document is a string; send the JSON that is in it"
                          : "the document is not a JSON object";
}

std::string add_hint(const std::string& what, const dom::object& document) {
  for (const auto [key, value] : document)
    if (is_document(value))
      return fmt::format("{}; another document is in \"{}\", send that alone", what,
                         key.substr(0, kMostOfKeyInError));
  return what;
}

}  // namespace kie::producers
