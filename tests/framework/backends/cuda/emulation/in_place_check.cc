#include "tests/framework/backends/cuda/emulation/in_place_check.h"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <vector>

#include "framework/kernel.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {

void check_in_place(TestCard& card, const std::string& operation, const Attributes& attributes, const Tensors& inputs) {
  TensorSpecs specs;
  for (const Tensor& tensor : inputs) specs.push_back(tensor.spec());
  const TensorSpecs outputs = inferred(operation, attributes, inputs);
  const auto kernel = compile_kernel_of(Backend::kCuda, {operation, attributes, specs, outputs});
  BOOST_TEST_REQUIRE(kernel->can_share(0, 0));
  const Tensor elsewhere = run_on_card(card, *kernel, inputs, outputs)[0];

  Queue& queue = card.queue();
  const auto lock = queue.lock();
  std::vector<Storage> memory;
  std::vector<Storage> staging;
  std::vector<const void*> sources;
  for (const Tensor& input : inputs) {
    memory.push_back(queue.allocate(input.num_bytes(), "input"));
    staging.push_back(queue.allocate_on_host(input.num_bytes()));
    std::memcpy(staging.back().get(), input.raw(), input.num_bytes());
    queue.copy(memory.back().get(), staging.back().get(), input.num_bytes());
    sources.push_back(memory.back().get());
  }
  void* const target = memory[0].get();
  kernel->run({sources.data(), &target, nullptr, &queue});
  queue.copy(staging[0].get(), target, elsewhere.num_bytes());
  queue.finish();
  BOOST_TEST(std::memcmp(staging[0].get(), elsewhere.raw(), elsewhere.num_bytes()) == 0);
}

}  // namespace cornu::test
