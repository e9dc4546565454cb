#include "exporter/producers/rows.h"
#include "tests/fuzz/check.h"

#include <chrono>
#include <optional>
#include <string>

// Rows of producers as a damaged history may have them: the first byte says whether of a client or
// of an instance. What is understood is the row that would be written for it, or one whose errors
// a later list of errors does not have.
namespace {

using namespace kie;
using history::Clocks;

const Clocks kClocks{Clocks::Instant{std::chrono::hours{7}},
                     Clocks::Time{std::chrono::hours{400'000}}};

/// As it would be written for what is read of it; nullopt: it is not understood.
std::optional<std::string> again(const std::string& name, const std::string& row) {
  producers::ProducersState state;
  if (!unpack(name, row, kClocks, state)) {
    KIE_CHECK(state.instances.empty() && state.clients.empty() && state.by_report_id.empty());
    return std::nullopt;
  }
  if (!state.instances.empty()) return pack(state.instances.begin()->second, kClocks);
  return pack(state.clients.begin()->second, kClocks);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string name = data[0] % 2 == 0 ? "client/a" : "instance/a@1@";
  const auto written = again(name, std::string{fuzz::as_text(data + 1, size - 1)});
  if (written) KIE_CHECK(again(name, *written) == written);
  return 0;
}
