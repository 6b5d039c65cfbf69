#include "layers/regularization/dropout.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/autodiff/gradient_tape.h"
#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Dropout;
using test::check_layer;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_regularization_dropout)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Dropout(0.25),
              {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .num_seed_states = 1, .supports_masking = true});
  check_layer(
      Dropout(0.25, {.noise_shape = {{kUnknown, 1, 4}}, .seed = 3}),
      {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .num_seed_states = 1, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_numbers_and_each_call_others) {
  const Tensor x = ops::ones({4, 100});
  const Dropout first(0.5, {.seed = 7}), second(0.5, {.seed = 7});
  const std::vector<double> y = values_of(first(x, {.training = true}));
  BOOST_TEST(y == values_of(second(x, {.training = true})), boost::test_tools::per_element());
  BOOST_TEST((y != values_of(first(x, {.training = true}))));
  BOOST_TEST(values_of(first(x)) == values_of(x), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rate_of_zero_needs_no_seed_generator) {
  check_layer(Dropout(0.0), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(rejects_rate_outside_of_0_to_1) {
  BOOST_TEST(message_of<InvalidArgument>([] { Dropout(1.5, {.name = "d"}); }) ==
             "Dropout 'd': rate must lie between 0 and 1; got 1.500000");
}

// 20 000 elements: the standard error of the fraction is 0.3 %.
BOOST_AUTO_TEST_CASE(drops_at_its_rate_and_keeps_the_expectation) {
  const std::vector<double> y = values_of(Dropout(0.25, {.seed = 1})(ops::ones({200, 100}), {.training = true}));
  const auto zeros = std::count(y.begin(), y.end(), 0.0);
  BOOST_TEST(std::abs(static_cast<double>(zeros) / 20000 - 0.25) < 0.015);
  BOOST_TEST(
      std::all_of(y.begin(), y.end(), [](double value) { return value == 0.0 || std::abs(value - 4.0 / 3) < 1e-6; }));
}

BOOST_AUTO_TEST_CASE(elements_share_their_fate_along_the_noise_shape) {
  const std::vector<double> y =
      values_of(Dropout(0.5, {.noise_shape = {{kUnknown, 1}}, .seed = 2})(ops::ones({50, 3}), {.training = true}));
  for (std::size_t i = 0; i < y.size(); i += 3) {
    BOOST_TEST(y[i] == y[i + 1]);
    BOOST_TEST(y[i] == y[i + 2]);
  }
}

BOOST_AUTO_TEST_CASE(the_gradient_passes_where_elements_were_kept) {
  const Tensor x = ops::ones({10, 10});
  const Dropout dropout(0.5, {.seed = 3});
  const GradientTape tape;
  const Tensor y = dropout(x, {.training = true});
  BOOST_TEST(values_of(tape.gradient(y, Tensors{x})[0]) == values_of(y), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_sizes_below_1_in_the_noise_shape) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               Dropout(0.5, {.noise_shape = {{2, 0}}, .name = "d"});
             }) == "Dropout 'd': noise_shape must have sizes of at least 1, or kUnknown; got 0 in (2, 0)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
