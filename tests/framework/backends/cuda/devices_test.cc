// What is said about cards, with drivers made up for it: this works on a machine with any card or none.

#include "framework/backends/cuda/devices.h"

#include <boost/test/unit_test.hpp>
#include <cstdio>

#include "framework/error.h"
#include "tests/support/message_of.h"

namespace cornu::cuda {
namespace {

// A driver with two cards; the tests change what they are about.
Driver made_up_driver() {
  Driver driver;
  driver.init = [](unsigned int) { return CUDA_SUCCESS; };
  driver.driver_get_version = [](int* version) {
    *version = CUDA_VERSION;
    return CUDA_SUCCESS;
  };
  driver.get_error_name = [](CUresult, const char** name) {
    *name = "CUDA_ERROR_SYSTEM_NOT_READY";
    return CUDA_SUCCESS;
  };
  driver.get_error_string = [](CUresult, const char** text) {
    *text = "system not yet initialized";
    return CUDA_SUCCESS;
  };
  driver.device_get_count = [](int* count) {
    *count = 2;
    return CUDA_SUCCESS;
  };
  driver.device_get = [](CUdevice* device, int number) {
    *device = 10 + number;
    return CUDA_SUCCESS;
  };
  driver.device_get_name = [](char* name, int size, CUdevice device) {
    std::snprintf(name, static_cast<std::size_t>(size), "Card %d", static_cast<int>(device));
    return CUDA_SUCCESS;
  };
  driver.device_get_attribute = [](int* value, CUdevice_attribute attribute, CUdevice) {
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 9 : 0;
    return CUDA_SUCCESS;
  };
  driver.device_total_mem = [](std::size_t* bytes, CUdevice) {
    *bytes = std::size_t{80} << 30;
    return CUDA_SUCCESS;
  };
  return driver;
}

DeviceInfo only_device_of(const OrReason<Driver>& driver) {
  const std::vector<DeviceInfo> devices = devices_of(driver, "");
  BOOST_REQUIRE(devices.size() == 1u);
  return devices[0];
}

void check_no_gpu(const OrReason<Driver>& driver, const std::string& reason) {
  const DeviceInfo gpu = only_device_of(driver);
  BOOST_TEST(gpu.name == "gpu");
  BOOST_TEST(!gpu.usable);
  BOOST_TEST(gpu.reason == reason);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_devices)

BOOST_AUTO_TEST_CASE(cards_have_name_capability_and_memory) {
  const std::vector<DeviceInfo> devices = devices_of(made_up_driver(), "");
  BOOST_REQUIRE(devices.size() == 2u);
  BOOST_TEST(devices[1].name == "gpu:1");
  BOOST_TEST(devices[1].description == "Card 11, compute capability 9.0");
  BOOST_TEST(devices[1].memory_bytes == std::uint64_t{80} << 30);
  BOOST_TEST(devices[1].usable);
  BOOST_TEST(devices[1].reason == "");
}

BOOST_AUTO_TEST_CASE(a_card_that_is_too_old_is_not_usable) {
  Driver driver = made_up_driver();
  driver.device_get_attribute = [](int* value, CUdevice_attribute attribute, CUdevice) {
    *value = attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? 7 : 5;
    return CUDA_SUCCESS;
  };
  const std::vector<DeviceInfo> devices = devices_of(driver, "");
  BOOST_TEST(!devices[0].usable);
  BOOST_TEST(devices[0].reason ==
             "cornu computes on cards of compute capability 8.0 (Ampere) and newer, this one has 7.5");
}

BOOST_AUTO_TEST_CASE(a_missing_library_makes_cards_unusable) {
  const std::vector<DeviceInfo> devices = devices_of(made_up_driver(), "libcudnn.so.9 was not found: install cuDNN 9");
  BOOST_REQUIRE(devices.size() == 2u);
  BOOST_TEST(devices[0].name == "gpu:0");
  BOOST_TEST(!devices[0].usable);
  BOOST_TEST(devices[0].reason == "libcudnn.so.9 was not found: install cuDNN 9");
}

BOOST_AUTO_TEST_CASE(no_driver_is_said) {
  const std::string reason = "libcuda.so.1 was not found: no NVIDIA driver is installed";
  check_no_gpu(OrReason<Driver>::missing(reason), reason);
}

BOOST_AUTO_TEST_CASE(an_older_driver_is_said) {
  Driver driver = made_up_driver();
  driver.driver_get_version = [](int* version) {
    *version = 11080;
    return CUDA_SUCCESS;
  };
  const std::string built = std::to_string(CUDA_VERSION / 1000) + "." + std::to_string(CUDA_VERSION % 1000 / 10);
  check_no_gpu(driver, "the NVIDIA driver runs CUDA 11.8, cornu was built with CUDA " + built +
                           ": install a newer driver, or build cornu with an older toolkit");
}

BOOST_AUTO_TEST_CASE(no_card_is_said) {
  Driver driver = made_up_driver();
  driver.init = [](unsigned int) { return CUDA_ERROR_NO_DEVICE; };
  check_no_gpu(driver, "the NVIDIA driver finds no card in this machine");
  driver = made_up_driver();
  driver.device_get_count = [](int* count) {
    *count = 0;
    return CUDA_SUCCESS;
  };
  check_no_gpu(driver, "the NVIDIA driver shows no card: is CUDA_VISIBLE_DEVICES empty?");
}

BOOST_AUTO_TEST_CASE(a_failing_call_is_told_in_the_drivers_words) {
  Driver driver = made_up_driver();
  driver.init = [](unsigned int) { return CUDA_ERROR_SYSTEM_NOT_READY; };
  const std::string message = "CUDA: cuInit failed: system not yet initialized [CUDA_ERROR_SYSTEM_NOT_READY, 802]";
  check_no_gpu(driver, message);
  BOOST_TEST(test::message_of<Error>([&] { driver.check(CUDA_ERROR_SYSTEM_NOT_READY, "cuInit"); }) == message);
  // A number that the driver itself does not know.
  driver.get_error_name = [](CUresult, const char**) { return CUDA_ERROR_INVALID_VALUE; };
  driver.get_error_string = [](CUresult, const char**) { return CUDA_ERROR_INVALID_VALUE; };
  BOOST_TEST(test::message_of<Error>([&] { driver.check(CUDA_ERROR_SYSTEM_NOT_READY, "cuInit"); }) ==
             "CUDA: cuInit failed: no description [an unknown error, 802]");
}

BOOST_AUTO_TEST_CASE(a_library_that_is_no_driver_lacks_its_functions) {
  const auto library = SharedLibrary::open({"libm.so.6"}, "install libm");
  BOOST_REQUIRE(library);
  const auto functions = driver_of(*library);
  BOOST_TEST(!functions);
  BOOST_TEST(functions.reason() == "libm.so.6 has no cuInit: it is older than what cornu was built for");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::cuda
