#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Why a server's certificate is refused. librdkafka and OpenSSL only report that it could not be
/// verified. Pure.
namespace kie::kafka {

enum class CertificateFault : std::uint8_t {
  kOtherName,
  kExpired,
  kNotYetValid,
  /// It is not signed by a trusted certificate.
  kUnknownAuthority,
  kOther,
};

struct CertificateProblem {
  CertificateFault fault = CertificateFault::kOther;
  /// OpenSSL's text.
  std::string reason;
  /// Whether the refused certificate is that of a CA in the server's chain.
  bool is_of_authority = false;
  /// As in "O=Watchers, CN=exporter".
  std::string subject;
  std::string issuer;
  /// Its names, as in "DNS:kafka-0.example.com" and "IP:127.0.0.1"; without a subjectAltName the
  /// subject's CN.
  std::vector<std::string> names;
  /// In UTC, as in "2020-01-31 12:00:00 UTC".
  std::string not_before;
  std::string not_after;
};

/// `error`: OpenSSL's X509_V_ERR_*. `depth`: 0 is the server's own certificate, others are of CAs.
/// `der`: the certificate, not trusted; what cannot be read in it stays empty.
CertificateProblem describe_certificate(int error, int depth, std::string_view der);

}  // namespace kie::kafka
