// layer_norm and its gradient on a card: the emulated one, or this machine's.

#include <boost/test/unit_test.hpp>

#include "framework/backends/cuda/launch.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/framework/backends/cuda/emulation/nvrtc_check.h"
#include "tests/support/gradient_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

Attributes normalising(std::int64_t num_axes, bool centered = true) {
  return {{"num_axes", num_axes}, {"centered", centered}, {"epsilon", 1e-3}};
}

// Of x, as wide as x is.
Tensors row_statistics(const Attributes& attributes, const Tensor& x, const Tensor& gamma) {
  const Tensors results = run_kernel(Backend::kReference, "layer_norm", attributes, {x, gamma, gamma});
  return {results[1], results[2]};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(framework_backends_cuda_layer_norm)

BOOST_AUTO_TEST_CASE(rows_and_their_gradients_equal_the_reference) {
  TestCard card;
  const struct {
    Shape shape;
    std::int64_t num_axes;
    bool centered;
  } cases[] = {{{5, 10}, 1, true},    {{5, 10}, 1, false}, {{3, 7, 64}, 1, true},  {{2, 3, 5, 7}, 2, true},
               {{4, 3000}, 1, true},  {{6, 1}, 1, true},   {{100000, 1}, 1, true}, {{12}, 1, true},
               {{2000, 33}, 1, true}, {{0, 4}, 1, true},   {{3, 0}, 1, true}};
  for (const auto& [shape, num_axes, centered] : cases) {
    BOOST_TEST_CONTEXT("shape " << shape.to_string() << (centered ? "" : ", not centred")) {
      const Attributes attributes = normalising(num_axes, centered);
      const Shape normalised = shape.slice(shape.rank() - num_axes);
      const Tensor x = uniform_float32(shape, 1, -1, 2);
      const Tensor gamma = uniform_float32(normalised, 2);
      const Tensor dy = uniform_float32(shape, 4);
      check_on_card(card, "layer_norm", attributes, {x, gamma, uniform_float32(normalised, 3)}, 2e-6, 1e-6);
      const Tensors statistics = row_statistics(attributes, x, gamma);
      check_on_card(card, "layer_norm_gradient", attributes, {x, statistics[0], statistics[1], gamma, dy}, 5e-6, 5e-5);
    }
  }
}

BOOST_AUTO_TEST_CASE(float64_is_computed_in_float64) {
  TestCard card;
  const Attributes attributes = normalising(1);
  const Tensor x = uniform({6, 37}, 1);
  const Tensor gamma = uniform({37}, 2);
  check_on_card(card, "layer_norm", attributes, {x, gamma, uniform({37}, 3)}, 1e-13, 1e-14);
  const Tensors statistics = row_statistics(attributes, x, gamma);
  check_on_card(card, "layer_norm_gradient", attributes, {x, statistics[0], statistics[1], gamma, uniform({6, 37}, 4)},
                1e-13, 1e-13);
}

// A sum of squares less the square of the mean would lose most digits here.
BOOST_AUTO_TEST_CASE(a_mean_far_from_zero_costs_no_digits_of_the_variance) {
  TestCard card;
  const Tensors in{uniform_float32({4, 600}, 1, 999, 1001), uniform_float32({600}, 2), uniform_float32({600}, 3)};
  const Tensor rstd = run_on_card(card, "layer_norm", normalising(1), in)[2];
  check_close(rstd, run_kernel(Backend::kReference, "layer_norm", normalising(1), in)[2], 2e-6, 0);
}

BOOST_AUTO_TEST_CASE(results_may_take_the_memory_of_x) {
  const Attributes attributes = normalising(1);
  const TensorSpec x{{64, 96}, float32};
  const TensorSpec gamma{{96}, float32};
  const TensorSpec rows{{64, 1}, float32};
  const TensorSpecs inputs{x, rows, rows, gamma, x};
  const TensorSpecs outputs{x, gamma, gamma};
  const auto kernel = compile_kernel_of(Backend::kCuda, {"layer_norm_gradient", attributes, inputs, outputs});
  BOOST_TEST_REQUIRE((kernel != nullptr));
  BOOST_TEST(kernel->can_share(0, 0));
  BOOST_TEST(kernel->can_share(4, 0));
  // The sums that read x and dy come first.
  BOOST_TEST(kernel->implementation() ==
             "layer_norm_gradient_of_columns<<<12, 256>>> layer_norm_dx_of_rows<<<8, 256>>>");
}

BOOST_AUTO_TEST_CASE(nvrtc_compiles_them) {
  for (const DType dtype : {DType::kFloat32, DType::kBFloat16}) {
    const bool all = dtype == DType::kFloat32;
    const TensorSpec x{{4096, 96}, dtype};
    const TensorSpec gamma{{96}, dtype};
    const TensorSpec rows{{4096, 1}, dtype};
    check_nvrtc_compiles("layer_norm", normalising(1), {x, gamma, gamma}, all ? kEveryCard : kHopper);
    check_nvrtc_compiles("layer_norm_gradient", normalising(1), {x, rows, rows, gamma, x}, all ? kEveryCard : kHopper);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
