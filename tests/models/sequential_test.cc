#include "models/sequential.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "layers/core/dense.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::test;

namespace {

std::vector<std::string> names_of(const Sequential& model) {
  std::vector<std::string> names;
  for (const LayerPtr& layer : model->layers()) names.push_back(layer->name());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_sequential)

BOOST_AUTO_TEST_CASE(automatic_names_are_counted) {
  const Sequential model({layers::Dense(2), layers::Dense(2)});
  model.add(layers::Dense(2));
  BOOST_TEST(names_of(model) == (std::vector<std::string>{"dense", "dense_1", "dense_2"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_given_name_comes_before_an_automatic_one) {
  const Sequential model({layers::Dense(2), layers::Dense(2)});
  model.add(layers::Dense(2, {.name = "dense"}));
  model.add(layers::Dense(2));
  BOOST_TEST(names_of(model) == (std::vector<std::string>{"dense_1", "dense_2", "dense", "dense_3"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_is_given_once) {
  BOOST_TEST(message_of<InvalidArgument>([] {
               Sequential({layers::Dense(2, {.name = "a"}), layers::Dense(2, {.name = "a"})}, {.name = "net"});
             }) == "Sequential 'net': two layers are named \"a\"; give each a name of its own");
}

BOOST_AUTO_TEST_SUITE_END()
