#include "layers/rnn/lstm.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "layers/core/input.h"
#include "layers/rnn/simple_rnn.h"
#include "tests/layers/rnn/keras_pattern.h"

namespace cornu {
namespace {

using namespace layers;  // NOLINT: a test of layers
using test::check_layer;
using test::check_outputs;
using test::fill_as_in_keras;
using test::keras_c;
using test::keras_h;
using test::keras_mask;
using test::keras_sequence;
using test::message_of;

BOOST_AUTO_TEST_SUITE(layers_rnn_lstm)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(LSTM(3), {.input_shapes = {{2, 4, 5}},
                        .output_shapes = {{2, 3}},
                        .weights = {"kernel", "recurrent_kernel", "bias"},
                        .supports_masking = true});
  Shapes outputs{{2, 4, 3}};
  outputs.resize(3, Shape{2, 3});
  check_layer(LSTM(3, {.return_sequences = true, .return_state = true, .go_backwards = true}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = outputs,
               .weights = {"kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
  check_layer(LSTM(3, {.dropout = 0.2, .recurrent_dropout = 0.3, .seed = 7}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = {{2, 3}},
               .weights = {"kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(gives_keras_numbers) {
  {
    auto layer = LSTM(3, {.return_sequences = true, .return_state = true});
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence(), {.mask = {keras_mask()}}),
                  {{0.0F,         0.0F,         0.0F,         -0.00496763F, -0.04202208F, -0.08071768F,
                    -0.00496763F, -0.04202208F, -0.08071768F, -0.08375652F, -0.07391296F, -0.08284552F,
                    -0.09881327F, -0.06375796F, -0.02913245F, -0.02658501F, -0.09420624F, -0.07624361F,
                    -0.04249972F, -0.08428654F, -0.1059713F,  -0.04249972F, -0.08428654F, -0.1059713F},
                   {-0.08375652F, -0.07391296F, -0.08284552F, -0.04249972F, -0.08428654F, -0.1059713F},
                   {-0.2303969F, -0.2541848F, -0.1883473F, -0.09408318F, -0.1771719F, -0.467553F}});
  }
  {
    auto layer = LSTM(3, {.return_sequences = true, .go_backwards = true, .zero_output_for_mask = true});
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence(), {.mask = {keras_mask()}}),
                  {{-0.07730579F,   -0.06636102F, -0.01378996F, 0.0F,         0.0F,         0.0F,
                    -0.02929598F,   -0.09733435F, -0.08112396F, 0.0F,         0.0F,         0.0F,
                    0.0F,           0.0F,         0.0F,         -0.03184134F, -0.02667373F, -0.09596169F,
                    -0.0007860827F, -0.06125955F, -0.09330249F, -0.1029364F,  -0.08005361F, -0.1054523F}});
  }
  {
    auto layer = LSTM(3, {.activation = "relu", .recurrent_activation = "hard_sigmoid"});
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence(), {.arguments = {{"initial_state", Tensors{keras_h(), keras_c()}}}}),
                  {{0.0F, 0.005304716F, 0.0F, 0.006441635F, 0.0F, 0.007732362F}});
  }
  // An activation that only the steps of the cell compute.
  {
    auto layer = LSTM(3, {.activation = "gelu", .return_sequences = true});
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence(), {.mask = {keras_mask()}}),
                  {{0.0F,          0.0F,          0.0F,          -0.001196563F, -0.008635498F, -0.007719178F,
                    -0.001196563F, -0.008635498F, -0.007719178F, -0.01254224F,  -0.01024644F,  -0.01005269F,
                    -0.01116303F,  -0.009081548F, -0.006248254F, -0.001774979F, -0.01443527F,  -0.007961318F,
                    -0.006662078F, -0.01364525F,  -0.01059219F,  -0.006662078F, -0.01364525F,  -0.01059219F}});
  }
}

BOOST_AUTO_TEST_CASE(operation_and_steps_of_the_cell_agree) {
  for (int bits = 0; bits < 16; ++bits) {
    const bool sequences = (bits & 1) != 0;
    const bool backwards = (bits & 2) != 0;
    const bool zero = (bits & 4) != 0;
    LSTM whole(
        3,
        {.return_sequences = sequences, .return_state = true, .go_backwards = backwards, .zero_output_for_mask = zero});
    RNN steps(
        LSTMCell(3),
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

BOOST_AUTO_TEST_CASE(initial_states_may_follow_the_sequence) {
  LSTM layer(3);
  fill_as_in_keras(layer);
  const Tensor a = layer({keras_sequence(), keras_h(), keras_c()});
  const Tensor b = layer(keras_sequence(), {.arguments = {{"initial_state", Tensors{keras_h(), keras_c()}}}});
  test::check_close(a, b, 0.0, 0.0);
}

BOOST_AUTO_TEST_CASE(stateful_layer_goes_on_where_it_ended) {
  LSTM layer(3, {.stateful = true});
  fill_as_in_keras(layer);
  check_outputs(layer(keras_sequence()),
                {{-0.1033611F, -0.07948412F, -0.1173819F, -0.08582126F, -0.08149914F, -0.1090431F}});
  check_outputs(layer(keras_sequence()),
                {{-0.10561646F, -0.08347239F, -0.11893326F, -0.08790456F, -0.08524493F, -0.11066478F}});
  layer->reset_state();
  check_outputs(layer(keras_sequence()),
                {{-0.1033611F, -0.07948412F, -0.1173819F, -0.08582126F, -0.08149914F, -0.1090431F}});
  // States are variables, but neither weights nor saved.
  BOOST_TEST(layer->weights().size() == 3U);
  BOOST_TEST(layer->variables().size() == 6U);
}

BOOST_AUTO_TEST_CASE(forget_gate_begins_open) {
  LSTM layer(2, {.bias_initializer = "zeros"});
  layer->build_for({{kUnknown, 4, 2}});
  BOOST_TEST(test::values_of(layer->cell().bias().snapshot()) == (std::vector<double>{0, 0, 1, 1, 0, 0, 0, 0}),
             boost::test_tools::per_element());
  LSTM other(2, {.unit_forget_bias = false});
  other->build_for({{kUnknown, 4, 2}});
  BOOST_TEST(test::values_of(other->cell().bias().snapshot()) == std::vector<double>(8, 0.0),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(files_find_the_weights_under_cell) {
  LSTM layer(2);
  layer->build_for({{kUnknown, 4, 2}});
  const auto attributes = layer->attributes();
  BOOST_TEST_REQUIRE(attributes.size() == 1U);
  BOOST_TEST(attributes[0].name == "cell");
  BOOST_TEST(layer->weights()[1].path() == "lstm/lstm_cell/recurrent_kernel");
}

BOOST_AUTO_TEST_CASE(number_of_steps_may_be_unknown) {
  const Tensor x = Input({kUnknown, 5});
  const Tensor y = LSTM(3, {.return_sequences = true})(x);
  BOOST_TEST(y.shape().to_string() == "(None, None, 3)");
  const Tensor stepped = LSTM(3, {.activation = "gelu"})(x);
  BOOST_TEST(stepped.shape().to_string() == "(None, 3)");
}

BOOST_AUTO_TEST_CASE(dropout_is_the_same_for_all_steps) {
  // With a kernel of ones, no recurrence and linear gates the output shows which inputs were dropped.
  SimpleRNN layer(1, {.activation = "linear", .use_bias = false, .dropout = 0.5, .return_sequences = true, .seed = 3});
  layer->build_for({{8, 5, 1}});
  layer->set_weights({test::floats({1}, {1, 1}), test::floats({0}, {1, 1})});
  const Tensor x = test::floats(std::vector<float>(40, 1.0F), {8, 5, 1});
  const Tensor y = layer(x, {.training = true});
  const auto values = y.data<float>();
  int dropped = 0;
  for (std::size_t b = 0; b < 8; ++b) {
    for (std::size_t s = 0; s < 5; ++s) BOOST_TEST(values[b * 5 + s] == values[b * 5]);
    BOOST_TEST((values[b * 5] == 0.0F || values[b * 5] == 2.0F));
    dropped += values[b * 5] == 0.0F ? 1 : 0;
  }
  BOOST_TEST((dropped > 0 && dropped < 8));
  test::check_close(layer(x), x, 0.0, 0.0);
}

BOOST_AUTO_TEST_CASE(errors_say_what_was_expected) {
  BOOST_TEST(message_of<InvalidArgument>([] { LSTM(0, {.name = "memory"}); }) ==
             "LSTMCell 'lstm_cell': units must be positive; got 0");
  BOOST_TEST(
      message_of<ShapeError>([] {
        LSTM(3, {.name = "memory"})(test::floats({1, 2}, {1, 2}));
      }) ==
      "LSTM 'memory': Input 0 of layer \"memory\" is incompatible with the layer: expected ndim=3, found ndim=2. "
      "Full shape received: (1, 2)");
  BOOST_TEST(
      message_of<ShapeError>([] {
        LSTM(3, {.stateful = true, .name = "memory"})(Input({4, 2}));
      }) ==
      "LSTM 'memory': When using `stateful=True` in a RNN, the batch size must be static. Found dynamic batch size: "
      "sequence.shape=(None, 4, 2). Give it to Input as .batch_size");
  BOOST_TEST(message_of<ShapeError>([] {
               LSTM(3, {.unroll = true, .name = "memory"})(Input({kUnknown, 2}));
             }) ==
             "LSTM 'memory': Cannot unroll a RNN if the time dimension is undefined. Give the time axis of the Input a "
             "size, or leave out unroll");
  BOOST_TEST(message_of<InvalidArgument>([] {
               LSTM(3, {.name = "memory"})(keras_sequence(), {.arguments = {{"initial_state", Tensors{keras_h()}}}});
             }) == "LSTM 'memory': expected 2 initial state(s); got 1");
  BOOST_TEST(
      message_of<InvalidArgument>([] { LSTM(3, {.activation = "gelu", .use_cudnn = true, .name = "memory"}); }) ==
      "LSTM 'memory': use_cudnn=True was specified, but no operation on whole sequences supports this layer "
      "configuration (its activations, or dropout per gate). Leave use_cudnn out to go step by step.");
  LSTM stateful(3, {.stateful = true, .name = "memory"});
  stateful(keras_sequence());
  BOOST_TEST(
      message_of<ShapeError>([&] {
        stateful(test::pattern({1, 4, 2}, 5, 13, 6.0F));
      }) ==
      "LSTM 'memory': If an RNN is stateful, the batch size of the input sequences must be the same as the batch "
      "size of the initial state. Expected batch size: 2. Received batch size: (1,)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
