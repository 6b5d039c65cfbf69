#include "layers/core/lambda.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "layers/registry.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Lambda;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_core_lambda)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Lambda(ops::square), {.input_shapes = {{2, 3}}, .output_shapes = {{2, 3}}, .has_config = false});
  check_layer(Lambda([](const Inputs& x, const CallContext&) -> Outputs { return x[0] * x[1]; }),
              {.input_shapes = {{2, 3}, {2, 1}}, .output_shapes = {{2, 3}}, .has_config = false});
}

BOOST_AUTO_TEST_CASE(runs_the_function) {
  BOOST_TEST(values_of(Lambda(ops::square)(floats({3, -2}, {1, 2}))) == (std::vector<double>{9, 4}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(is_never_read_from_a_file) {
  const Lambda lambda(ops::square, {.name = "twice"});
  BOOST_TEST(message_of<FormatError>([&] { layer_from_config(serialize_layer(*lambda)); }) ==
             "layer 'twice' is a Lambda: Python code, which cornu never runs from a file. Build the model in C++ with "
             "layers::Lambda and a C++ function, then load the weights.");
}

BOOST_AUTO_TEST_CASE(rejects_an_empty_function) {
  BOOST_TEST(message_of<InvalidArgument>([] { Lambda(Lambda::Function(), {.name = "f"}); }) ==
             "Lambda 'f': expected a function; got an empty one");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
