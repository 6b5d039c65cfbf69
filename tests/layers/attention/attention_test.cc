#include "layers/attention/attention.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "layers/attention/additive_attention.h"
#include "layers/core/input.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::floats;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_attention_attention)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  const Shapes inputs{{2, 3, 4}, {2, 5, 4}};
  check_layer(Attention(), {.input_shapes = inputs, .output_shapes = {{2, 3, 4}}});
  check_layer(Attention({.use_scale = true, .score_mode = "concat", .dropout = 0.25, .seed = 7}),
              {.input_shapes = inputs,
               .output_shapes = {{2, 3, 4}},
               .weights = {"scale", "concat_score_weight"},
               .num_seed_states = 1});
  check_layer(Attention(), {.input_shapes = {{2, 3, 4}, {2, 5, 6}, {2, 5, 4}},
                            .output_shapes = {{2, 3, 6}, {2, 3, 5}},
                            .call = {.arguments = {{"return_attention_scores", true}}},
                            .shape_is_static = false});
  check_layer(AdditiveAttention(), {.input_shapes = inputs, .output_shapes = {{2, 3, 4}}, .weights = {"scale"}});
}

BOOST_AUTO_TEST_CASE(values_are_those_worked_out_by_hand) {
  // A query of zeros fits all keys equally: the mean of the values that may be seen.
  const Tensor query = floats({0, 0, 0}, {1, 3, 1});
  const Tensor value = floats({1, 3, 8}, {1, 3, 1});
  Attention attention;
  BOOST_TEST(values_of(attention({query, value})) == (std::vector<double>{4, 4, 4}),
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
  BOOST_TEST(values_of(attention({query, value}, {.arguments = {{"use_causal_mask", true}}})) ==
                 (std::vector<double>{1, 2, 4}),
             boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(masks_hide_values_and_clear_outputs) {
  const Tensor query = floats({0, 0}, {1, 2, 1});
  const Tensor value = floats({1, 3, 8}, {1, 3, 1});
  const Tensor query_mask = Tensor::copy({true, false}, {1, 2});
  const Tensor value_mask = Tensor::copy({true, true, false}, {1, 3});
  const Tensor y = Attention()({query.with_mask(query_mask), value.with_mask(value_mask)});
  BOOST_TEST(values_of(y) == (std::vector<double>{2, 0}), boost::test_tools::tolerance(1e-6)
                                                              << boost::test_tools::per_element());
  BOOST_TEST(y.mask().defined());
}

BOOST_AUTO_TEST_CASE(causal_mask_of_unknown_length_has_unknown_length) {
  const Tensor query = Input({kUnknown, 4});
  const Tensor y = Attention()({query, query}, {.arguments = {{"use_causal_mask", true}}});
  BOOST_TEST(y.shape().to_string() == "(None, None, 4)");
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments) {
  BOOST_TEST(message_of<InvalidArgument>([] { Attention({.score_mode = "cosine", .name = "luong"}); }) ==
             "Attention 'luong': score_mode must be \"dot\" or \"concat\"; got \"cosine\"");
  BOOST_TEST(message_of<InvalidArgument>([] {
               Attention()(uniform({1, 2, 3}, 1));
             }) ==
             "Attention 'attention': expected a list of 2 or 3 inputs, {query, value} or {query, value, key}; got 1");
  BOOST_TEST(message_of<InvalidArgument>([] { AdditiveAttention({.dropout = 1.0}); }) ==
             "AdditiveAttention 'additive_attention': dropout must be in [0, 1); got 1.000000");
}

BOOST_AUTO_TEST_SUITE_END()
