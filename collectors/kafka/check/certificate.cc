#include "collectors/kafka/check/certificate.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>
#include <memory>

namespace kie::kafka {
namespace {

struct Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

// A certificate may have any number of names; the message has the first ones.
constexpr int kMostNames = 10;

CertificateFault fault_of(int error) {
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return CertificateFault::kOtherName;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return CertificateFault::kExpired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return CertificateFault::kNotYetValid;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    // Signed by another CA with the same name.
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return CertificateFault::kUnknownAuthority;
    default:
      return CertificateFault::kOther;
  }
}

std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, Free> out{BIO_new(BIO_s_mem())};
  if (!out || name == nullptr) return {};
  // Control characters are escaped, so that it stays one line.
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string{};
}

std::string date_of(const ASN1_TIME* time) {
  std::tm utc{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &utc) != 1) return {};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02} UTC", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

std::string bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_of(const ASN1_OCTET_STRING* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int size = ASN1_STRING_length(address);
  if (size != 4 && size != 16) return {};
  if (inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(address), text.data(),
                text.size()) == nullptr)
    return {};
  return text.data();
}

std::string common_name(X509* certificate) {
  const auto* subject = X509_get_subject_name(certificate);
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  return bytes_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

std::vector<std::string> names_of(X509* certificate) {
  std::vector<std::string> texts;
  const std::unique_ptr<GENERAL_NAMES, Free> names{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count && i < kMostNames; ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) texts.push_back("DNS:" + bytes_of(name->d.dNSName));
    if (name->type == GEN_IPADD) texts.push_back("IP:" + address_of(name->d.iPAddress));
  }
  if (count > kMostNames) texts.push_back(fmt::format("and {} more", count - kMostNames));
  if (texts.empty())
    if (auto name = common_name(certificate); !name.empty())
      texts.push_back("CN=" + std::move(name));
  return texts;
}

}  // namespace

CertificateProblem describe_certificate(int error, int depth, std::string_view der) {
  CertificateProblem problem;
  problem.fault = fault_of(error);
  problem.reason = X509_verify_cert_error_string(error);
  problem.is_of_authority = depth > 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<X509, Free> certificate{
      d2i_X509(nullptr, &bytes, static_cast<long>(der.size()))};
  if (!certificate) return problem;
  problem.subject = text_of(X509_get_subject_name(certificate.get()));
  problem.issuer = text_of(X509_get_issuer_name(certificate.get()));
  problem.names = names_of(certificate.get());
  problem.not_before = date_of(X509_get0_notBefore(certificate.get()));
  problem.not_after = date_of(X509_get0_notAfter(certificate.get()));
  return problem;
}

}  // namespace kie::kafka
