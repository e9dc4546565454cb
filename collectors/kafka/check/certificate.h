#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What is wrong with a server's certificate. librdkafka and OpenSSL say only that it could not be
/// verified. Pure.
namespace kie::kafka {

enum class CertificateFault : std::uint8_t {
  kOtherName,
  kExpired,
  kNotYetValid,
  /// No certificate that is trusted here has signed it.
  kUnknownAuthority,
  kOther,
};

struct CertificateProblem {
  CertificateFault fault = CertificateFault::kOther;
  /// OpenSSL's words for it.
  std::string reason;
  /// Whether it is the certificate of a CA that the server's own rests on.
  bool is_of_authority = false;
  /// As in "O=Watchers, CN=exporter".
  std::string subject;
  std::string issuer;
  /// What it is for, as in "DNS:kafka-0.example.com" and "IP:127.0.0.1"; without a subjectAltName
  /// the subject's CN.
  std::vector<std::string> names;
  /// In UTC, as in "2020-01-31 12:00:00 UTC".
  std::string not_before;
  std::string not_after;
};

/// `error`: OpenSSL's X509_V_ERR_*. `depth`: 0 is the server's own certificate, those above are of
/// CAs. `der`: the certificate, sent by whoever may be there; what cannot be read in it stays
/// empty.
CertificateProblem describe_certificate(int error, int depth, std::string_view der);

}  // namespace kie::kafka
