#include "layers/normalization/unit_normalization.h"

#include <boost/test/unit_test.hpp>

#include "framework/autodiff/gradient_tape.h"
#include "framework/ops/reduce.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_normalization_unit_normalization)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(UnitNormalization(), {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .supports_masking = true});
  check_layer(UnitNormalization({.axis = {1, 2}}),
              {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 3, 4}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(zeros_stay_zeros_and_have_a_finite_gradient) {
  UnitNormalization norm;
  const Tensor x = floats({3, 4, 0, 0}, {2, 2});
  const GradientTape tape;
  const Tensor y = norm(x);
  BOOST_TEST(values_of(y) == (std::vector<double>{0.6, 0.8, 0, 0}), boost::test_tools::tolerance(1e-6)
                                                                        << boost::test_tools::per_element());
  const std::vector<double> gradient = values_of(tape.gradient(ops::sum(y), x));
  for (double value : gradient) BOOST_TEST(value == value);
}

BOOST_AUTO_TEST_SUITE_END()
