#include <array>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "framework/error.h"
#include "framework/num_threads.h"
#include "layers/core/dense.h"
#include "layers/core/embedding.h"
#include "layers/core/input.h"
#include "layers/merging/concatenate.h"
#include "layers/reshaping/flatten.h"
#include "models/functional.h"
#include "models/sequential.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::test;

namespace {

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i % 17) * 0.25F - 2.0F;
  return values;
}

Sequential network() {
  return Sequential({layers::Dense(40, {.activation = "relu"}), layers::Dense(3, {.name = "scores"})},
                    {.name = "net", .input_shape = Shape{8}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_predict_into)

BOOST_AUTO_TEST_CASE(gives_what_predict_gives) {
  const Sequential model = network();
  for (const std::int64_t rows : {1, 5, 64}) {
    const std::vector<float> x = ramp(static_cast<std::size_t>(rows) * 8);
    model->prepare({{rows, 8}});
    std::vector<float> y(static_cast<std::size_t>(rows) * 3);
    model->predict_into(x, y);
    const Tensor expected = model.predict(Tensor::copy(x, {rows, 8}), {.batch_size = rows});
    BOOST_TEST(y == expected.to_vector<float>(), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(several_inputs_of_several_dtypes) {
  const Tensor words = layers::Input({4}, {.dtype = DType::kInt32, .name = "words"});
  const Tensor rest = layers::Input({2}, {.name = "rest"});
  const Tensor embedded = layers::Flatten()(layers::Embedding(10, 3)(words));
  const Tensor joined = layers::Concatenate()({embedded, rest});
  const Model model({words, rest}, {layers::Dense(5)(joined), layers::Dense(1)(joined)});
  model->prepare({{2, 4}, {2, 2}});
  const std::vector<std::int32_t> word_numbers{1, 2, 3, 4, 9, 8, 7, 6};
  const std::vector<float> numbers{1, 2, 3, 4};
  std::vector<float> first(10);
  std::vector<float> second(2);
  model->predict_into(std::array<InputView, 2>{word_numbers, numbers}, std::array<OutputView, 2>{first, second});
  const Outputs expected = model.predict({Tensor::copy(word_numbers, {2, 4}), Tensor::copy(numbers, {2, 2})});
  BOOST_TEST(first == expected[0].to_vector<float>(), boost::test_tools::per_element());
  BOOST_TEST(second == expected[1].to_vector<float>(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(follows_the_weights) {
  const Sequential model = network();
  model->prepare({{1, 8}});
  const std::vector<float> x = ramp(8);
  std::vector<float> y(3);
  model->predict_into(x, y);
  model->set_weights({Tensor::copy(std::vector<float>(8 * 40), {8, 40}), Tensor::copy(std::vector<float>(40), {40}),
                      Tensor::copy(std::vector<float>(40 * 3), {40, 3}), Tensor::copy(std::vector<float>(3), {3})});
  model.weights().back().assign(Tensor::copy<float>({1, 2, 3}, {3}));
  model->predict_into(x, y);
  BOOST_TEST(y[2] == 3.0F);
}

BOOST_AUTO_TEST_CASE(of_shapes_of_equal_sizes_the_last_prepared_counts) {
  const Sequential model({layers::Dense(1, {.use_bias = false})});
  model->build_for({{2, 3, 4}});
  model->prepare({{2, 3, 4}});
  model->prepare({{3, 2, 4}});
  const std::vector<float> x = ramp(24);
  std::vector<float> y(6);
  model->predict_into(x, y);
  model->prepare({{2, 3, 4}});
  std::vector<float> again(6);
  model->predict_into(x, again);
  BOOST_TEST(y == again, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(threads_predict_at_once_while_others_prepare) {
  const Sequential model = network();
  model->prepare({{1, 8}});
  const std::vector<float> x = ramp(8);
  std::vector<float> expected(3);
  model->predict_into(x, expected);
  std::array<int, 4> wrong{};
  std::vector<std::thread> threads;
  threads.reserve(wrong.size());
  for (int& count : wrong) {
    threads.emplace_back([&] {
      const NumThreadsScope one(1);
      for (int i = 0; i < 2000; ++i) {
        std::vector<float> y(3);
        model->predict_into(x, y);
        if (y != expected) ++count;
      }
    });
  }
  // More shapes than are kept: programs are thrown away meanwhile, but none that is in use.
  for (std::int64_t rows = 2; rows < 90; ++rows) {
    model->prepare({{rows, 8}});
    model->prepare({{1, 8}});
  }
  for (std::thread& thread : threads) thread.join();
  for (int count : wrong) BOOST_TEST(count == 0);
}

BOOST_AUTO_TEST_CASE(says_what_it_expects) {
  const Sequential model = network();
  model->prepare({{2, 8}});
  std::vector<float> y(6);
  BOOST_TEST(message_of<InvalidArgument>([&] { model->predict_into(ramp(15), y); }) ==
             "predict_into: expected inputs of sizes that were prepared: \"input_layer\" of (None, 8) float32; got 15 "
             "float32 elements. Call prepare() with the shapes of these inputs first.");
  std::vector<float> short_of_one(5);
  BOOST_TEST(message_of<ShapeError>([&] { model->predict_into(ramp(16), short_of_one); }) ==
             "predict_into: expected room for (2, 3) float32, 6 elements, as output \"scores\"; got room for 5");
  std::vector<double> doubles(6);
  BOOST_TEST(message_of<DTypeError>([&] { model->predict_into(ramp(16), doubles); }) ==
             "predict_into: expected memory for (2, 3) float32 as output \"scores\"; got memory for float64");
  const std::vector<float> x = ramp(16);
  BOOST_TEST(message_of<InvalidArgument>([&] {
               model->predict_into(std::array<InputView, 1>{x}, std::array<OutputView, 2>{y, y});
             }) == "predict_into: expected 1 outputs; got 2");
}

BOOST_AUTO_TEST_SUITE_END()
