// Several threads at once, each predicting or training; what they meet in one another's way are pools of memory, caches
// of programs and kernels, and counters. `./dev tsan` runs these under ThreadSanitizer.

#include <atomic>
#include <barrier>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <thread>
#include <vector>

#include "framework/initializers/initializer.h"
#include "layers/activations/relu.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/dense.h"
#include "layers/normalization/batch_normalization.h"
#include "layers/regularization/dropout.h"
#include "layers/reshaping/flatten.h"
#include "models/sequential.h"
#include "models/training/optimizers/adam.h"
#include "tests/support/patterns.h"

using namespace cornu;
using namespace cornu::test;

namespace {

constexpr std::size_t kThreads = 4;

// All begin at once.
void in_threads(const std::function<void(std::size_t)>& work) {
  std::barrier start(kThreads);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      start.arrive_and_wait();
      work(t);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// Kernels that are packed, statistics that are folded into them before a prediction, fused loops.
Sequential network() {
  set_random_seed(3);
  return Sequential({layers::Conv2D(16, {3, 3}, {.padding = "same"}), layers::BatchNormalization(), layers::ReLU(),
                     layers::Conv2D(16, {3, 3}, {.padding = "same", .activation = "tanh"}), layers::Flatten(),
                     layers::Dropout(0.2), layers::Dense(5, {.activation = "softmax"})});
}

Tensor images(std::int64_t rows) { return wave({rows, 8, 8, 3}); }

std::vector<float> scores(const Sequential& model, std::int64_t rows) {
  return model.predict(images(rows))[0].to_vector<float>();
}

std::vector<float> trained_weights() {
  const Sequential model = network();
  model.compile({.optimizer = optimizers::Adam(), .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  const Tensor labels = Tensor::copy(std::vector<std::int64_t>{0, 3, 1, 4, 2, 2}, {6});
  for (int step = 0; step < 4; ++step) model.train_on_batch(images(6), labels);
  std::vector<float> all;
  for (const Tensor& weight : model->get_weights()) {
    for (const float value : weight.to_vector<float>()) all.push_back(value);
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_threads)

// The first call makes the weights: one thread does, and all see the same ones.
BOOST_AUTO_TEST_CASE(the_first_call_may_be_in_several_threads_at_once) {
  for (int repetition = 0; repetition < 5; ++repetition) {
    const Sequential model = network();
    std::vector<std::vector<float>> found(kThreads);
    in_threads([&](std::size_t t) {
      scores(model, static_cast<std::int64_t>(2 + t % 2));
      found[t] = scores(model, 4);
    });
    const std::vector<float> expected = scores(model, 4);
    for (const std::vector<float>& one : found) BOOST_TEST((one == expected));
  }
}

// While all wait the weights are changed, and the statistics that a prologue folds into kernels.
BOOST_AUTO_TEST_CASE(threads_see_weights_that_changed_between_predictions) {
  const Sequential model = network();
  const Sequential twin = network();
  model->build_for({{1, 8, 8, 3}});
  twin->build_for({{1, 8, 8, 3}});
  std::vector<float> expected;
  int round = 0;
  const auto change_weights = [&]() noexcept {
    Tensors values;
    for (const Variable& weight : model.weights()) {
      std::vector<float> numbers = weight.snapshot().to_vector<float>();
      for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = numbers[i] * 0.9F + 0.01F * static_cast<float>(i % 3);
      values.push_back(Tensor::copy(numbers, weight.shape()));
    }
    model->set_weights(values);
    twin->set_weights(values);
    expected = scores(twin, 3);
    ++round;
  };
  std::barrier turn(kThreads, change_weights);
  std::atomic<int> wrong{0};
  in_threads([&](std::size_t) {
    while (true) {
      turn.arrive_and_wait();
      if (round > 10) break;
      for (int i = 0; i < 3; ++i) {
        if (scores(model, 3) != expected) ++wrong;
      }
    }
  });
  BOOST_TEST(wrong == 0);
}

// Each shape is a program: of 80 shapes some are compiled again, in place of others that may be in use.
BOOST_AUTO_TEST_CASE(programs_are_compiled_and_replaced_while_others_run) {
  const Sequential model({layers::Dense(6, {.activation = "tanh"}), layers::Dense(3)});
  const auto row = [&](std::int64_t rows) {
    const std::vector<float> all = model.predict(wave({rows, 4}), {.batch_size = rows})[0].to_vector<float>();
    return std::vector<float>(all.begin(), all.begin() + 3);
  };
  const std::vector<float> expected = row(1);
  std::atomic<int> wrong{0};
  in_threads([&](std::size_t t) {
    for (std::int64_t i = 0; i < 160; ++i) {
      const std::vector<float> found = row(1 + (i * 7 + static_cast<std::int64_t>(t) * 20) % 80);
      for (std::size_t k = 0; k < 3; ++k) {
        if (std::abs(found[k] - expected[k]) > 1e-5F) ++wrong;
      }
    }
  });
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(each_thread_trains_or_predicts_with_a_model_of_its_own) {
  const std::vector<float> trained = trained_weights();
  const std::vector<float> predicted = scores(network(), 5);
  std::atomic<int> wrong{0};
  in_threads([&](std::size_t t) {
    if (t % 2 == 0) {
      if (trained_weights() != trained) ++wrong;
      return;
    }
    for (int i = 0; i < 3; ++i) {
      if (scores(network(), 5) != predicted) ++wrong;
    }
  });
  BOOST_TEST(wrong == 0);
}

// One model: the copies that hold packed weights are made anew with each change, while another model trains.
BOOST_AUTO_TEST_CASE(threads_predict_with_one_model_while_another_trains) {
  const std::vector<float> trained = trained_weights();
  const Sequential model = network();
  const std::vector<float> expected = scores(model, 5);
  std::atomic<int> wrong{0};
  std::atomic<bool> over{false};
  in_threads([&](std::size_t t) {
    if (t == 0) {
      if (trained_weights() != trained) ++wrong;
      over = true;
      return;
    }
    do {
      if (scores(model, 5) != expected) ++wrong;
    } while (!over);
  });
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
