#include "layers/normalization/batch_normalization.h"

#include <boost/test/unit_test.hpp>
#include <cmath>

#include "framework/autodiff/gradient_tape.h"
#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_normalization_batch_normalization)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  const std::vector<std::string> weights{"gamma", "beta", "moving_mean", "moving_variance"};
  check_layer(BatchNormalization(), {.input_shapes = {{4, 3}},
                                     .output_shapes = {{4, 3}},
                                     .weights = weights,
                                     .num_trainable = 2,
                                     .supports_masking = true});
  check_layer(BatchNormalization({.axis = 1, .gamma_regularizer = "l2"}), {.input_shapes = {{2, 3, 4, 4}},
                                                                           .output_shapes = {{2, 3, 4, 4}},
                                                                           .weights = weights,
                                                                           .num_trainable = 2,
                                                                           .supports_masking = true});
  check_layer(
      BatchNormalization(
          {.center = false, .scale = false, .renorm = true, .renorm_clipping = RenormClipping{.rmax = 3, .dmax = 5}}),
      {.input_shapes = {{4, 3}},
       .output_shapes = {{4, 3}},
       .weights = {"moving_mean", "moving_variance", "moving_stddev", "renorm_mean", "renorm_stddev"},
       .num_trainable = 0,
       .supports_masking = true});
}

BOOST_AUTO_TEST_CASE(training_uses_the_batch_and_moves_the_statistics) {
  BatchNormalization norm({.momentum = 0.75, .epsilon = 0.0});
  // Feature 0 has mean 3 and variance 4, feature 1 mean 0 and variance 1.
  const Tensor x = floats({1, -1, 5, 1}, {2, 2});
  const Tensor y = norm(x, {.training = true});
  BOOST_TEST(values_of(y) == (std::vector<double>{-1, -1, 1, 1}), boost::test_tools::tolerance(1e-6)
                                                                      << boost::test_tools::per_element());
  BOOST_TEST(values_of(norm->moving_mean().snapshot()) == (std::vector<double>{0.75, 0}),
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
  // The variance is divided by the size of the batch: 0.75 * 1 + 0.25 * 4.
  BOOST_TEST(values_of(norm->moving_variance().snapshot()) == (std::vector<double>{1.75, 1}),
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(inference_uses_the_moving_statistics_and_leaves_them) {
  BatchNormalization norm({.epsilon = 0.0});
  const Tensor x = floats({1, -1, 5, 1}, {2, 2});
  norm(x);
  norm->set_weights({floats({2, 1}, {2}), floats({0, 10}, {2}), floats({1, 1}, {2}), floats({4, 1}, {2})});
  const Tensors before = norm->get_weights();
  BOOST_TEST(values_of(norm(x)) == (std::vector<double>{0, 8, 4, 10}), boost::test_tools::per_element());
  BOOST_TEST(values_of(norm->moving_mean().snapshot()) == values_of(before[2]), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(frozen_layer_keeps_its_statistics_through_training_steps) {
  BatchNormalization norm;
  const Tensor x = uniform({6, 3}, 1);
  norm(x, {.training = true});
  const std::vector<double> wanted = values_of(norm(x));
  norm->set_trainable(false);
  const std::vector<double> mean = values_of(norm->moving_mean().snapshot());
  for (int step = 0; step < 3; ++step) {
    const Tensor y = norm(uniform({6, 3}, static_cast<std::uint64_t>(step)) * 5.0, {.training = true});
  }
  BOOST_TEST(values_of(norm->moving_mean().snapshot()) == mean, boost::test_tools::per_element());
  BOOST_TEST(values_of(norm(x, {.training = true})) == wanted, boost::test_tools::per_element());
  BOOST_TEST(norm->trainable_variables().empty());
  norm->set_trainable(true);
  BOOST_TEST(norm->trainable_variables().size() == 2u);
}

BOOST_AUTO_TEST_CASE(masked_positions_do_not_count) {
  // Without the masked outlier the statistics are those of 1, 3.
  BatchNormalization norm({.momentum = 0.0, .epsilon = 0.0});
  const Tensor x = floats({1, 3, 1000}, {1, 3, 1});
  const Tensor mask = Tensor::copy({true, true, false}, {1, 3});
  const Tensor y = norm(x.with_mask(mask), {.training = true});
  BOOST_TEST(values_of(norm->moving_mean().snapshot()) == std::vector<double>{2},
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
  BOOST_TEST(values_of(norm->moving_variance().snapshot()) == std::vector<double>{1},
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
  BOOST_TEST(y.mask().defined());
}

BOOST_AUTO_TEST_CASE(channels_first_equals_channels_last) {
  BatchNormalization last;
  BatchNormalization first({.axis = 1});
  const Tensor x = uniform({2, 5, 6, 3}, 1);
  const Tensor y = last(x, {.training = true});
  const Tensor z = ops::transpose(Tensor(first(ops::transpose(x, {0, 3, 1, 2}), {.training = true})), {0, 2, 3, 1});
  // Sums in another order: a few units in the last place of numbers near 1.
  BOOST_TEST(values_of(ops::max(ops::absolute(z - y)))[0] < 1e-5);
}

BOOST_AUTO_TEST_CASE(gradient_in_training_passes_through_the_statistics) {
  // A shift of all inputs changes nothing, so the gradients of each feature add up to zero; were mean and variance
  // constants, they would not.
  BatchNormalization norm;
  const Tensor x = uniform({8, 3}, 1);
  norm(x);
  const Tensor weights = uniform({8, 3}, 2);
  const GradientTape tape;
  const Tensor loss = ops::sum(Tensor(norm(x, {.training = true})) * weights);
  const Tensor gradient = tape.gradient(loss, x);
  BOOST_TEST(values_of(ops::max(ops::absolute(ops::sum(gradient, {.axis = 0}))))[0] < 1e-5);
  BOOST_TEST(values_of(ops::max(ops::absolute(gradient)))[0] > 0.1);
}

BOOST_AUTO_TEST_CASE(rejects_what_does_not_fit) {
  BOOST_TEST(message_of<ShapeError>([] {
               BatchNormalization({.axis = 2, .name = "bn"})(uniform({2, 3}, 1));
             }) == "BatchNormalization 'bn': axis 2 is out of bounds for input shape (2, 3)");
  BOOST_TEST(message_of<ShapeError>([] {
               const Tensor mask = Tensor::copy({true, true, false, true, true, false}, {2, 3});
               BatchNormalization()(uniform({2, 3}, 1).with_mask(mask));
             }) ==
             "BatchNormalization 'batch_normalization': expected a mask of one dimension less than the input; got mask "
             "(2, 3) and "
             "input (2, 3)");
  BOOST_TEST(message_of<InvalidArgument>([] {
               BatchNormalization({.renorm = true, .renorm_clipping = RenormClipping{.rmax = 1, .rmin = 2}});
             }).find("renorm_clipping.rmax must not be less than rmin") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
