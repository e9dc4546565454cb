#include "collectors/kafka/truncation_text.h"

#include "tests/fuzz/check.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace {

using kie::kafka::parse_truncation_text;
using kie::kafka::TruncationText;

/// As librdkafka 2.8.0 writes it. Two numbers are lost where there is no end: it says -1 then.
std::string print(const TruncationText& text) {
  const auto end = text.end.value_or(TruncationText::End{kie::LeaderEpoch{-1}, kie::Offset{-1}});
  std::string printed =
      text.end ? "Partition log truncation detected at " : "No epoch found less or equal to ";
  printed += "offset " + std::to_string(text.asked_offset.value) + " (leader epoch " +
             std::to_string(text.asked_epoch.value) + "): broker end offset is " +
             std::to_string(end.offset.value) + " (offset leader epoch " +
             std::to_string(end.epoch.value) + ").";
  printed += text.end ? " Reset to INVALID." : " Reset using configured policy.";
  printed += ": Local: Partition log truncation detected";
  if (text.broker) printed += " (broker " + std::to_string(text.broker->value) + ")";
  return printed;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = kie::fuzz::as_text(data, size);
  const auto parsed = parse_truncation_text(text);
  if (!parsed) return 0;
  KIE_CHECK(kie::kafka::looks_like_truncation_text(text));
  KIE_CHECK(parsed->asked_offset >= kie::Offset{0} && parsed->asked_epoch >= kie::LeaderEpoch{0});
  if (parsed->end)
    KIE_CHECK(parsed->end->offset >= kie::Offset{0} && parsed->end->epoch >= kie::LeaderEpoch{0});
  const auto printed = print(*parsed);
  KIE_CHECK(parse_truncation_text(printed) == parsed);
  // It is written so and no other way: what is left out can only be the end of it.
  if (parsed->end) KIE_CHECK(printed.starts_with(text));
  return 0;
}
