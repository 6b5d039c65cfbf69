#include "layers/reshaping/repeat_vector.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::RepeatVector;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_repeat_vector)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(RepeatVector(3), {.input_shapes = {{2, 4}}, .output_shapes = {{2, 3, 4}}});
}

BOOST_AUTO_TEST_CASE(repeats_each_example) {
  BOOST_TEST(values_of(RepeatVector(2)(floats({1, 2, 3, 4}, {2, 2}))) == (std::vector<double>{1, 2, 1, 2, 3, 4, 3, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(n_has_to_be_positive) {
  BOOST_TEST(message_of<InvalidArgument>([] { RepeatVector(0, {.name = "r"}); }) ==
             "RepeatVector 'r': n must be positive; got 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
