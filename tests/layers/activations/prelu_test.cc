#include "layers/activations/prelu.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::PReLU;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_prelu)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(PReLU({.alpha_initializer = "ones"}),
              {.input_shapes = {{4, 3}}, .output_shapes = {{4, 3}}, .weights = {"alpha"}, .supports_masking = true});
  check_layer(PReLU({.shared_axes = {{1, 2}}}), {.input_shapes = {{2, 4, 3, 5}},
                                                 .output_shapes = {{2, 4, 3, 5}},
                                                 .weights = {"alpha"},
                                                 .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(shares_slopes_along_axes) {
  PReLU prelu({.shared_axes = {{1}}});
  prelu->build_for({{kUnknown, kUnknown, 2}});
  BOOST_TEST(prelu->alpha().shape().to_string() == "(1, 2)");
  prelu->set_weights({floats({0.5, 2}, {1, 2})});
  BOOST_TEST(values_of(prelu(floats({-2, -2, 4, -1}, {1, 2, 2}))) == (std::vector<double>{-1, -4, 4, -2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(says_which_sizes_it_needs) {
  BOOST_TEST(
      message_of<ShapeError>([] {
        PReLU({.name = "p"})->build_for({{kUnknown, kUnknown, 2}});
      }) ==
      "PReLU 'p': the sizes of the input must be known but for the batch and shared axes; got (None, None, 2). Add the "
      "unknown axes to shared_axes.");
  BOOST_TEST(message_of<InvalidArgument>([] {
               PReLU({.shared_axes = {{0}}, .name = "p"})->build_for({{kUnknown, 2}});
             }) == "PReLU 'p': shared_axes must lie between 1 and 1 for an input of shape (None, 2); got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
