#include "layers/reshaping/up_sampling1d.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::UpSampling1D;
using test::check_layer;
using test::floats;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_reshaping_up_sampling1d)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(UpSampling1D({.size = 3}), {.input_shapes = {{2, 4, 2}}, .output_shapes = {{2, 12, 2}}});
}

BOOST_AUTO_TEST_CASE(repeats_each_step) {
  BOOST_TEST(values_of(UpSampling1D()(floats({1, 2}, {1, 2, 1}))) == (std::vector<double>{1, 1, 2, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(UpSampling1D({.size = 3})->config().at("size").as_int() == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
