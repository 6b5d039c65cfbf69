#include "layers/regularizers/l1_l2.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using test::floats;
using test::message_of;

BOOST_AUTO_TEST_SUITE(layers_regularizers_l1_l2)

BOOST_AUTO_TEST_CASE(computes_the_penalty) {
  const Tensor x = floats({1, -2, 3}, {3});
  BOOST_TEST(std::abs(regularizers::L1({.l1 = 0.5})(x).item() - 3.0) < 1e-6);
  BOOST_TEST(std::abs(regularizers::L2({.l2 = 0.5})(x).item() - 7.0) < 1e-6);
  BOOST_TEST(std::abs(regularizers::L1L2({.l1 = 0.5, .l2 = 0.5})(x).item() - 10.0) < 1e-6);
  BOOST_TEST(regularizers::L1L2()(x).item() == 0.0);
}

BOOST_AUTO_TEST_CASE(is_known_by_name_and_configuration) {
  BOOST_TEST(Regularizer("l2").serialized().at("config").at("l2").as_double() == 0.01);
  BOOST_TEST(Regularizer("L1").serialized().at("class_name").as_string() == "L1");
  BOOST_TEST(Regularizer("l1_l2").serialized().at("class_name").as_string() == "L1L2");
  const Config config = regularizers::L1L2({.l1 = 0.25, .l2 = 2}).serialized();
  BOOST_TEST((Regularizer::from_config(config).serialized() == config));
  BOOST_TEST(!Regularizer::from_config(Config()).defined());
  BOOST_TEST(Regularizer().serialized().is_null());
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong) {
  BOOST_TEST(message_of<InvalidArgument>([] { regularizers::L2({.l2 = -1}); }) ==
             "regularizer: expected a finite l2 of at least 0; got -1.000000");
  BOOST_TEST(message_of<InvalidArgument>([] { Regularizer("l3"); }) ==
             "regularizer: expected one of \"l1\", \"l1l2\", \"l2\", \"orthogonal_regularizer\"; got \"l3\". A class "
             "of one's own is "
             "made known with register_regularizer");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
