#include "layers/rnn/rnn.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/matmul.h"
#include "layers/core/dense.h"
#include "layers/rnn/gru_cell.h"
#include "layers/rnn/lstm_cell.h"
#include "layers/rnn/stacked_rnn_cells.h"
#include "tests/layers/rnn/keras_pattern.h"

namespace cornu {
namespace {

using namespace layers;  // NOLINT: a test of layers
using test::check_layer;
using test::check_outputs;
using test::fill_as_in_keras;
using test::keras_mask;
using test::keras_sequence;
using test::message_of;

// A cell of one's own, as the documentation of RNNCellLayer has it.
class MinimalCellLayer : public RNNCellLayer {
 public:
  explicit MinimalCellLayer(std::int64_t units) : RNNCellLayer("minimal_cell"), units_(units) {}
  std::vector<std::int64_t> state_sizes() const override { return {units_}; }

 protected:
  void build(const Shapes& inputs) override {
    kernel_ = add_weight("kernel", {inputs[0].back(), units_});
    recurrent_kernel_ = add_weight("recurrent_kernel", {units_, units_});
  }
  Outputs call(const Inputs& x, const CallContext&) override {
    const Tensor h = ops::matmul(x[0], kernel_) + ops::matmul(x[1], recurrent_kernel_);
    return Tensors{h, h};
  }

 private:
  std::int64_t units_;
  Variable kernel_;
  Variable recurrent_kernel_;
};
using MinimalCell = Shared<MinimalCellLayer>;

BOOST_AUTO_TEST_SUITE(layers_rnn_rnn)

BOOST_AUTO_TEST_CASE(gives_keras_numbers_with_stacked_cells) {
  // Keras returns the states of each cell as a list, here they follow one another.
  RNN layer({LSTMCell(3), GRUCell(2)}, {.return_sequences = true, .return_state = true});
  fill_as_in_keras(layer);
  const Outputs outputs = layer(keras_sequence(), {.mask = {keras_mask()}});
  BOOST_TEST_REQUIRE(outputs.size() == 4U);
  check_outputs(Tensors{outputs[0], outputs[3]},
                {{0.0F, 0.0F, -0.1132785F, 0.09656218F, -0.1132785F, 0.09656218F, -0.1844252F, 0.1665421F, -0.1671789F,
                  0.1075969F, -0.1990207F, 0.1622988F, -0.1986741F, 0.2003271F, -0.1986741F, 0.2003271F},
                 {-0.1844252F, 0.1665421F, -0.1986741F, 0.2003271F}});
  BOOST_TEST(layer->attributes()[0].name == "cell");
  BOOST_TEST(layer->sublayers()[0]->attributes()[0].name == "cells");
}

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(RNN({LSTMCell(3), GRUCell(2)}),
              {.input_shapes = {{2, 4, 5}},
               .output_shapes = {{2, 2}},
               .weights = {"kernel", "recurrent_kernel", "bias", "kernel", "recurrent_kernel", "bias"},
               .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(runs_cells_of_ones_own) {
  RNN layer(MinimalCell(1), {.return_sequences = true});
  layer->build_for({{kUnknown, 3, 1}});
  layer->set_weights({test::floats({1}, {1, 1}), test::floats({2}, {1, 1})});
  // h = x + 2 h
  BOOST_TEST(test::values_of(layer(test::floats({1, 2, 3}, {1, 3, 1}))) == (std::vector<double>{1, 4, 11}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(errors_say_what_was_expected) {
  BOOST_TEST(
      message_of<InvalidArgument>([] { RNN(Dense(3), {.name = "loop"}); }) ==
      "RNN 'loop': expected a cell, such as LSTMCell(32) or a layer derived from RNNCellLayer; got Dense 'dense'");
  BOOST_TEST(
      message_of<InvalidArgument>([] {
        StackedRNNCells({LSTMCell(3), Dense(3)}, {.name = "tower"});
      }) ==
      "StackedRNNCells 'tower': expected cells, such as LSTMCell(32) or layers derived from RNNCellLayer; got Dense "
      "'dense'");
  BOOST_TEST(message_of<InvalidArgument>([] { StackedRNNCells(std::vector<AnyLayer>{}, {.name = "tower"}); }) ==
             "StackedRNNCells 'tower': expected at least one cell; got none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
