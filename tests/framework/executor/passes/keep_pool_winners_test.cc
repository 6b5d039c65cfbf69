#include <boost/test/unit_test.hpp>

#include "framework/autodiff/gradient_tape.h"
#include "framework/executor/passes/passes.h"
#include "framework/gradients.h"
#include "framework/ops/activation.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/pool.h"
#include "framework/ops/reduce.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/traced.h"

using namespace cornu;
using namespace cornu::test;

namespace {

TensorSpecs images(DType dtype = DType::kFloat32) { return {{{2, 21, 18, 19}, dtype}}; }

Tensor pooled(const Tensor& x) { return ops::max_pool(x, {3}, {.strides = {2}, .padding = "same"}); }

// Whether the gradient of a pooling for what it pools does without that.
bool keeps_winners(const Traced& traced) {
  Ir ir = traced.ir();
  keep_pool_winners(ir);
  const std::string operations = joined(operations_of(ir));
  BOOST_TEST((operations.find("max_pool_and_winners") == std::string::npos) ==
             (operations.find("max_pool_scatter") == std::string::npos));
  return operations.find("max_pool_gradient") == std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_executor_passes_keep_pool_winners)

BOOST_AUTO_TEST_CASE(the_gradient_stays_as_it_is) {
  const auto loss = [](const Tensor& x) {
    const Tensor y = pooled(ops::relu(x));
    return ops::sum(y * y);
  };
  const Traced traced(images(), [&](const Tensors& in) { return gradients({loss(in[0])}, in); });
  const std::string steps = joined(traced.compile()->step_operations());
  BOOST_TEST(steps.find("max_pool_and_winners") != std::string::npos);
  BOOST_TEST(steps.find("max_pool_gradient") == std::string::npos);
  const Tensor x = as_float32(uniform({2, 21, 18, 19}, 1));
  const GradientTape tape;
  check_close(traced.compile()->run({x})[0], tape.gradient(loss(x), x), 1e-6, 1e-6);
}

BOOST_AUTO_TEST_CASE(what_is_there_anyway_is_searched_again) {
  const auto traced = [](bool fetches, bool of_feed) {
    return Traced(images(), [=](const Tensors& in) {
      const Tensor x = of_feed ? in[0] : ops::relu(in[0]);
      const Tensor y = pooled(x);
      Tensors results = gradients({ops::sum(y * y)}, {x});
      if (fetches) results.push_back(x);
      return results;
    });
  };
  BOOST_TEST(keeps_winners(traced(false, false)));
  BOOST_TEST(!keeps_winners(traced(true, false)));
  BOOST_TEST(!keeps_winners(traced(false, true)));
}

BOOST_AUTO_TEST_CASE(numbers_of_winners_fit_a_byte) {
  const auto traced = [](std::int64_t window) {
    return Traced(images(), [window](const Tensors& in) {
      const Tensor x = ops::relu(in[0]);
      const Tensor y = ops::max_pool(x, {window}, {.padding = "same"});
      return gradients({ops::sum(y * y)}, {x});
    });
  };
  BOOST_TEST(keeps_winners(traced(15)));
  BOOST_TEST(!keeps_winners(traced(17)));
}

BOOST_AUTO_TEST_CASE(other_dtypes_are_searched_again) {
  BOOST_TEST(!keeps_winners(Traced(images(DType::kFloat64), [](const Tensors& in) {
    const Tensor x = ops::relu(in[0]);
    const Tensor y = pooled(x);
    return gradients({ops::sum(y * y)}, {x});
  })));
}

BOOST_AUTO_TEST_SUITE_END()
