#include "layers/rnn/simple_rnn.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/layers/rnn/keras_pattern.h"

namespace cornu {
namespace {

using namespace layers;  // NOLINT: a test of layers
using test::check_layer;
using test::check_outputs;
using test::fill_as_in_keras;
using test::keras_mask;
using test::keras_sequence;

BOOST_AUTO_TEST_SUITE(layers_rnn_simple_rnn)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(SimpleRNN(3), {.input_shapes = {{2, 4, 5}},
                             .output_shapes = {{2, 3}},
                             .weights = {"kernel", "recurrent_kernel", "bias"},
                             .supports_masking = true});
  Shapes outputs{{2, 4, 3}};
  outputs.resize(2, Shape{2, 3});
  check_layer(SimpleRNN(3, {.return_sequences = true, .return_state = true, .go_backwards = true}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = outputs,
               .weights = {"kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
  check_layer(SimpleRNN(3, {.dropout = 0.2, .recurrent_dropout = 0.3, .seed = 7}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = {{2, 3}},
               .weights = {"kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(gives_keras_numbers) {
  {
    auto layer = SimpleRNN(3);
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence()),
                  {{-0.6978188F, -0.2780449F, -0.3240242F, -0.7433151F, -0.266224F, -0.4222705F}});
  }
  {
    auto layer =
        SimpleRNN(3, {.activation = "relu", .use_bias = false, .return_sequences = true, .go_backwards = true});
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence()),
                  {{0.0F,       0.1041667F,  0.0F, 0.4713542F, 0.0F,        0.1692708F, 0.0F, 0.5667318F,
                    0.2399088F, 0.3375651F,  0.0F, 0.0F,       0.0F,        0.2083333F, 0.0F, 0.296875F,
                    0.0F,       0.06770833F, 0.0F, 0.5110677F, 0.08658852F, 0.2389323F, 0.0F, 0.0F}});
  }
}

BOOST_AUTO_TEST_CASE(operation_and_steps_of_the_cell_agree) {
  for (int bits = 0; bits < 16; ++bits) {
    const bool sequences = (bits & 1) != 0;
    const bool backwards = (bits & 2) != 0;
    const bool zero = (bits & 4) != 0;
    SimpleRNN whole(
        3,
        {.return_sequences = sequences, .return_state = true, .go_backwards = backwards, .zero_output_for_mask = zero});
    RNN steps(
        SimpleRNNCell(3),
        {.return_sequences = sequences, .return_state = true, .go_backwards = backwards, .zero_output_for_mask = zero});
    fill_as_in_keras(whole);
    fill_as_in_keras(steps);
    CallOptions options;
    if ((bits & 8) != 0) options.mask = {keras_mask()};
    const Outputs a = whole(keras_sequence(), options);
    const Outputs b = steps(keras_sequence(), options);
    BOOST_TEST_REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) test::check_close(a[i], b[i], 1e-5, 1e-6);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
