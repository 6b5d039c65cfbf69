#include <omp.h>

#include <boost/test/unit_test.hpp>
#include <thread>

#include "framework/initializers/initializer.h"
#include "framework/numerics.h"
#include "layers/activations/relu.h"
#include "layers/convolutional/conv2d.h"
#include "layers/core/dense.h"
#include "layers/normalization/batch_normalization.h"
#include "layers/regularization/dropout.h"
#include "layers/reshaping/flatten.h"
#include "models/sequential.h"
#include "models/training/optimizers/adam.h"
#include "tests/support/num_threads.h"

namespace cornu {
namespace {

// So many threads while it lives.
class Threads {
 public:
  explicit Threads(int count) : before_(omp_get_max_threads()) { test::set_num_threads(count); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  ~Threads() { test::set_num_threads(before_); }

 private:
  int before_;
};

Tensor pattern(const Shape& shape) {
  Tensor tensor = Tensor::empty(shape);
  std::uint32_t random = 7;
  for (float& value : tensor.mutable_data<float>()) {
    random = random * 1664525U + 1013904223U;
    value = static_cast<float>(random >> 16) / 65536.0F - 0.5F;
  }
  return tensor;
}

Sequential network() {
  return Sequential({layers::Dense(64, {.activation = "tanh"}), layers::Dropout(0.3), layers::Dense(4)});
}

Sequential convolutional_network() {
  return Sequential({layers::Conv2D(24, {3, 3}, {.padding = "same"}), layers::BatchNormalization(), layers::ReLU(),
                     layers::Conv2D(24, {3, 3}, {.padding = "same", .activation = "relu"}),
                     layers::Conv2D(16, {5, 5}, {.strides = {2, 2}}), layers::Flatten(), layers::Dense(4)});
}

// Everything random about a training: first weights, the order of samples, masks; as seen in the weights after it.
std::vector<float> trained_weights(int threads, Sequential (*make_model)() = network, const Shape& sample = {32}) {
  const Threads scope(threads);
  set_random_seed(42);
  const Sequential model = make_model();
  model.compile({.optimizer = optimizers::Adam(), .loss = "mean_squared_error"});
  model.fit(pattern(Shape{200}.concatenated(sample)), pattern({200, 4}),
            {.batch_size = 32, .epochs = 2, .verbose = Verbose::kSilent});
  std::vector<float> all;
  for (const Tensor& weight : model->get_weights()) {
    for (const float value : weight.to_vector<float>()) all.push_back(value);
  }
  return all;
}

BOOST_AUTO_TEST_SUITE(models_determinism)

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_first_weights) {
  const auto first_weights = [](int threads) {
    const Threads scope(threads);
    set_random_seed(42);
    const layers::Dense dense(64);
    dense(pattern({8, 32}));
    return dense->get_weights().at(0).to_vector<float>();
  };
  const std::vector<float> wanted = first_weights(1);
  for (const int threads : {1, 2, 4}) {
    BOOST_TEST(first_weights(threads) == wanted, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_masks) {
  const auto masked = [](int threads) {
    const Threads scope(threads);
    set_random_seed(42);
    const Tensor ones = Tensor::copy(std::vector<float>(100000, 1.0F), {100, 1000});
    const layers::Dropout dropout(0.4);
    dropout(ones, {.training = true});
    return Outputs(dropout(ones, {.training = true})).tensors().at(0).to_vector<float>();
  };
  const std::vector<float> wanted = masked(1);
  for (const int threads : {1, 2, 4}) BOOST_TEST((masked(threads) == wanted));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_training) {
  const std::vector<float> wanted = trained_weights(1);
  for (const int threads : {1, 2, 4}) {
    BOOST_TEST_CONTEXT(threads << " threads") {
      BOOST_TEST(trained_weights(threads) == wanted, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(many_threads_predict_what_one_predicts) {
  set_random_seed(42);
  const Sequential model = network();
  const std::vector<std::int64_t> sizes{1, 3, 16, 33};
  std::vector<std::vector<float>> wanted;
  wanted.reserve(sizes.size());
  for (const std::int64_t rows : sizes) wanted.push_back(model.predict(pattern({rows, 32}))[0].to_vector<float>());
  // A second model of the same weights, whose programs the threads have to compile. Each thread has a random seed of
  // its own, so the weights are made here.
  set_random_seed(42);
  const Sequential other = network();
  other.predict(pattern({2, 32}));
  std::vector<int> failures(16);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < 20; ++i) {
        const std::size_t which = (t + i) % sizes.size();
        if (other.predict(pattern({sizes[which], 32}))[0].to_vector<float>() != wanted[which]) ++failures[t];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const int failed : failures) BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_CASE(deterministic_convolutions_train_the_same_for_every_number_of_threads) {
  set_deterministic(true);
  const Shape image{16, 16, 3};
  const std::vector<float> one = trained_weights(1, convolutional_network, image);
  for (const int threads : {2, 3}) {
    BOOST_TEST((trained_weights(threads, convolutional_network, image) == one), threads << " threads");
  }
  set_deterministic(false);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
