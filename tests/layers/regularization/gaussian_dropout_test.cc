#include "layers/regularization/gaussian_dropout.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/broadcast_constant.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::GaussianDropout;
using test::check_layer;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_regularization_gaussian_dropout)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(GaussianDropout(0.25),
              {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .num_seed_states = 1, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(a_seed_gives_the_same_numbers_and_each_call_others) {
  const Tensor x = ops::ones({4, 100});
  const GaussianDropout first(0.5, {.seed = 7}), second(0.5, {.seed = 7});
  const std::vector<double> y = values_of(first(x, {.training = true}));
  BOOST_TEST(y == values_of(second(x, {.training = true})), boost::test_tools::per_element());
  BOOST_TEST((y != values_of(first(x, {.training = true}))));
  BOOST_TEST(values_of(first(x)) == values_of(x), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_rate_of_zero_needs_no_seed_generator) {
  check_layer(GaussianDropout(0.0), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(rejects_rate_outside_of_0_to_1) {
  BOOST_TEST(message_of<InvalidArgument>([] { GaussianDropout(1.5, {.name = "d"}); }) ==
             "GaussianDropout 'd': rate must lie between 0 and 1; got 1.500000");
}

BOOST_AUTO_TEST_CASE(has_the_variance_of_dropout) {
  const std::vector<double> y = values_of(GaussianDropout(0.2, {.seed = 1})(ops::ones({300, 200}), {.training = true}));
  double mean = 0, variance = 0;
  for (const double value : y) mean += value / 60000;
  for (const double value : y) variance += (value - mean) * (value - mean) / 60000;
  BOOST_TEST(std::abs(mean - 1.0) < 0.01);
  BOOST_TEST(std::abs(variance - 0.25) < 0.01);
}

BOOST_AUTO_TEST_CASE(does_not_train_with_a_rate_of_1) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               GaussianDropout(1.0, {.name = "d"})(ops::ones({1, 1}), {.training = true});
             }) == "GaussianDropout 'd': a rate of 1 would be noise without bound; choose one below 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
