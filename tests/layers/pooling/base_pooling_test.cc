#include "layers/pooling/base_pooling.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/core/input.h"
#include "layers/pooling/average_pooling1d.h"
#include "layers/pooling/average_pooling2d.h"
#include "layers/pooling/average_pooling3d.h"
#include "layers/pooling/max_pooling1d.h"
#include "layers/pooling/max_pooling2d.h"
#include "layers/pooling/max_pooling3d.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_pooling_base_pooling)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(MaxPooling1D(3, {.strides = 2, .padding = "same"}),
              {.input_shapes = {{2, 5, 3}}, .output_shapes = {{2, 3, 3}}});
  check_layer(MaxPooling2D(), {.input_shapes = {{2, 5, 4, 3}}, .output_shapes = {{2, 2, 2, 3}}});
  check_layer(MaxPooling3D({1, 2, 2}), {.input_shapes = {{1, 2, 4, 4, 3}}, .output_shapes = {{1, 2, 2, 2, 3}}});
  check_layer(AveragePooling1D(2), {.input_shapes = {{2, 5, 3}}, .output_shapes = {{2, 2, 3}}});
  check_layer(AveragePooling2D({2, 3}, {.strides = 1, .data_format = "channels_first"}),
              {.input_shapes = {{2, 3, 4, 5}}, .output_shapes = {{2, 3, 3, 3}}});
  check_layer(AveragePooling3D(2), {.input_shapes = {{1, 2, 2, 4, 3}}, .output_shapes = {{1, 1, 1, 2, 3}}});
}

BOOST_AUTO_TEST_CASE(values_are_those_worked_out_by_hand) {
  const Tensor x = floats({1, 5, 2, -3, 4}, {1, 5, 1});
  BOOST_TEST(values_of(MaxPooling1D(2)(x)) == (std::vector<double>{5, 2}), boost::test_tools::per_element());
  BOOST_TEST(values_of(MaxPooling1D(2, {.strides = 1, .padding = "same"})(x)) == (std::vector<double>{5, 5, 2, 4, 4}),
             boost::test_tools::per_element());
  // What "same" adds does not count: the last mean is of one number.
  BOOST_TEST(values_of(AveragePooling1D(2, {.padding = "same"})(x)) == (std::vector<double>{3, -0.5, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  const Tensor x = uniform({2, 5, 6, 3}, 1);
  const Tensor first = ops::transpose(x, {0, 3, 1, 2});
  const auto back = [](const Tensor& y) { return ops::transpose(y, {0, 2, 3, 1}); };
  const PoolingOptions options{.strides = 2, .padding = "same"};
  PoolingOptions options_first = options;
  options_first.data_format = "channels_first";
  BOOST_TEST(values_of(back(MaxPooling2D(3, options_first)(first))) == values_of(MaxPooling2D(3, options)(x)),
             boost::test_tools::per_element());
  BOOST_TEST(values_of(back(AveragePooling2D(3, options_first)(first))) == values_of(AveragePooling2D(3, options)(x)),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unknown_lengths_stay_unknown) {
  const Tensor y = MaxPooling1D(2)(Input({kUnknown, 3}));
  BOOST_TEST(y.shape().to_string() == "(None, None, 3)");
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments_and_inputs) {
  BOOST_TEST(
      message_of<InvalidArgument>([] {
        MaxPooling2D({2, 2, 2});
      }) == "MaxPooling2D 'max_pooling2d': pool_size must be an integer or 2 integers, each at least 1; got (2, 2, 2)");
  BOOST_TEST(message_of<InvalidArgument>([] { AveragePooling1D(2, {.padding = "full", .name = "mean"}); }) ==
             "AveragePooling1D 'mean': padding must be \"valid\" or \"same\"; got \"full\"");
  BOOST_TEST(message_of<ShapeError>([] {
               MaxPooling2D()(uniform({1, 4, 3}, 1));
             }).find("expected ndim=4, found ndim=3") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
