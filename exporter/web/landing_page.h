#pragma once

#include "exporter/cluster/status.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace kie::http {

struct LandingPage {
  std::string_view version;
  std::string_view telemetry_path;
  std::vector<ClusterStatus> clusters;
  std::chrono::system_clock::time_point now;
  std::chrono::steady_clock::time_point now_steady;
};

/// The page at /: links, version, and the state of each cluster in sentences, as HTML.
std::string landing_page(const LandingPage& page);

/// Escapes HTML markup, for text and attribute values.
std::string escape_html(std::string_view text);

}  // namespace kie::http
