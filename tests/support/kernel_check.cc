#include "tests/support/kernel_check.h"

#include <omp.h>

#include <boost/test/unit_test.hpp>
#include <cstring>

#include "framework/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/num_threads.h"

namespace cornu::test {
namespace {

// As float32 a NaN, as an integer a large number.
constexpr int kGarbage = 0xFF;

}  // namespace

Tensors run_kernel_of(Backend backend, const std::string& operation, const Attributes& attributes,
                      const Tensors& inputs) {
  TensorSpecs specs;
  std::vector<const void*> sources;
  for (const Tensor& input : inputs) {
    specs.push_back(input.spec());
    sources.push_back(input.raw());
  }
  const TensorSpecs results = operation_named(operation).infer(specs, attributes);
  const auto kernel = compile_kernel_of(backend, {operation, attributes, specs, results});
  BOOST_TEST_REQUIRE(kernel != nullptr, "no such kernel for '" << operation << "' of " << specs[0].to_string());
  Tensors outputs;
  std::vector<void*> targets;
  for (const TensorSpec& result : results) {
    outputs.push_back(Tensor::empty(result.shape, result.dtype));
    std::memset(outputs.back().raw(), kGarbage, outputs.back().num_bytes());
    targets.push_back(outputs.back().raw());
  }
  const Storage scratch = allocate_storage(kernel->scratch_bytes());
  std::memset(scratch.get(), kGarbage, kernel->scratch_bytes());
  kernel->run({sources.data(), targets.data(), scratch.get()});
  return outputs;
}

void check_cpu_kernel(const std::string& operation, const Attributes& attributes, const Tensors& inputs, double rtol,
                      double atol) {
  const int threads = omp_get_max_threads();
  set_num_threads(1);
  const Tensors alone = run_kernel_of(Backend::kCpu, operation, attributes, inputs);
  for (int count : {2, 4}) {
    set_num_threads(count);
    const Tensors together = run_kernel_of(Backend::kCpu, operation, attributes, inputs);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      BOOST_TEST(std::memcmp(alone[i].raw(), together[i].raw(), alone[i].num_bytes()) == 0,
                 operation << ": output " << i << " differs between 1 and " << count << " threads");
    }
  }
  set_num_threads(threads);
  const Tensors expected = run_kernel_of(Backend::kReference, operation, attributes, inputs);
  for (std::size_t i = 0; i < alone.size(); ++i) check_close(alone[i], expected[i], rtol, atol);
}

Tensor as_float32(const Tensor& values) { return Tensor::copy(values.to_vector<float>(), values.shape()); }

}  // namespace cornu::test
