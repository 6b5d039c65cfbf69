#include "layers/preprocessing/rescaling.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Rescaling;
using test::check_layer;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_preprocessing_rescaling)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Rescaling(0.5, {.offset = -1.0}),
              {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(Rescaling({1, 2, 3}, {.offset = {4, 5, 6}}),
              {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(scales_pixels_of_any_dtype) {
  const Tensor pixels = Tensor::copy({std::uint8_t{0}, std::uint8_t{128}, std::uint8_t{255}}, {1, 3});
  const Tensor y = Rescaling(2.0, {.offset = {1, 2, 3}})(pixels);
  BOOST_TEST(values_of(y) == (std::vector<double>{1, 258, 513}), boost::test_tools::per_element());
  BOOST_TEST(y.spec().to_string() == "(1, 3) float32");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
