#include <boost/test/unit_test.hpp>

#include "framework/config.h"
#include "framework/device.h"
#include "io/json.h"
#include "tests/apps/command_test.h"

namespace cornu::testing {

BOOST_AUTO_TEST_SUITE(apps_cli_devices_command)

BOOST_AUTO_TEST_CASE(devices_are_printed_a_line_each) {
  const CommandResult result = run_cornu("devices");
  BOOST_TEST(result.exit_code == 0);
  BOOST_TEST(result.errors == "");
  const std::vector<DeviceInfo> devices = list_devices();
  std::size_t position = 0;
  for (const DeviceInfo& device : devices) {
    BOOST_TEST(result.output.find(device.name + ": " + device.description, position) == position);
    const std::size_t end = result.output.find('\n', position);
    BOOST_REQUIRE(end != std::string::npos);
    const std::string line = result.output.substr(position, end - position);
    BOOST_TEST(line.ends_with(device.usable ? " GiB" : "not usable: " + device.reason), line);
    position = end + 1;
  }
  BOOST_TEST(position == result.output.size());
}

BOOST_AUTO_TEST_CASE(devices_are_printed_as_json) {
  const CommandResult result = run_cornu("devices --json");
  BOOST_TEST(result.exit_code == 0);
  const Config report = io::parse_json(result.output, "stdout");
  const std::vector<DeviceInfo> devices = list_devices();
  BOOST_REQUIRE(report.size() == devices.size());
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const Config& entry = report.as_list()[i];
    BOOST_TEST(entry.at("name").as_string() == devices[i].name);
    BOOST_TEST(entry.at("description").as_string() == devices[i].description);
    BOOST_TEST(entry.at("memory_bytes").as_int() == static_cast<std::int64_t>(devices[i].memory_bytes));
    BOOST_TEST(entry.at("usable").as_bool() == devices[i].usable);
    BOOST_TEST(entry.at("reason").as_string() == devices[i].reason);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::testing
