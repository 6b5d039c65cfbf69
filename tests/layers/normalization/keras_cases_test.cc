#include "tests/support/keras_cases.h"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(layers_normalization_keras_cases)

BOOST_AUTO_TEST_CASE(numbers_and_configurations_are_those_of_keras) {
  cornu::test::check_keras_cases("tests/golden/layers/normalization.json");
}

BOOST_AUTO_TEST_SUITE_END()
