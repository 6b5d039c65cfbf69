#define BOOST_TEST_MODULE cornu
#include <boost/test/unit_test.hpp>
