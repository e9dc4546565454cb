#include "collectors/model/brokers_text.h"

namespace kie::model {
namespace {

TEST(BrokersText, HasCommasBetween) {
  EXPECT_EQ(brokers_text({BrokerId{1}, BrokerId{2}, BrokerId{30}}), "1,2,30");
  EXPECT_EQ(brokers_text({}), "");
}

}  // namespace
}  // namespace kie::model
