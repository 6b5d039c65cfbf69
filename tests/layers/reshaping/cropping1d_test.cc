#include "layers/reshaping/cropping1d.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Cropping1D;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_cropping1d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Cropping1D({.cropping = {1, 2}}), {.input_shapes = {{2, 6, 3}}, .output_shapes = {{2, 3, 3}}});
  check_layer(Cropping1D(), {.input_shapes = {{2, 6, 3}}, .output_shapes = {{2, 4, 3}}});
}

BOOST_AUTO_TEST_CASE(cuts_both_ends) {
  BOOST_TEST(values_of(Cropping1D({.cropping = {1, 0}})(floats({1, 2, 3}, {1, 3, 1}))) == (std::vector<double>{2, 3}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(something_has_to_be_left) {
  BOOST_TEST(message_of<ShapeError>([] {
               Cropping1D({.cropping = {1, 2}, .name = "c"})(floats({1, 2, 3}, {1, 3, 1}));
             }) ==
             "Cropping1D 'c': cropping must leave something of each axis; got (1, 2) for an axis of size 3 of an input "
             "of shape "
             "(1, 3, 1)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
