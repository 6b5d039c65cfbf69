#include "layers/pooling/base_global_pooling.h"

#include <boost/test/unit_test.hpp>
#include <limits>

#include "framework/error.h"
#include "framework/ops/reshape.h"
#include "layers/pooling/global_average_pooling1d.h"
#include "layers/pooling/global_average_pooling2d.h"
#include "layers/pooling/global_average_pooling3d.h"
#include "layers/pooling/global_max_pooling1d.h"
#include "layers/pooling/global_max_pooling2d.h"
#include "layers/pooling/global_max_pooling3d.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_pooling_base_global_pooling)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(GlobalAveragePooling1D(),
              {.input_shapes = {{2, 5, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  check_layer(GlobalAveragePooling2D({.keepdims = true}),
              {.input_shapes = {{2, 5, 4, 3}}, .output_shapes = {{2, 1, 1, 3}}});
  check_layer(GlobalAveragePooling3D(), {.input_shapes = {{2, 1, 2, 4, 3}}, .output_shapes = {{2, 3}}});
  check_layer(GlobalMaxPooling1D({.data_format = "channels_first", .keepdims = true}),
              {.input_shapes = {{2, 3, 5}}, .output_shapes = {{2, 3, 1}}});
  check_layer(GlobalMaxPooling2D(), {.input_shapes = {{2, 5, 4, 3}}, .output_shapes = {{2, 3}}});
  check_layer(GlobalMaxPooling3D({.data_format = "channels_first"}),
              {.input_shapes = {{2, 3, 2, 2, 2}}, .output_shapes = {{2, 3}}});
}

BOOST_AUTO_TEST_CASE(masked_positions_do_not_count_even_where_they_are_nan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = floats({1, 2, nan, 5, nan, nan}, {2, 3, 1});
  const Tensor mask = Tensor::copy({true, true, false, true, false, false}, {2, 3});
  const Tensor y = GlobalAveragePooling1D()(x.with_mask(mask));
  BOOST_TEST(values_of(y) == (std::vector<double>{1.5, 5}), boost::test_tools::per_element());
  BOOST_TEST(!y.mask().defined());
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  const Tensor x = uniform({2, 5, 6, 3}, 1);
  const Tensor first = ops::transpose(x, {0, 3, 1, 2});
  BOOST_TEST(
      values_of(GlobalMaxPooling2D({.data_format = "channels_first"})(first)) == values_of(GlobalMaxPooling2D()(x)),
      boost::test_tools::per_element());
  BOOST_TEST(values_of(GlobalAveragePooling2D({.data_format = "channels_first"})(first)) ==
                 values_of(GlobalAveragePooling2D()(x)),
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_inputs_of_another_rank) {
  BOOST_TEST(message_of<ShapeError>([] {
               GlobalMaxPooling2D()(uniform({1, 4, 3}, 1));
             }).find("expected ndim=4, found ndim=3") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
