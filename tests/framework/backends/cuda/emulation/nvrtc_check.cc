#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/launch.h"
#include "framework/operation.h"

namespace cornu::test {

void check_nvrtc_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                          const std::vector<cuda::ComputeCapability>& capabilities) {
  check_nvrtc_compiles(operation, attributes, inputs, operation_named(operation).infer(inputs, attributes),
                       capabilities);
}

void check_nvrtc_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs,
                          const TensorSpecs& outputs, const std::vector<cuda::ComputeCapability>& capabilities) {
  const auto& nvrtc = cuda::Nvrtc::instance();
  if (!nvrtc) {
    BOOST_TEST_MESSAGE("skipped: " << nvrtc.reason());
    return;
  }
  const auto kernel = compile_kernel_of(Backend::kCuda, {operation, attributes, inputs, outputs});
  BOOST_TEST_REQUIRE((kernel != nullptr), operation);
  const std::vector<const cuda::Launch*> launches = cuda::launches_of(*kernel);
  BOOST_TEST(!launches.empty(), operation);
  const std::vector<cuda::ComputeCapability> known = nvrtc->capabilities();
  for (const cuda::ComputeCapability& capability : capabilities) {
    if (std::find(known.begin(), known.end(), capability) == known.end()) {
      BOOST_TEST_MESSAGE("skipped: this NVRTC does not compile for " << capability.architecture());
      continue;
    }
    for (const cuda::Launch* launch : launches) {
      const std::vector<char> cubin = nvrtc->cubin_for(launch->text, launch->name, capability);
      const std::string names(cubin.begin(), cubin.end());
      BOOST_TEST((names.find(".text." + launch->name) != std::string::npos), launch->name);
    }
  }
}

}  // namespace cornu::test
