#include "layers/regularization/alpha_dropout.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/random.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::AlphaDropout;
using test::check_layer;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_regularization_alpha_dropout)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(AlphaDropout(0.25),
              {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .num_seed_states = 1, .supports_masking = true});
  check_layer(
      AlphaDropout(0.25, {.noise_shape = {{kUnknown, 1, 4}}, .seed = 3}),
      {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .num_seed_states = 1, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_numbers_and_each_call_others) {
  const Tensor x = ops::ones({4, 100});
  const AlphaDropout first(0.5, {.seed = 7}), second(0.5, {.seed = 7});
  const std::vector<double> y = values_of(first(x, {.training = true}));
  BOOST_TEST(y == values_of(second(x, {.training = true})), boost::test_tools::per_element());
  BOOST_TEST((y != values_of(first(x, {.training = true}))));
  BOOST_TEST(values_of(first(x)) == values_of(x), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rate_of_zero_needs_no_seed_generator) {
  check_layer(AlphaDropout(0.0), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(rejects_rate_outside_of_0_to_1) {
  BOOST_TEST(message_of<InvalidArgument>([] { AlphaDropout(1.5, {.name = "d"}); }) ==
             "AlphaDropout 'd': rate must lie between 0 and 1; got 1.500000");
}

BOOST_AUTO_TEST_CASE(keeps_mean_and_variance_of_normal_inputs) {
  const Tensor x = ops::random_normal({300, 200}, SeedGenerator(1).next());
  const std::vector<double> y = values_of(AlphaDropout(0.3, {.seed = 1})(x, {.training = true}));
  double mean = 0, squares = 0;
  for (const double value : y) {
    mean += value / 60000;
    squares += value * value / 60000;
  }
  BOOST_TEST(std::abs(mean) < 0.02);
  BOOST_TEST(std::abs(squares - 1.0) < 0.03);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
