#include "layers/rnn/time_distributed.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/slice.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/normalization/batch_normalization.h"
#include "tests/layers/rnn/keras_pattern.h"

namespace cornu {
namespace {

using namespace layers;  // NOLINT: a test of layers
using test::check_layer;
using test::keras_mask;
using test::message_of;

BOOST_AUTO_TEST_SUITE(layers_rnn_time_distributed)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(TimeDistributed(Dense(3)), {.input_shapes = {{2, 4, 5}},
                                          .output_shapes = {{2, 4, 3}},
                                          .weights = {"kernel", "bias"},
                                          .supports_masking = true,
                                          .follows_policy = false});
}

BOOST_AUTO_TEST_CASE(each_step_is_a_call_of_the_layer) {
  Dense dense(3, {.activation = "tanh"});
  TimeDistributed layer(dense);
  const Tensor x = test::pattern({2, 3, 2, 2}, 5, 13, 6.0F);
  const Tensor y = layer(x);
  BOOST_TEST(y.shape().to_string() == "(2, 3, 2, 3)");
  BOOST_TEST(layer->attributes()[0].name == "layer");
  for (std::int64_t s = 0; s < 3; ++s) {
    const Tensor step = dense(ops::slice_axis(x, 1, s, s + 1));
    test::check_close(ops::slice_axis(y, 1, s, s + 1), step, 1e-6, 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(statistics_move_once_for_each_step) {
  // Three steps of means 1, 2 and 3: the moving mean goes a tenth of the way to each in turn, not to their mean.
  TimeDistributed layer(BatchNormalization({.momentum = 0.9}));
  layer(test::floats({1, 2, 3, 1, 2, 3}, {2, 3, 1}), {.training = true});
  const double expected = ((0.9 * 0.0 + 0.1 * 1.0) * 0.9 + 0.1 * 2.0) * 0.9 + 0.1 * 3.0;
  BOOST_TEST(layer->weights()[2].snapshot().item() == expected, boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(sizes_may_be_unknown) {
  const Tensor y = TimeDistributed(Dense(3))(Input({kUnknown, 5}));
  BOOST_TEST(y.shape().to_string() == "(None, None, 3)");
}

BOOST_AUTO_TEST_CASE(errors_say_what_was_expected) {
  BOOST_TEST(
      message_of<ShapeError>([] {
        TimeDistributed(Dense(3), {.name = "steps"})(test::floats({1, 2}, {1, 2}));
      }) ==
      "TimeDistributed 'steps': `TimeDistributed` Layer should be passed an input of at least 3 dimensions (batch, "
      "time, ...); got shape (1, 2)");
  BOOST_TEST(message_of<ShapeError>([] {
               TimeDistributed(Dense(3), {.name = "steps"})(test::floats({1, 2}, {1, 1, 2}), {.mask = {keras_mask()}});
             }) ==
             "TimeDistributed 'steps': expected a mask whose first two dimensions are those of the input, (1, 1); got "
             "shape (2, 4)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
