#include "layers/activations/activation.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Activation;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_activations_activation)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  for (const char* name : {"relu", "tanh", "softmax", "gelu", "mish", "linear"}) {
    check_layer(Activation(name), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .supports_masking = true});
  }
  check_layer(Activation("glu"), {.input_shapes = {{2, 4}}, .output_shapes = {{2, 2}}, .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(a_function_of_ones_own_serves_as_well) {
  const Activation twice({"twice", [](const Tensor& x) { return x + x; }});
  BOOST_TEST(values_of(twice(floats({1, -2}, {1, 2}))) == (std::vector<double>{2, -4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_the_known_functions_when_one_is_not) {
  const std::string message = message_of<InvalidArgument>([] { Activation("rleu"); });
  BOOST_TEST(message.find("activation: expected one of \"celu\", \"elu\", ") == 0u, message);
  BOOST_TEST(
      message.find("got \"rleu\". A function of one's own is made known with register_activation") != std::string::npos,
      message);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
