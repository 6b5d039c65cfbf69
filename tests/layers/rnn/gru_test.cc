#include "layers/rnn/gru.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/layers/rnn/keras_pattern.h"

namespace cornu {
namespace {

using namespace layers;  // NOLINT: a test of layers
using test::check_layer;
using test::check_outputs;
using test::fill_as_in_keras;
using test::keras_h;
using test::keras_mask;
using test::keras_sequence;

BOOST_AUTO_TEST_SUITE(layers_rnn_gru)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(GRU(3), {.input_shapes = {{2, 4, 5}},
                       .output_shapes = {{2, 3}},
                       .weights = {"kernel", "recurrent_kernel", "bias"},
                       .supports_masking = true});
  Shapes outputs{{2, 4, 3}};
  outputs.resize(2, Shape{2, 3});
  check_layer(GRU(3, {.return_sequences = true, .return_state = true, .go_backwards = true}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = outputs,
               .weights = {"kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
  check_layer(GRU(3, {.dropout = 0.2, .recurrent_dropout = 0.3, .seed = 7}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = {{2, 3}},
               .weights = {"kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises_without_reset_after) {
  check_layer(GRU(3, {.reset_after = false}), {.input_shapes = {{2, 4, 5}},
                                               .output_shapes = {{2, 3}},
                                               .weights = {"kernel", "recurrent_kernel", "bias"},
                                               .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(gives_keras_numbers) {
  {
    auto layer = GRU(3, {.return_state = true});
    fill_as_in_keras(layer);
    check_outputs(layer(keras_sequence(), {.mask = {keras_mask()}}),
                  {{-0.4358972F, -0.5947857F, -0.1854477F, -0.4063686F, -0.3946564F, -0.7675967F},
                   {-0.4358972F, -0.5947857F, -0.1854477F, -0.4063686F, -0.3946564F, -0.7675967F}});
  }
  {
    auto layer = GRU(3, {.return_sequences = true, .reset_after = false});
    fill_as_in_keras(layer);
    check_outputs(
        layer(keras_sequence(), {.arguments = {{"initial_state", keras_h()}}}),
        {{-0.5918823F, -0.4633397F, -0.3786162F, -0.1991242F, -0.333351F,  -0.6026585F, -0.4617977F, -0.2492498F,
          -0.7042744F, -0.3954187F, -0.5387298F, -0.1997769F, -0.399783F,  -0.280575F,  -0.2568006F, -0.04589336F,
          -0.283273F,  -0.5696851F, -0.3517355F, -0.2379595F, -0.6861667F, -0.2829895F, -0.5216861F, -0.1496593F}});
  }
  {
    auto layer = GRU(3, {.return_sequences = true, .go_backwards = true});
    fill_as_in_keras(layer);
    check_outputs(
        layer(keras_sequence()),
        {{-0.3489973F, -0.4976355F, -0.0954516F,  -0.4887024F, -0.3826635F, -0.5664376F, -0.2029935F,  -0.4528327F,
          -0.7538759F, -0.6529101F, -0.6013657F,  -0.3935278F, -0.2754992F, -0.4985701F, -0.05531302F, -0.3835835F,
          -0.3915308F, -0.5567902F, -0.06756541F, -0.4526491F, -0.7412165F, -0.594592F,  -0.5979055F,  -0.3481592F}});
  }
}

BOOST_AUTO_TEST_CASE(operation_and_steps_of_the_cell_agree) {
  for (int bits = 0; bits < 16; ++bits) {
    const bool sequences = (bits & 1) != 0;
    const bool backwards = (bits & 2) != 0;
    const bool zero = (bits & 4) != 0;
    GRU whole(
        3,
        {.return_sequences = sequences, .return_state = true, .go_backwards = backwards, .zero_output_for_mask = zero});
    RNN steps(
        GRUCell(3),
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
