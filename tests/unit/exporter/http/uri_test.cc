#include "exporter/http/uri.h"

namespace kie::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(PercentDecode, ReplacesWhatIsEncoded) {
  EXPECT_EQ(percent_decode("a.b-c_d"), "a.b-c_d");
  EXPECT_EQ(percent_decode("%2F%2f%20"), "// ");
  EXPECT_EQ(percent_decode("%C3%9C"), "Ü");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
  EXPECT_EQ(percent_decode("%00"), std::string("\0", 1));
  EXPECT_EQ(percent_decode("%2541"), "%41") << "once only";
}

TEST(PercentDecode, RefusesWhatIsNotEncoded) {
  for (const auto* text : {"%", "%4", "a%", "%zz", "%4g", "%g4", "%-1", "%+1", "% 1"})
    EXPECT_EQ(percent_decode(text), std::nullopt) << text;
}

TEST(PathSegments, AreDecodedEachForItself) {
  EXPECT_THAT(path_segments("/a/b%2Fc/%20").value(), ElementsAre("a", "b/c", " "));
  EXPECT_THAT(path_segments("/").value(), IsEmpty());
  EXPECT_THAT(path_segments("").value(), IsEmpty());
  EXPECT_THAT(path_segments("/a/").value(), ElementsAre("a"));
  EXPECT_THAT(path_segments("/a//b").value(), ElementsAre("a", "", "b"));
  EXPECT_EQ(path_segments("/a/%"), std::nullopt);
}

TEST(QueryParameters, AreNamesAndValues) {
  EXPECT_THAT(query_parameters("a=1&b=x+y%21&c").value(),
              ElementsAre(Pair("a", "1"), Pair("b", "x y!"), Pair("c", "")));
  EXPECT_THAT(query_parameters("a=1=2&&a%3D=&").value(),
              ElementsAre(Pair("a", "1=2"), Pair("a=", "")));
  EXPECT_THAT(query_parameters("a=1&a=2").value(), ElementsAre(Pair("a", "2")));
  EXPECT_THAT(query_parameters("").value(), IsEmpty());
  EXPECT_EQ(query_parameters("a=%"), std::nullopt);
  EXPECT_EQ(query_parameters("%=a"), std::nullopt);
}

}  // namespace
}  // namespace kie::http
