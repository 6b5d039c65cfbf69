#include "tests/support/kernel_check.h"

#include <omp.h>

#include <boost/test/unit_test.hpp>
#include <cstring>

#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/num_threads.h"

namespace cornu::test {

void check_cpu_kernel(const std::string& operation, const Attributes& attributes, const Tensors& inputs, double rtol,
                      double atol) {
  const int threads = omp_get_max_threads();
  set_num_threads(1);
  const Tensors alone = run_kernel(Backend::kCpu, operation, attributes, inputs);
  for (int count : {2, 4}) {
    set_num_threads(count);
    const Tensors together = run_kernel(Backend::kCpu, operation, attributes, inputs);
    for (std::size_t i = 0; i < alone.size(); ++i) {
      BOOST_TEST(std::memcmp(alone[i].raw(), together[i].raw(), alone[i].num_bytes()) == 0,
                 operation << ": output " << i << " differs between 1 and " << count << " threads");
    }
  }
  set_num_threads(threads);
  const Tensors expected = run_kernel(Backend::kReference, operation, attributes, inputs);
  for (std::size_t i = 0; i < alone.size(); ++i) check_close(alone[i], expected[i], rtol, atol);
}

Tensor as_float32(const Tensor& values) { return Tensor::copy(values.to_vector<float>(), values.shape()); }

}  // namespace cornu::test
