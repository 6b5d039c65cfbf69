#include "layers/reshaping/zero_padding2d.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::ZeroPadding2D;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_zero_padding2d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(ZeroPadding2D(), {.input_shapes = {{2, 3, 4, 2}}, .output_shapes = {{2, 5, 6, 2}}});
  check_layer(ZeroPadding2D({.padding = {1, 2}}), {.input_shapes = {{2, 3, 4, 2}}, .output_shapes = {{2, 5, 8, 2}}});
  check_layer(ZeroPadding2D({.padding = {{1, 2}, {0, 1}}, .data_format = "channels_first"}),
              {.input_shapes = {{2, 2, 3, 4}}, .output_shapes = {{2, 2, 6, 5}}});
}

BOOST_AUTO_TEST_CASE(puts_zeros_at_each_end) {
  BOOST_TEST(values_of(ZeroPadding2D({.padding = {{1, 0}, {0, 2}}})(floats({7}, {1, 1, 1, 1}))) ==
                 (std::vector<double>{0, 0, 0, 7, 0, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(writes_what_keras_writes) {
  const Config padding = ZeroPadding2D({.padding = {1, 2}})->config().at("padding");
  BOOST_TEST(padding.as_list()[0].as_ints() == (std::vector<std::int64_t>{1, 1}), boost::test_tools::per_element());
  BOOST_TEST(padding.as_list()[1].as_ints() == (std::vector<std::int64_t>{2, 2}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_other_paddings) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               ZeroPadding2D({.padding = {1, 2, 3}, .name = "z"});
             }) == "ZeroPadding2D 'z': padding must be an integer, 2 integers, or 2 pairs of them, none negative");
  BOOST_TEST(message_of<InvalidArgument>([] { ZeroPadding2D({.padding = -1, .name = "z"}); }) ==
             "ZeroPadding2D 'z': padding must be an integer, 2 integers, or 2 pairs of them, none negative");
  BOOST_TEST(message_of<ShapeError>([] {
               ZeroPadding2D({.name = "z"})(floats({1}, {1, 1}));
             }) ==
             "ZeroPadding2D 'z': Input 0 of layer \"z\" is incompatible with the layer: expected ndim=4, found ndim=2. "
             "Full shape "
             "received: (1, 1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
