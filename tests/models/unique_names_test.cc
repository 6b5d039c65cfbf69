#include "models/unique_names.h"

#include <boost/test/unit_test.hpp>

using namespace cornu;

BOOST_AUTO_TEST_SUITE(models_unique_names)

BOOST_AUTO_TEST_CASE(names_are_counted_by_their_base) {
  UniqueNames names;
  BOOST_TEST(names.take_or_number("dense", "dense") == "dense");
  BOOST_TEST(names.take_or_number("dense", "dense") == "dense_1");
  BOOST_TEST(names.take_or_number("conv2d", "conv2d") == "conv2d");
  BOOST_TEST(names.take_or_number("dense", "dense") == "dense_2");
}

BOOST_AUTO_TEST_CASE(names_that_are_taken_are_left_out) {
  UniqueNames names;
  BOOST_TEST(names.take("dense_1"));
  BOOST_TEST(!names.take("dense_1"));
  BOOST_TEST(names.take_or_number("dense", "dense") == "dense");
  BOOST_TEST(names.take_or_number("dense", "dense") == "dense_2");
}

// A layer that has a name from another model keeps it where it can.
BOOST_AUTO_TEST_CASE(a_name_that_is_free_is_kept) {
  UniqueNames names;
  BOOST_TEST(names.take_or_number("dense_7", "dense") == "dense_7");
  BOOST_TEST(names.take_or_number("dense_7", "dense") == "dense_1");
}

BOOST_AUTO_TEST_SUITE_END()
