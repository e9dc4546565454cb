#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kie::kafka::test {

using std::chrono::hours;

struct OpenSslDeleter {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using CertificatePtr = std::unique_ptr<X509, OpenSslDeleter>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpenSslDeleter>;

/// A certificate and its key. Dates are counted from now on.
struct Identity {
  KeyPtr key{EVP_EC_gen("P-256")};
  CertificatePtr certificate{X509_new()};

  std::string der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(certificate.get(), &bytes);
    if (size < 0) throw std::runtime_error("no certificate");
    std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return text;
  }

  std::string pem() const {
    const std::unique_ptr<BIO, OpenSslDeleter> out{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(out.get(), certificate.get());
    char* text = nullptr;
    const auto size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
  }
};

inline void extend(X509* certificate, int kind, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, OpenSslDeleter> extension{
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    throw std::runtime_error("no extension " + value);
}

/// `issuer`: nullptr, it signs itself. `names`: as in "DNS:localhost,IP:127.0.0.1".
inline Identity issue(const std::string& common_name, const std::string& names,
                      const Identity* issuer = nullptr, hours from = hours{-24},
                      hours until = hours{24}) {
  Identity identity;
  auto* certificate = identity.certificate.get();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), std::chrono::seconds{from}.count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), std::chrono::seconds{until}.count());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(
      certificate,
      X509_get_subject_name(issuer != nullptr ? issuer->certificate.get() : certificate));
  X509_set_pubkey(certificate, identity.key.get());
  extend(certificate, NID_basic_constraints, issuer != nullptr ? "CA:FALSE" : "CA:TRUE");
  if (!names.empty()) extend(certificate, NID_subject_alt_name, names);
  if (X509_sign(certificate, issuer != nullptr ? issuer->key.get() : identity.key.get(),
                EVP_sha256()) == 0)
    throw std::runtime_error("cannot sign");
  return identity;
}

}  // namespace kie::kafka::test
