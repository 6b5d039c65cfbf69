#include "framework/ops/layer_norm.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/operation.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_check.h"
#include "tests/support/kernel_test.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::as_float32;
using test::check_close;
using test::uniform;

BOOST_AUTO_TEST_SUITE(framework_ops_layer_norm)

BOOST_AUTO_TEST_CASE(values) {
  const Tensor x = Tensor::copy({1.0F, 3.0F, 5.0F, 5.0F}, {2, 2});
  const float z = 1.0F / std::sqrt(1.001F);
  check_close(ops::layer_norm(x), Tensor::copy({-z, z, 0.0F, 0.0F}, {2, 2}));
  check_close(ops::layer_norm(x, Tensor::copy({2.0F, 1.0F}, {2}), Tensor::copy({0.0F, 1.0F}, {2})),
              Tensor::copy({-2 * z, z + 1, 0.0F, 1.0F}, {2, 2}));
  check_close(ops::rms_norm(x), Tensor::copy({1 / std::sqrt(5.0F), 3 / std::sqrt(5.0F), 1.0F, 1.0F}, {2, 2}));
  const Tensor both = ops::layer_norm(x, {}, {}, {.num_axes = 2});
  check_close(both, ops::layer_norm(Tensor::copy({1.0F, 3.0F, 5.0F, 5.0F}, {2, 2}), {}, {}, {.num_axes = 2}));
  BOOST_TEST(std::abs(both.to_vector<double>()[0] + 2.5 / std::sqrt(2.75 + 1e-3)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(cpu_kernels_equal_the_reference) {
  for (const Shape& shape :
       {Shape{4, 3}, Shape{5, 1}, Shape{200, 64}, Shape{3, 1000}, Shape{2, 65, 33}, Shape{0, 4}, Shape{2, 20011}}) {
    for (std::int64_t num_axes : {1, 2}) {
      for (bool centered : {true, false}) {
        BOOST_TEST_CONTEXT("shape " << shape.to_string() << ", " << num_axes << " axes, centered " << centered) {
          const Shape normalised = shape.slice(-num_axes);
          const Tensor x = as_float32(uniform(shape, 1, -1, 3));
          const Tensor gamma = as_float32(uniform(normalised, 2, 0.5, 1.5));
          const Tensor beta = as_float32(uniform(normalised, 3));
          const Tensor dy = as_float32(uniform(shape, 4));
          const Attributes attributes{{"epsilon", 1e-3}, {"num_axes", num_axes}, {"centered", centered}};
          test::check_cpu_kernel("layer_norm", attributes, {x, gamma, beta}, 3e-6, 3e-6);
          const Tensors forward = test::run_kernel(Backend::kReference, "layer_norm", attributes, {x, gamma, beta});
          test::check_cpu_kernel("layer_norm_gradient", attributes, {x, forward[1], forward[2], gamma, dy}, 3e-6, 1e-5);
        }
      }
    }
  }
}

// float32 inputs around 1000 carry 3e-5 each; the mean must not add to that.
BOOST_AUTO_TEST_CASE(a_large_mean_costs_no_digits) {
  const Tensor x = as_float32(uniform({4, 512}, 1, 999, 1001));
  const Attributes attributes{{"epsilon", 1e-3}, {"num_axes", std::int64_t{1}}, {"centered", true}};
  const Tensor gamma = as_float32(uniform({512}, 2, 1, 1));
  const Tensor beta = as_float32(uniform({512}, 2, 0, 0));
  test::check_cpu_kernel("layer_norm", attributes, {x, gamma, beta}, 1e-6, 1e-4);
}

BOOST_AUTO_TEST_CASE(gradients_match_finite_differences) {
  for (const Shape& shape : {Shape{3, 4}, Shape{2, 3, 2}, Shape{2, 1, 3}, Shape{0, 2, 2}}) {
    for (std::int64_t num_axes : {1, 2}) {
      const Shape normalised = shape.slice(-num_axes);
      const Tensors inputs{uniform(shape, 1), uniform(normalised, 2, 0.5, 1.5), uniform(normalised, 3)};
      const auto layer = [&](const Tensors& t) -> Tensors {
        return {ops::layer_norm(t[0], t[1], t[2], {.num_axes = num_axes, .epsilon = 0.1})};
      };
      const auto rms = [&](const Tensors& t) -> Tensors {
        return {ops::rms_norm(t[0], t[1], {.num_axes = num_axes, .epsilon = 0.1})};
      };
      const auto all_outputs = [&](const Tensors& t) {
        return apply(operation_named("layer_norm"), t, {{"epsilon", 0.1}, {"num_axes", num_axes}, {"centered", true}});
      };
      test::check_gradients(layer, inputs);
      test::check_gradients(rms, inputs);
      test::check_gradients(all_outputs, inputs);
      test::check_second_gradients(layer, inputs);
      test::check_second_gradients(rms, inputs);
      test::check_second_gradients(all_outputs, inputs);
    }
  }
}

BOOST_AUTO_TEST_CASE(rejects_what_does_not_fit) {
  const Tensor x = Tensor::empty({2, 3});
  BOOST_TEST(test::message_of<ShapeError>([&] { (void)ops::layer_norm(x, Tensor::empty({2})); }) ==
             "layer_norm: expected gamma of shape (3,), as the normalised axes of x (2, 3); got (2,)");
  BOOST_TEST(test::message_of<InvalidArgument>([&] { (void)ops::layer_norm(x, {}, {}, {.num_axes = 3}); }) ==
             "layer_norm: expected num_axes between 1 and the rank of x; got 3 for shape (2, 3)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
