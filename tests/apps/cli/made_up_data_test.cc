#include "apps/cli/made_up_data.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "apps/cli/index_bounds.h"
#include "framework/error.h"
#include "framework/ops/cast.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/embedding.h"
#include "layers/core/input.h"
#include "layers/merging/concatenate.h"
#include "models/functional.h"
#include "models/saving.h"
#include "models/sequential.h"
#include "models/training/losses/crossentropy.h"
#include "models/training/losses/hinge.h"
#include "tests/apps/command_test.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::cli;
using namespace cornu::layers;
using namespace cornu::testing;
using cornu::test::message_of;

namespace {

using Bounds = std::vector<std::optional<std::int64_t>>;

AnyModel golden_model(const std::string& name) { return load_model(golden_case(name) + "/model.keras"); }

double largest(const Tensor& tensor) {
  const std::vector<double> values = tensor.to_vector<double>();
  return *std::max_element(values.begin(), values.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(apps_cli_made_up_data)

BOOST_AUTO_TEST_CASE(an_index_has_the_bound_of_the_table_it_selects_from) {
  BOOST_TEST((index_bounds(*golden_model("model_transformer")) == Bounds{12, 5}));
  BOOST_TEST((index_bounds(*golden_model("layer_embedding_3d")) == Bounds{7}));
  BOOST_TEST((index_bounds(*golden_model("layer_dense_int_input_cast")) == Bounds{std::nullopt}));
  // An operation on tensors, `take`, along an axis of 5 of the other input.
  BOOST_TEST(index_bounds(*golden_model("model_op_graph_index"))[1].has_value());
}

BOOST_AUTO_TEST_CASE(the_smallest_of_several_tables_counts_whatever_stands_before_them) {
  const Tensor x = Input({4}), other = Input({4}, {.dtype = int32});
  const Sequential inner({Embedding(9, 3)}, {.input_shape = Shape{8}});
  const Tensor both = Concatenate()({ops::cast(x, int32), other});
  const Model model({x, other}, {inner(both), Embedding(6, 2)(other)});
  BOOST_TEST((index_bounds(*model) == Bounds{9, 6}));
}

BOOST_AUTO_TEST_CASE(inputs_have_the_shapes_and_dtypes_of_the_model) {
  const AnyModel text = golden_model("model_siamese_text");
  const Tensors x = made_up_inputs(*text, batch_shapes(*text, {.batch_size = 50}));
  BOOST_REQUIRE(x.size() == 2);
  BOOST_TEST(x[0].spec().to_string() == (TensorSpec{{50, 4}, int32}).to_string());
  BOOST_TEST(x[1].spec().to_string() == (TensorSpec{{50, 6}, int32}).to_string());
  // 300 draws of 8 words: that the last is among them is as good as certain, and the numbers are always the same.
  BOOST_TEST(largest(x[1]) == 7);
}

BOOST_AUTO_TEST_CASE(dimensions_left_open_get_a_size) {
  const Tensor x = Input({kUnknown, kUnknown, 3});
  const Model model(x, Conv2D(2, 3)(x));
  BOOST_TEST((batch_shapes(*model, {})[0] == Shape{32, 64, 64, 3}));
  BOOST_TEST((batch_shapes(*model, {.batch_size = 2, .unknown_size = 9})[0] == Shape{2, 9, 9, 3}));
  BOOST_TEST((batch_shapes(*model, {.batch_size = 2, .samples = {{7, 5, 3}}})[0] == Shape{2, 7, 5, 3}));
  BOOST_TEST(message_of<InvalidArgument>([&] {
               batch_shapes(*model, {.samples = {{7, 5, 4}}});
             }).find("expected samples of shape (None, None, 3) for input 0; got (7, 5, 4)") != std::string::npos);
  BOOST_TEST(message_of<InvalidArgument>([&] {
               batch_shapes(*model, {.samples = {{7, 5, 3}, {1}}});
             }).find("has 1 inputs; got the shapes of 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_batch_that_the_model_fixes_is_kept) {
  const AnyModel stateful = golden_model("layer_lstm_stateful");
  BOOST_TEST(batch_shapes(*stateful, {})[0].front() == 2);
  BOOST_TEST(message_of<InvalidArgument>([&] {
               batch_shapes(*stateful, {.batch_size = 8});
             }).find("was made for batches of 2; got 8") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(targets_suit_their_losses) {
  const TensorSpec output{{64, 5}, float32};
  const Tensors y = made_up_targets(
      {output, output, output, output, output},
      {losses::SparseCategoricalCrossentropy(), losses::CategoricalCrossentropy(), losses::Hinge(), "mse", Loss()});
  BOOST_TEST((y[0].shape() == Shape{64}));
  BOOST_TEST(largest(y[0]) == 4);
  BOOST_TEST((y[1].shape() == output.shape));
  const std::vector<double> one_hot = y[1].to_vector<double>();
  BOOST_TEST(std::count(one_hot.begin(), one_hot.end(), 1.0) == 64);
  BOOST_TEST(std::count(one_hot.begin(), one_hot.end(), 0.0) == 4 * 64);
  const std::vector<double> bits = y[2].to_vector<double>();
  BOOST_TEST(std::count(bits.begin(), bits.end(), 1.0) + std::count(bits.begin(), bits.end(), 0.0) == 5 * 64);
  BOOST_TEST((y[3].shape() == output.shape));
  BOOST_TEST(largest(y[3]) < 1.0);
  BOOST_TEST((y[4].shape() == output.shape));
}

BOOST_AUTO_TEST_CASE(classes_may_lie_along_another_axis) {
  const TensorSpec output{{2, 3, 4}, float32};
  const Tensors y = made_up_targets({output, output}, {losses::SparseCategoricalCrossentropy({.axis = 1}),
                                                       losses::CategoricalCrossentropy({.axis = 1})});
  BOOST_TEST((y[0].shape() == Shape{2, 4}));
  BOOST_TEST(largest(y[0]) == 2);
  BOOST_TEST((y[1].shape() == output.shape));
  BOOST_CHECK_THROW(made_up_targets({TensorSpec{{8}, float32}}, {losses::SparseCategoricalCrossentropy()}), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
