#include "layers/reshaping/zero_padding1d.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::ZeroPadding1D;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_zero_padding1d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(ZeroPadding1D({.padding = 2}), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 7, 4}}});
  check_layer(ZeroPadding1D({.padding = {1, 0}}), {.input_shapes = {{2, 3, 4}}, .output_shapes = {{2, 4, 4}}});
}

BOOST_AUTO_TEST_CASE(two_numbers_are_the_two_ends) {
  BOOST_TEST(values_of(ZeroPadding1D({.padding = {1, 2}})(floats({5}, {1, 1, 1}))) == (std::vector<double>{0, 5, 0, 0}),
             boost::test_tools::per_element());
  BOOST_TEST(ZeroPadding1D({.padding = {1, 2}})->config().at("padding").as_ints() == (std::vector<std::int64_t>{1, 2}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
