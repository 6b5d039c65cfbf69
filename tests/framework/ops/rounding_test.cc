#include "framework/ops/rounding.h"

#include <boost/test/unit_test.hpp>

#include "framework/autodiff/gradient_tape.h"
#include "framework/ops/broadcast_constant.h"
#include "tests/support/gradient_check.h"

namespace cornu {
namespace {

using test::check_close;

BOOST_AUTO_TEST_SUITE(framework_ops_rounding)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy({-1.5F, -0.5F, 0.4F, 0.5F, 2.5F}, {5});
  check_close(ops::floor(x), Tensor::copy({-2.0F, -1.0F, 0.0F, 0.0F, 2.0F}, {5}));
  check_close(ops::ceil(x), Tensor::copy({-1.0F, 0.0F, 1.0F, 1.0F, 3.0F}, {5}));
  check_close(ops::round(x), Tensor::copy({-2.0F, 0.0F, 0.0F, 0.0F, 2.0F}, {5}));
  check_close(ops::trunc(x), Tensor::copy({-1.0F, 0.0F, 0.0F, 0.0F, 2.0F}, {5}));
}

BOOST_AUTO_TEST_CASE(gradients_are_zero) {
  const Tensor x = test::uniform({3, 2}, 1);
  for (Tensor (*function)(const Tensor&) : {ops::floor, ops::ceil, ops::round, ops::trunc}) {
    const GradientTape tape;
    check_close(tape.gradient(function(x), Tensors{x})[0], ops::zeros_like(x));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
