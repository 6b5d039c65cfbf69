#include "layers/rnn/bidirectional.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/slice.h"
#include "layers/core/dense.h"
#include "layers/rnn/gru.h"
#include "layers/rnn/lstm.h"
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

BOOST_AUTO_TEST_SUITE(layers_rnn_bidirectional)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(Bidirectional(LSTM(3)),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = {{2, 6}},
               .weights = {"kernel", "recurrent_kernel", "bias", "kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(gives_keras_numbers) {
  {
    auto layer = Bidirectional(GRU(2, {.return_sequences = true}));
    fill_as_in_keras(layer);
    check_outputs(
        layer(keras_sequence(), {.mask = {keras_mask()}}),
        {{0.0F,        0.0F,        0.0F,        0.0F,       -0.3474196F, -0.3302068F, -0.0366308F,  0.01695096F,
          0.0F,        0.0F,        0.0F,        0.0F,       -0.4528521F, -0.6231713F, 0.09354975F,  0.007887061F,
          -0.4241474F, -0.4184851F, -0.2459281F, 0.1290286F, -0.3391435F, -0.5090469F, -0.01961694F, -0.02555683F,
          -0.4126135F, -0.2793781F, -0.2807025F, 0.1154744F, 0.0F,        0.0F,        0.0F,         0.0F}});
  }
  {
    auto layer = Bidirectional(LSTM(2, {.return_state = true}), {.merge_mode = "ave"});
    fill_as_in_keras(layer);
    check_outputs(
        layer(keras_sequence(),
              {.arguments = {{"initial_state",
                              Tensors{ops::slice_axis(keras_h(), 1, 0, 2), ops::slice_axis(keras_c(), 1, 0, 2),
                                      ops::slice_axis(keras_c(), 1, 1, 3), ops::slice_axis(keras_h(), 1, 1, 3)}}}}),
        {{-0.097839F, 0.1259761F, -0.07219818F, 0.1214955F},
         {-0.0720708F, -0.08892337F, -0.04835294F, -0.1278226F},
         {-0.2513245F, -0.2345552F, -0.1731555F, -0.3213703F},
         {-0.1236072F, 0.3408756F, -0.09604342F, 0.3708137F},
         {-0.2339411F, 0.5527152F, -0.184776F, 0.5959341F}});
  }
  {
    auto layer = Bidirectional(SimpleRNN(2, {.return_sequences = true}), {.merge_mode = {}});
    fill_as_in_keras(layer);
    check_outputs(
        layer(keras_sequence()),
        {{-0.08314098F, -0.6709671F, -0.7872694F, -0.01083357F, -0.1509325F, -0.2387023F, -0.4730925F, -0.8016946F,
          -0.1853332F, -0.69324F, -0.8095191F, -0.1185942F, -0.2780308F, -0.3026555F, -0.5216814F, -0.843284F},
         {0.2736368F, 0.4267547F, -0.721818F, 0.00643015F, -0.2498427F, -0.2393695F, -0.3941186F, 0.4287249F,
          0.2082347F, 0.4267547F, -0.7495538F, 0.006430113F, -0.2954974F, -0.2393695F, -0.4621171F, 0.4287249F}});
  }
}

BOOST_AUTO_TEST_CASE(directions_are_new_layers_with_names_of_their_own) {
  LSTM lstm(2, {.name = "memory"});
  Bidirectional both(lstm);
  const auto attributes = both->attributes();
  BOOST_TEST_REQUIRE(attributes.size() == 2U);
  BOOST_TEST(attributes[0].name == "forward_layer");
  BOOST_TEST(attributes[1].name == "backward_layer");
  BOOST_TEST(attributes[0].layers[0]->name() == "forward_memory");
  BOOST_TEST(attributes[1].layers[0]->name() == "backward_memory");
  BOOST_TEST(both->backward_layer().options().go_backwards);
  both(keras_sequence());
  BOOST_TEST(!lstm->built());
}

BOOST_AUTO_TEST_CASE(errors_say_what_was_expected) {
  BOOST_TEST(message_of<InvalidArgument>([] { Bidirectional(Dense(3), {.name = "both"}); }) ==
             "Bidirectional 'both': expected a recurrent layer such as LSTM(32) or RNN(cell); got Dense 'dense'");
  BOOST_TEST(message_of<InvalidArgument>([] { Bidirectional(LSTM(3), {.merge_mode = "max", .name = "both"}); }) ==
             "Bidirectional 'both': merge_mode must be \"sum\", \"mul\", \"ave\", \"concat\" or none; got \"max\"");
  BOOST_TEST(message_of<InvalidArgument>([] { Bidirectional(LSTM(3), {.backward_layer = LSTM(3), .name = "both"}); }) ==
             "Bidirectional 'both': Forward layer and backward layer should have different `go_backwards` values; both "
             "have false");
  BOOST_TEST(message_of<InvalidArgument>([] {
               Bidirectional(LSTM(3),
                             {.backward_layer = LSTM(3, {.return_state = true, .go_backwards = true}), .name = "both"});
             }) ==
             "Bidirectional 'both': Forward layer and backward layer are expected to have the same value for "
             "\"return_state\"; got false for the forward layer and true for the backward layer");
  BOOST_TEST(message_of<StateError>([] { Bidirectional(LSTM(3), {.name = "both"})->reset_state(); }) ==
             "Bidirectional 'both': Layer must be stateful. Give the wrapped layer .stateful = true");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
