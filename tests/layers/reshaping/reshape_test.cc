#include "layers/reshaping/reshape.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Reshape;
using test::check_layer;
using test::floats;
using test::message_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_reshape)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Reshape({4, 3}), {.input_shapes = {{2, 12}}, .output_shapes = {{2, 4, 3}}});
  check_layer(Reshape({-1, 2}), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 6, 2}}});
  check_layer(Reshape({-1}), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 12}}});
}

BOOST_AUTO_TEST_CASE(sizes_may_be_unknown) {
  BOOST_TEST(Reshape({-1, 2})->compute_output_shape({{kUnknown, kUnknown, 4}})[0].to_string() == "(None, None, 2)");
}

BOOST_AUTO_TEST_CASE(says_what_does_not_fit) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               Reshape({-1, -1}, {.name = "r"});
             }) == "Reshape 'r': target_shape must have sizes of at least 0 and at most one -1; got (-1, -1)");
  BOOST_TEST(message_of<ShapeError>([] {
               Reshape({5}, {.name = "r"})(floats({1, 2}, {1, 2}));
             }) ==
             "Reshape 'r': expected inputs whose examples fit into target_shape (5,); got an input of shape (1, 2), "
             "whose examples "
             "have 2 elements");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
