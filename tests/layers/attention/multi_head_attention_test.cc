#include "layers/attention/multi_head_attention.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "layers/core/input.h"
#include "tests/support/gradient_check.h"
#include "tests/support/layer_test.h"

using namespace cornu;
using namespace cornu::layers;
using test::check_layer;
using test::message_of;
using test::uniform;
using test::values_of;

BOOST_AUTO_TEST_SUITE(layers_attention_multi_head_attention)

BOOST_AUTO_TEST_CASE(layers_keep_their_promises) {
  const std::vector<std::string> four{"kernel", "bias", "kernel", "bias", "kernel", "bias", "kernel", "bias"};
  check_layer(MultiHeadAttention(2, 3, {.kernel_regularizer = "l2"}), {.input_shapes = {{2, 4, 6}, {2, 5, 6}},
                                                                       .output_shapes = {{2, 4, 6}},
                                                                       .weights = four,
                                                                       .supports_masking = true});
  check_layer(MultiHeadAttention(2, 3, {.value_dim = 4, .use_bias = false, .output_shape = {5}, .use_gate = true}),
              {.input_shapes = {{2, 4, 6}, {2, 5, 3}, {2, 5, 2}},
               .output_shapes = {{2, 4, 5}, {2, 2, 4, 5}},
               .weights = {"kernel", "kernel", "kernel", "kernel", "kernel"},
               .supports_masking = true,
               .call = {.arguments = {{"return_attention_scores", true}, {"use_causal_mask", true}}},
               .shape_is_static = false});
}

BOOST_AUTO_TEST_CASE(files_and_paths_are_those_of_keras) {
  MultiHeadAttention attention(2, 3, {.dropout = 0.1, .use_gate = true});
  attention({uniform({1, 4, 6}, 1), uniform({1, 4, 6}, 2)});
  std::vector<std::string> names;
  for (const LayerAttribute& attribute : attention->attributes()) names.push_back(attribute.name);
  const std::vector<std::string> wanted{"query_dense", "key_dense",      "_gate_dense",
                                        "value_dense", "_dropout_layer", "output_dense"};
  BOOST_TEST(names == wanted, boost::test_tools::per_element());
  BOOST_TEST(attention->weights()[0].path() == "multi_head_attention/query/kernel");
  BOOST_TEST(attention->weights().back().path() == "multi_head_attention/attention_output/bias");
}

BOOST_AUTO_TEST_CASE(key_may_come_by_keyword) {
  const Tensor query = uniform({1, 3, 4}, 1);
  const Tensor value = uniform({1, 5, 4}, 2);
  const Tensor key = uniform({1, 5, 2}, 3);
  MultiHeadAttention attention(2, 3);
  const std::vector<double> wanted = values_of(attention({query, value, key}));
  BOOST_TEST(values_of(attention({query, value}, {.arguments = {{"key", key}}})) == wanted,
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(causal_outputs_do_not_depend_on_later_inputs) {
  MultiHeadAttention attention(2, 3);
  const CallOptions causal{.arguments = {{"use_causal_mask", true}}};
  Tensor x = ops::cast(uniform({1, 4, 6}, 1), float32);
  const std::vector<double> before = values_of(attention({x, x}, causal));
  x = x.clone();
  for (std::size_t i = 18; i < 24; ++i) x.mutable_data<float>()[i] += 1.0F;
  const std::vector<double> after = values_of(attention({x, x}, causal));
  for (std::size_t i = 0; i < 18; ++i) BOOST_TEST(after[i] == before[i]);
  BOOST_TEST(after[18] != before[18]);
}

BOOST_AUTO_TEST_CASE(masks_that_travel_hide_keys_and_travel_on) {
  MultiHeadAttention attention(2, 3);
  const Tensor mask = Tensor::copy({true, true, false}, {1, 3});
  Tensor x = ops::cast(uniform({1, 3, 4}, 1), float32);
  const Tensor y = attention({x.with_mask(mask), x.with_mask(mask)});
  BOOST_TEST(y.mask().defined());
  const std::vector<double> before = values_of(y);
  x = x.clone();
  for (std::size_t i = 8; i < 12; ++i) x.mutable_data<float>()[i] += 1.0F;
  const std::vector<double> after = values_of(attention({x.with_mask(mask), x.with_mask(mask)}));
  for (std::size_t i = 0; i < 8; ++i) BOOST_TEST(after[i] == before[i]);
}

BOOST_AUTO_TEST_CASE(unknown_lengths_stay_unknown) {
  const Tensor x = Input({kUnknown, 4});
  const Tensor y = MultiHeadAttention(2, 3, {.sliding_window = 2})({x, x}, {.arguments = {{"use_causal_mask", true}}});
  BOOST_TEST(y.shape().to_string() == "(None, None, 4)");
}

BOOST_AUTO_TEST_CASE(rejects_bad_arguments) {
  BOOST_TEST(message_of<InvalidArgument>([] { MultiHeadAttention(0, 3, {.name = "heads"}); }) ==
             "MultiHeadAttention 'heads': num_heads must be positive; got 0");
  BOOST_TEST(message_of<InvalidArgument>([] { MultiHeadAttention(2, 3, {.dropout = 0.5, .flash_attention = true}); }) ==
             "MultiHeadAttention 'multi_head_attention': dropout is not supported when flash attention is enabled; set "
             "dropout to 0");
  BOOST_TEST(
      message_of<InvalidArgument>([] {
        MultiHeadAttention(2, 3)(uniform({1, 2, 3}, 1));
      }) ==
      "MultiHeadAttention 'multi_head_attention': expected 2 or 3 inputs, {query, value} or {query, value, key}; "
      "got 1");
  BOOST_TEST(message_of<ShapeError>([] {
               MultiHeadAttention(2, 3)({uniform({1, 2, 3}, 1), uniform({1, 4, 3}, 1), uniform({1, 5, 3}, 1)});
             }).find("value and key equal in all dimensions but the last") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
