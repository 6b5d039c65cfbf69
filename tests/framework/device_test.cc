#include "framework/device.h"

#include <boost/test/unit_test.hpp>

namespace cornu {

BOOST_AUTO_TEST_SUITE(framework_device)

BOOST_AUTO_TEST_CASE(the_cpu_comes_first_and_is_usable) {
  const std::vector<DeviceInfo> devices = list_devices();
  BOOST_REQUIRE(devices.size() >= 2u);
  BOOST_TEST(devices[0].name == "cpu:0");
  BOOST_TEST(devices[0].description != "");
  BOOST_TEST(devices[0].memory_bytes > 0u);
  BOOST_TEST(devices[0].usable);
  BOOST_TEST(devices[0].reason == "");
}

BOOST_AUTO_TEST_CASE(what_is_not_usable_has_a_reason) {
  for (const DeviceInfo& device : list_devices()) {
    BOOST_TEST_CONTEXT(device.name) { BOOST_TEST(device.usable == device.reason.empty()); }
  }
}

BOOST_AUTO_TEST_CASE(there_is_always_word_of_gpus) {
  const std::vector<DeviceInfo> devices = list_devices();
  for (std::size_t i = 1; i < devices.size(); ++i) BOOST_TEST(devices[i].name.starts_with("gpu"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu
