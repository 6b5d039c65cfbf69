#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <vector>

#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/nvrtc.h"
#include "framework/kernel.h"
#include "framework/operation.h"

namespace cornu::test {

void check_compiles(const std::string& operation, const Attributes& attributes, const TensorSpecs& inputs, bool all) {
  const auto& nvrtc = cuda::Nvrtc::instance();
  if (!nvrtc) {
    BOOST_TEST_MESSAGE("skipped: " << nvrtc.reason());
    return;
  }
  const TensorSpecs outputs = operation_named(operation).infer(inputs, attributes);
  const auto kernel = compile_kernel_of(Backend::kCuda, {operation, attributes, inputs, outputs});
  BOOST_TEST_REQUIRE((kernel != nullptr), "no kernel for " << operation << " " << attributes.to_string());
  const std::vector<cuda::ComputeCapability> known = nvrtc->capabilities();
  std::vector<cuda::ComputeCapability> wanted{{9, 0}};
  if (all) wanted.insert(wanted.end(), {{8, 0}, {10, 0}});
  for (const cuda::Launch& launch : dynamic_cast<const cuda::LaunchKernel&>(*kernel).launches()) {
    for (const cuda::ComputeCapability capability : wanted) {
      if (std::find(known.begin(), known.end(), capability) == known.end()) continue;
      const std::vector<char> cubin = nvrtc->cubin_for(launch.text, launch.name, capability);
      const std::string names(cubin.begin(), cubin.end());
      BOOST_TEST((names.find(".text." + launch.name) != std::string::npos), launch.name);
    }
  }
}

}  // namespace cornu::test
