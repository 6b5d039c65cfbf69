// NVRTC compiles the kernel of every operation, dtype and form of operand: proof without a card that the text is CUDA.

#include "framework/backends/cuda/nvrtc.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "framework/backends/cuda/chain_source.h"
#include "framework/backends/cuda/device_text.h"
#include "framework/error.h"
#include "tests/framework/backends/cuda/emulation/chain_cases.h"
#include "tests/support/message_of.h"

namespace cornu::test {
namespace {

bool has_nvrtc() {
  if (cuda::Nvrtc::instance()) return true;
  BOOST_TEST_MESSAGE("skipped: " << cuda::Nvrtc::instance().reason());
  return false;
}

// All in one text: the compiler takes longer to begin than for a kernel.
void check_compiles(const std::vector<ChainCase>& cases, cuda::ComputeCapability capability) {
  const std::vector<cuda::ComputeCapability> known = cuda::Nvrtc::instance()->capabilities();
  if (std::find(known.begin(), known.end(), capability) == known.end()) {
    BOOST_TEST_MESSAGE("skipped: this NVRTC does not compile for " << capability.architecture());
    return;
  }
  const std::string functions = cuda::device_text({"device_types", "chain_functions"});
  std::string text = functions;
  for (const ChainCase& chain : cases) {
    const auto source = cuda::chain_source(chain.program, chain.inputs, chain.outputs, chain.name);
    BOOST_REQUIRE_MESSAGE(source, chain.name);
    text += source->text.substr(functions.size());
  }
  const std::vector<char> cubin = cuda::Nvrtc::instance()->cubin_for(text, "chains", capability);
  BOOST_TEST((cubin.size() > 4 && std::memcmp(cubin.data(),
                                              "\x7f"
                                              "ELF",
                                              4) == 0));
  const std::string names(cubin.begin(), cubin.end());
  for (const ChainCase& chain : cases) {
    BOOST_TEST((names.find(".text." + chain.name) != std::string::npos), chain.name);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_nvrtc)

BOOST_AUTO_TEST_CASE(compiles_operations_for_ampere) {
  if (has_nvrtc()) check_compiles(form_cases(), {8, 0});
}

BOOST_AUTO_TEST_CASE(compiles_operations_for_hopper) {
  if (has_nvrtc()) check_compiles(form_cases(), {9, 0});
}

BOOST_AUTO_TEST_CASE(compiles_operations_for_blackwell) {
  if (has_nvrtc()) check_compiles(form_cases(), {10, 0});
}

BOOST_AUTO_TEST_CASE(compiles_casts_shapes_and_chains) {
  if (!has_nvrtc()) return;
  for (const cuda::ComputeCapability capability : {cuda::ComputeCapability{8, 0}, {9, 0}, {10, 0}}) {
    check_compiles(chain_cases(), capability);
  }
}

BOOST_AUTO_TEST_CASE(a_card_runs_what_was_compiled_for_an_earlier_one_of_its_kind) {
  if (!has_nvrtc()) return;
  const cuda::Nvrtc& nvrtc = *cuda::Nvrtc::instance();
  BOOST_TEST((nvrtc.nearest({9, 0}) == cuda::ComputeCapability{9, 0}));
  BOOST_TEST((nvrtc.nearest({9, 99}) == cuda::ComputeCapability{9, 0}));
  const std::string message = message_of<Unsupported>([&] { nvrtc.nearest({99, 0}); });
  BOOST_TEST(message.find("the card has 99.0: install a newer CUDA toolkit") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(an_error_shows_the_compilers_log) {
  if (!has_nvrtc()) return;
  const std::string message = message_of<Error>([] {
    cuda::Nvrtc::instance()->cubin_for("__global__ void k() { no_such_name = 1; }", "broken", {9, 0});
  });
  BOOST_TEST(message.find("NVRTC could not compile 'broken' for sm_90 [NVRTC_ERROR_COMPILATION]") == 0, message);
  BOOST_TEST(message.find("broken.cu(1): error: identifier \"no_such_name\" is undefined") != std::string::npos,
             message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
