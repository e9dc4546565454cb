#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/codec/describe_cluster.h"
#include "collectors/kafka/codec/describe_configs.h"
#include "collectors/kafka/codec/describe_quorum.h"
#include "collectors/kafka/codec/list_offsets.h"
#include "collectors/kafka/codec/metadata.h"
#include "collectors/kafka/codec/offset_for_leader_epoch.h"
#include "collectors/kafka/codec/wire.h"
#include "tests/fuzz/check.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>

// Of the sanitizers' allocator_interface.h, which GCC's lack.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*,
                                                                             std::size_t),
                                                         void (*free_hook)(const volatile void*));

// What a broker may answer, and a client ask, with any bytes. Of the first byte the lower half says
// which message, the upper which version; the rest is the message. Decoding takes no more memory
// than is promised, and what is decoded is what is decoded of it again.
namespace {

using namespace kie::kafka;

/// Of one decoding, all that was ever taken. Unit: bytes.
std::size_t taken = 0;

void count(const volatile void*, std::size_t size) { taken += size; }
void ignore(const volatile void*) {}

[[maybe_unused]] const int kHooks = __sanitizer_install_malloc_and_free_hooks(count, ignore);

/// The text of an error.
constexpr std::size_t kAlways = 500;

template <class Message>
void check(unsigned which, const std::string& bytes) {
  const auto& api = Message::kApi;
  const auto version = static_cast<std::int16_t>(api.oldest + static_cast<int>(which) %
                                                                  (api.newest - api.oldest + 1));
  taken = 0;
  const auto message = codec::decode<Message>(bytes, version);
  KIE_CHECK(taken <= codec::kMostAmplification * bytes.size() + kAlways);
  if (!message) {
    KIE_CHECK(message.error().code == kBadMessage && !message.error().text.empty());
    return;
  }
  const auto written = codec::encode(*message, version);
  const auto again = codec::decode<Message>(written, version);
  KIE_CHECK(again && *again == *message);
  // Tagged fields and what may be written in several ways make it longer only.
  KIE_CHECK(written.size() <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  using Check = void (*)(unsigned, const std::string&);
  // The corpus has these numbers.
  constexpr Check kChecks[] = {check<codec::ApiVersionsRequest>,
                               check<codec::ApiVersionsResponse>,
                               check<codec::MetadataRequest>,
                               check<codec::MetadataResponse>,
                               check<codec::DescribeClusterRequest>,
                               check<codec::DescribeClusterResponse>,
                               check<codec::ListOffsetsRequest>,
                               check<codec::ListOffsetsResponse>,
                               check<codec::OffsetForLeaderEpochRequest>,
                               check<codec::OffsetForLeaderEpochResponse>,
                               check<codec::DescribeConfigsRequest>,
                               check<codec::DescribeConfigsResponse>,
                               check<codec::DescribeQuorumRequest>,
                               check<codec::DescribeQuorumResponse>};
  const auto kind = data[0] & 0x0FU;
  if (kind < std::size(kChecks))
    kChecks[kind](data[0] >> 4U, std::string{kie::fuzz::as_text(data + 1, size - 1)});
  return 0;
}
