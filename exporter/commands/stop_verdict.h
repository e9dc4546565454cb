#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace kie {

/// What the exporter's API says of the stop of one broker.
struct StopVerdict {
  enum class Answer : std::uint8_t { kYes, kNo, kUnknown };

  Answer answer = Answer::kUnknown;
  /// For a line: "no: 2 partitions ...".
  std::string text;
  /// To ask again is of no use: the question is wrong.
  bool is_final = false;
};

/// Of GET /api/v1/clusters/CLUSTER/brokers/BROKER/stop. Whatever is not the exporter's own yes is
/// none.
StopVerdict read_stop_verdict(long status, std::string_view body);

/// The id, or the name if the id is not known yet, of the only cluster in the answer of
/// GET /api/v1/clusters; or why there is none.
tl::expected<std::string, StopVerdict> read_only_cluster(long status, std::string_view body);

}  // namespace kie
