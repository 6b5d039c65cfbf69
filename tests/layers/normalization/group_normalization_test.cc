#include "layers/normalization/group_normalization.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "layers/core/input.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_normalization_group_normalization)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  check_layer(GroupNormalization({.groups = 2}), {.input_shapes = {{2, 3, 3, 4}},
                                                  .output_shapes = {{2, 3, 3, 4}},
                                                  .weights = {"gamma", "beta"},
                                                  .supports_masking = true});
  check_layer(
      GroupNormalization({.groups = -1, .axis = 1, .scale = false}),
      {.input_shapes = {{2, 4, 5}}, .output_shapes = {{2, 4, 5}}, .weights = {"beta"}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(each_group_is_normalized_by_itself) {
  GroupNormalization norm({.groups = 2, .epsilon = 0.0});
  // Channels 0 and 1 hold -1 and 1, channels 2 and 3 hold 90 and 110.
  const Tensor x = floats({-1, 1, 90, 110, 1, -1, 110, 90}, {1, 2, 4});
  BOOST_TEST(values_of(norm(x)) == (std::vector<double>{-1, 1, -1, 1, 1, -1, 1, -1}),
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(several_unknown_sizes_stay_unknown) {
  const Tensor y = GroupNormalization({.groups = 2})(Input({kUnknown, kUnknown, 4}));
  BOOST_TEST(y.shape().to_string() == "(None, None, None, 4)");
}

BOOST_AUTO_TEST_CASE(rejects_what_does_not_fit) {
  BOOST_TEST(
      message_of<InvalidArgument>([] { GroupNormalization({.groups = 0}); }) ==
      "GroupNormalization 'group_normalization': groups must be positive, or -1 for instance normalization; got 0");
  BOOST_TEST(message_of<ShapeError>([] {
               GroupNormalization({.groups = 3})(uniform({2, 4}, 1));
             }) ==
             "GroupNormalization 'group_normalization': the number of channels must be a multiple of groups; got 3 "
             "groups and an "
             "input of shape (2, 4)");
}

BOOST_AUTO_TEST_SUITE_END()
