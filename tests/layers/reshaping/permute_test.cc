#include "layers/reshaping/permute.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Permute;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_permute)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Permute({2, 1}), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 4, 3}}});
  check_layer(Permute({3, 1, 2}), {.input_shapes = {{2, 3, 4, 5}}, .output_shapes = {{2, 5, 3, 4}}});
}

BOOST_AUTO_TEST_CASE(exchanges_axes) {
  BOOST_TEST(
      values_of(Permute({2, 1})(floats({1, 2, 3, 4, 5, 6}, {1, 2, 3}))) == (std::vector<double>{1, 4, 2, 5, 3, 6}),
      boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(dims_have_to_be_a_permutation) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               Permute({0, 1}, {.name = "p"});
             }) ==
             "Permute 'p': dims must be the numbers from 1 to 2 in some order; got (0, 1). The batch, axis 0, stays in "
             "front.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
