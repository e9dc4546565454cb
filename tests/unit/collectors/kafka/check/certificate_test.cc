#include "collectors/kafka/check/certificate.h"

#include "tests/unit/collectors/kafka/check/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

namespace kie::kafka {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

TEST(DescribeCertificate, SaysWhoseItIsAndWhatItIsForAndHowLong) {
  const auto authority = test::issue("A private authority", "");
  const auto server =
      test::issue("kafka-0", "DNS:kafka-0.example.com,IP:10.0.0.5,IP:::1", &authority);
  const auto problem = describe_certificate(X509_V_ERR_HOSTNAME_MISMATCH, 0, server.der());
  EXPECT_EQ(problem.fault, CertificateFault::kOtherName);
  EXPECT_FALSE(problem.is_of_authority);
  EXPECT_EQ(problem.subject, "CN=kafka-0");
  EXPECT_EQ(problem.issuer, "CN=A private authority");
  EXPECT_THAT(problem.names, ElementsAre("DNS:kafka-0.example.com", "IP:10.0.0.5", "IP:::1"));
  const auto* date = R"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} UTC)";
  EXPECT_THAT(problem.not_before, MatchesRegex(date));
  EXPECT_THAT(problem.not_after, MatchesRegex(date));
  EXPECT_LT(problem.not_before, problem.not_after);
}

TEST(DescribeCertificate, TellsFaultsApart) {
  const auto der = test::issue("kafka-0", "").der();
  const auto fault = [&](int error) { return describe_certificate(error, 0, der).fault; };
  EXPECT_EQ(fault(X509_V_ERR_IP_ADDRESS_MISMATCH), CertificateFault::kOtherName);
  EXPECT_EQ(fault(X509_V_ERR_CERT_HAS_EXPIRED), CertificateFault::kExpired);
  EXPECT_EQ(fault(X509_V_ERR_CERT_NOT_YET_VALID), CertificateFault::kNotYetValid);
  for (const int error :
       {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
        X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_CERT_SIGNATURE_FAILURE})
    EXPECT_EQ(fault(error), CertificateFault::kUnknownAuthority) << error;
  EXPECT_EQ(fault(X509_V_ERR_CERT_REVOKED), CertificateFault::kOther);
  EXPECT_EQ(describe_certificate(X509_V_ERR_CERT_REVOKED, 0, der).reason, "certificate revoked");
}

TEST(DescribeCertificate, AboveTheServersOwnAreThoseOfAuthorities) {
  const auto authority = test::issue("A private authority", "");
  EXPECT_TRUE(
      describe_certificate(X509_V_ERR_CERT_HAS_EXPIRED, 1, authority.der()).is_of_authority);
}

TEST(DescribeCertificate, TheNameOfOneWithoutAlternativesIsItsSubjects) {
  EXPECT_THAT(
      describe_certificate(X509_V_ERR_HOSTNAME_MISMATCH, 0, test::issue("old", "").der()).names,
      ElementsAre("CN=old"));
}

TEST(DescribeCertificate, ManyNamesAreCutShort) {
  std::string names;
  for (int i = 0; i < 25; ++i) names += (i == 0 ? "DNS:n" : ",DNS:n") + std::to_string(i);
  const auto problem =
      describe_certificate(X509_V_ERR_HOSTNAME_MISMATCH, 0, test::issue("many", names).der());
  ASSERT_THAT(problem.names, SizeIs(11));
  EXPECT_EQ(problem.names.back(), "and 15 more");
}

TEST(DescribeCertificate, BytesThatAreNoneLeaveTheReason) {
  for (const std::string_view bytes : {"", "no certificate"}) {
    const auto problem = describe_certificate(X509_V_ERR_CERT_HAS_EXPIRED, 0, bytes);
    EXPECT_EQ(problem.fault, CertificateFault::kExpired);
    EXPECT_EQ(problem.reason, "certificate has expired");
    EXPECT_THAT(problem.subject, IsEmpty());
    EXPECT_THAT(problem.names, IsEmpty());
  }
}

}  // namespace
}  // namespace kie::kafka
