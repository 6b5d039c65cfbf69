#include "layers/core/embedding.h"

#include <boost/test/unit_test.hpp>

#include "framework/error.h"
#include "tests/support/layer_test.h"

namespace cornu {
namespace {

using layers::Embedding;
using test::check_layer;
using test::floats;
using test::message_of;
using test::values_of;

Tensor indices(const std::vector<std::int32_t>& values, const Shape& shape) { return Tensor::copy(values, shape); }

BOOST_AUTO_TEST_SUITE(layers_core_embedding)

BOOST_AUTO_TEST_CASE(keeps_what_every_layer_promises) {
  check_layer(
      Embedding(6, 3),
      {.output_shapes = {{2, 4, 3}}, .weights = {"embeddings"}, .inputs = {indices({0, 1, 5, 3, 2, 2, 0, 4}, {2, 4})}});
  check_layer(Embedding(6, 3, {.mask_zero = true, .lora_rank = 2}),
              {.output_shapes = {{2, 3}},
               .weights = {"embeddings", "lora_embeddings_a", "lora_embeddings_b"},
               .num_trainable = 2,
               .supports_masking = true,
               .inputs = {indices({0, 5}, {2})}});
}

BOOST_AUTO_TEST_CASE(takes_the_rows_that_indices_name) {
  const Embedding embedding(3, 2, {.weights = floats({1, 2, 3, 4, 5, 6}, {3, 2})});
  BOOST_TEST(values_of(embedding(indices({2, 0}, {1, 2}))) == (std::vector<double>{5, 6, 1, 2}),
             boost::test_tools::per_element());
  // Indices may come as floats.
  BOOST_TEST(values_of(embedding(floats({1}, {1}))) == (std::vector<double>{3, 4}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(masks_index_zero_where_asked) {
  const Tensor x = indices({0, 2, 0}, {1, 3});
  BOOST_TEST(!Embedding(3, 2)(x).single().mask().defined());
  const Tensor mask = Embedding(3, 2, {.mask_zero = true})(x).single().mask();
  BOOST_TEST(mask.spec().to_string() == "(1, 3) bool");
  BOOST_TEST(values_of(mask) == (std::vector<double>{0, 1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rejects_sizes_that_are_not_positive) {
  BOOST_TEST(message_of<InvalidArgument>([] { Embedding(0, 2, {.name = "words"}); }) ==
             "Embedding 'words': input_dim must be positive; got 0");
  BOOST_TEST(message_of<InvalidArgument>([] { Embedding(2, -1, {.name = "words"}); }) ==
             "Embedding 'words': output_dim must be positive; got -1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
