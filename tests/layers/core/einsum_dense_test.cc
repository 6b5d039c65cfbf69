#include "layers/core/einsum_dense.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::EinsumDense;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_core_einsum_dense)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(EinsumDense("ab,bc->ac", {4}, {.bias_axes = "c"}),
              {.input_shapes = {{3, 5}}, .output_shapes = {{3, 4}}, .weights = {"kernel", "bias"}});
  check_layer(EinsumDense("...x,xy->...y", {4}, {.activation = "tanh", .bias_axes = "y"}),
              {.input_shapes = {{2, 3, 5}}, .output_shapes = {{2, 3, 4}}, .weights = {"kernel", "bias"}});
  check_layer(EinsumDense("abc,cde->abde", {kUnknown, 2, 3}, {.bias_axes = "de"}),
              {.input_shapes = {{2, 4, 5}}, .output_shapes = {{2, 4, 2, 3}}, .weights = {"kernel", "bias"}});
  check_layer(EinsumDense("ab...,bc->ac...", {4}, {.bias_axes = "c"}),
              {.input_shapes = {{2, 3, 5}}, .output_shapes = {{2, 4, 5}}, .weights = {"kernel", "bias"}});
  check_layer(EinsumDense("ab,bc->ac", {4}, {.lora_rank = 2}), {.input_shapes = {{3, 5}},
                                                                .output_shapes = {{3, 4}},
                                                                .weights = {"kernel", "lora_kernel_a", "lora_kernel_b"},
                                                                .num_trainable = 2});
}

BOOST_AUTO_TEST_CASE(bias_has_the_axes_that_were_named) {
  EinsumDense middle("abc,cd->abd", {kUnknown, 4}, {.bias_axes = "b"});
  middle->build_for({{kUnknown, 3, 5}});
  BOOST_TEST(middle->kernel().shape().to_string() == "(5, 4)");
  BOOST_TEST(middle->bias().shape().to_string() == "(3, 1)");
  EinsumDense right("ab...,bc->ac...", {4}, {.bias_axes = "c"});
  right->build_for({{kUnknown, 3, 5, 7}});
  BOOST_TEST(right->bias().shape().to_string() == "(4, 1, 1)");
}

BOOST_AUTO_TEST_CASE(sums_over_the_shared_letter) {
  EinsumDense dense("ab,bc->ac", {2});
  dense->build_for({{1, 2}});
  dense->set_weights({floats({1, 2, 3, 4}, {2, 2})});
  BOOST_TEST(values_of(dense(floats({10, 100}, {1, 2}))) == (std::vector<double>{310, 420}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(initializer_counts_the_axes_that_are_summed_over_as_fan_in) {
  // 2 x 3 x 50 with fan in 2: a kernel of rank 3 would count 2 * 3 otherwise.
  EinsumDense dense("ab,bcd->acd", {30, 50}, {.kernel_initializer = "lecun_uniform"});
  dense->build_for({{1, 2}});
  double greatest = 0;
  for (const double value : values_of(dense->kernel().snapshot())) greatest = std::max(greatest, std::abs(value));
  BOOST_TEST(greatest <= std::sqrt(1.5));
  BOOST_TEST(greatest > 0.95 * std::sqrt(1.5));
  BOOST_TEST(dense->config().at("kernel_initializer").at("config").at("input_axes").is_null());
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_an_equation) {
  const auto message = [](const std::string& equation, const Shape& output, const std::string& bias,
                          const Shape& input) {
    return message_of<InvalidArgument>(
        [&] { EinsumDense(equation, output, {.bias_axes = bias, .name = "e"})->build_for({input}); });
  };
  BOOST_TEST(message("ab;bc->ac", {2}, "", {1, 2}) ==
             "EinsumDense 'e': equation must have the form \"ab,bc->ac\", \"...b,bc->...c\" or \"ab...,bc->ac...\"; "
             "got \"ab;bc->ac\"");
  BOOST_TEST(message("ab,cd->ad", {2}, "", {1, 2}) ==
             "EinsumDense 'e': axis 'c' of the weight occurs neither in the input nor in the output of \"ab,cd->ad\"");
  BOOST_TEST(message("ab,bd->az", {2}, "", {1, 2}) ==
             "EinsumDense 'e': axis 'z' of the output occurs neither in the input nor in the weight of \"ab,bd->az\"");
  BOOST_TEST(message("ab,bc->ac", {2}, "z", {1, 2}) ==
             "EinsumDense 'e': axis 'z' of bias_axes is no axis of the output of \"ab,bc->ac\"");
  BOOST_TEST(message("abc,cd->abd", {7, 2}, "", {1, 3, 2}) ==
             "EinsumDense 'e': axis 'b' of \"abc,cd->abd\" has size 3 in the input and 7 in the output");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
