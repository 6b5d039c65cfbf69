// Models on a card: the emulated one, or this machine's. What is trained there equals what is trained on the CPU.

#include <cornu/cornu.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdio>
#include <map>

#include "framework/executor/program.h"
#include "tests/framework/backends/cuda/emulation/card_check.h"
#include "tests/support/kernel_test.h"

namespace cornu::test {
namespace {

using namespace layers;

// Without a bias in the last layer: the distance does not depend on it, so its gradient is a rounding error, which Adam
// makes as large as any other.
Model siamese() {
  const Sequential tower({Dense(16, {.activation = "relu"}), Dense(8, {.use_bias = false})}, {.name = "tower"});
  const Tensor left = Input({12});
  const Tensor right = Input({12});
  const Tensor distance = ops::norm(tower(left) - tower(right), {.axis = -1, .keepdims = true});
  Model model({left, right}, distance, {.name = "siamese"});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = losses::Contrastive({.margin = 1.0})});
  return model;
}

// The tower of the siamese example.
Model convolutional_siamese() {
  const Sequential tower({Conv2D(8, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}),
                          Conv2D(16, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}),
                          Flatten(), Dense(32, {.activation = "relu"}), Dense(16, {.use_bias = false})},
                         {.name = "tower"});
  const Tensor left = Input({14, 14, 1});
  const Tensor right = Input({14, 14, 1});
  Model model({left, right}, L2Distance()({tower(left), tower(right)}), {.name = "siamese"});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}), .loss = losses::Contrastive({.margin = 1.0})});
  return model;
}

Model lenet() {
  const Tensor x = Input({28, 28, 1});
  const Sequential body({Conv2D(32, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}),
                         Conv2D(64, {3, 3}, {.padding = "same", .activation = "relu"}), MaxPooling2D({2, 2}), Flatten(),
                         Dense(128, {.activation = "relu"}), Dense(10)});
  Model model({x}, body(x), {.name = "lenet"});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 1e-3}),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  return model;
}

Tensor residual_block(const Tensor& x, std::int64_t filters, std::int64_t stride) {
  const auto conv = [&](const Tensor& input, std::int64_t window, std::int64_t step) {
    const Tensor y =
        Conv2D(filters, {window, window}, {.strides = {step, step}, .padding = "same", .use_bias = false})(input);
    return Tensor(BatchNormalization()(y));
  };
  const Tensor y = conv(ReLU()(conv(x, 3, stride)), 3, 1);
  const Tensor shortcut = stride == 1 ? x : conv(x, 1, stride);
  return ReLU()(y + shortcut);
}

Model resnet20() {
  const Tensor x = Input({16, 16, 3});
  const Tensor stem = Conv2D(16, {3, 3}, {.padding = "same", .use_bias = false})(x);
  Tensor y = ReLU()(Tensor(BatchNormalization()(stem)));
  for (const std::int64_t filters : {16, 32, 64}) {
    for (int block = 0; block < 3; ++block) y = residual_block(y, filters, filters > 16 && block == 0 ? 2 : 1);
  }
  const Tensor logits = Dense(10)(Tensor(GlobalAveragePooling2D()(y)));
  Model model({x}, logits, {.name = "resnet20"});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.01, .momentum = 0.9}),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
  return model;
}

Tensor class_numbers(std::int64_t count) {
  Tensor y = Tensor::empty({count}, int32);
  for (std::int64_t i = 0; i < count; ++i)
    y.mutable_data<std::int32_t>()[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(i * 7 % 10);
  return y;
}

struct Trained {
  std::vector<double> losses;
  Tensors weights;
};

// Some steps from the same first weights on that device.
Trained trained(Model (*make)(), const ModelData& x, const Tensor& y, int steps, const std::string& device) {
  set_random_seed(42);
  const Model model = make();
  set_default_device(device);
  Trained result;
  for (int i = 0; i < steps; ++i) result.losses.push_back(model.train_on_batch(x, y).at("loss"));
  set_default_device("cpu");
  result.weights = model->get_weights();
  return result;
}

void check_equal_on_both(Model (*make)(), const ModelData& x, const Tensor& y, int steps, double tolerance) {
  const Trained on_cpu = trained(make, x, y, steps, "cpu");
  const Trained on_card = trained(make, x, y, steps, "gpu:0");
  BOOST_TEST(on_cpu.losses.front() != on_cpu.losses.back());
  for (std::size_t i = 0; i < on_cpu.losses.size(); ++i) {
    BOOST_TEST(std::abs(on_card.losses[i] - on_cpu.losses[i]) <= tolerance * std::abs(on_cpu.losses[i]),
               "loss " << i << ": " << on_card.losses[i] << " instead of " << on_cpu.losses[i]);
  }
  BOOST_TEST_REQUIRE(on_card.weights.size() == on_cpu.weights.size());
  for (std::size_t w = 0; w < on_cpu.weights.size(); ++w) {
    const std::vector<double> values = on_card.weights[w].to_vector<double>();
    const std::vector<double> wanted = on_cpu.weights[w].to_vector<double>();
    double worst = 0;
    for (std::size_t i = 0; i < values.size(); ++i) worst = std::max(worst, std::abs(values[i] - wanted[i]));
    BOOST_TEST(worst <= tolerance, "weight " << w << " differs by " << worst);
  }
}

Tensor zeros_and_ones(std::int64_t count) {
  Tensor y = Tensor::empty({count, 1});
  for (std::int64_t i = 0; i < count; ++i)
    y.mutable_data<float>()[static_cast<std::size_t>(i)] = static_cast<float>(i % 2);
  return y;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_training_on_cards)

BOOST_AUTO_TEST_CASE(a_siamese_network_trains_as_on_the_cpu) {
  const TestCard card;
  check_equal_on_both(siamese, ModelData{uniform_float32({10, 12}, 1), uniform_float32({10, 12}, 2)},
                      zeros_and_ones(10), 6, 1e-5);
}

BOOST_AUTO_TEST_CASE(a_siamese_network_of_convolutions_trains_as_on_the_cpu) {
  const TestCard card;
  check_equal_on_both(convolutional_siamese,
                      ModelData{uniform_float32({6, 14, 14, 1}, 1), uniform_float32({6, 14, 14, 1}, 2)},
                      zeros_and_ones(6), 4, 2e-5);
}

BOOST_AUTO_TEST_CASE(lenet_trains_as_on_the_cpu) {
  const TestCard card;
  check_equal_on_both(lenet, ModelData{uniform_float32({5, 28, 28, 1}, 1)}, class_numbers(5), 4, 2e-5);
}

BOOST_AUTO_TEST_CASE(resnet20_trains_as_on_the_cpu) {
  const TestCard card;
  check_equal_on_both(resnet20, ModelData{uniform_float32({4, 16, 16, 3}, 1)}, class_numbers(4), 3, 1e-4);
}

// Masks come from the same random numbers.
Model with_dropout() {
  const Tensor x = Input({20});
  const Sequential body(
      {Dense(32, {.activation = "gelu"}), Dropout(0.4), LayerNormalization(), Dense(3, {.activation = "softmax"})});
  Model model({x}, body(x), {.name = "with_dropout"});
  model.compile({.optimizer = "rmsprop", .loss = "sparse_categorical_crossentropy", .metrics = {"accuracy"}});
  return model;
}

BOOST_AUTO_TEST_CASE(dropout_drops_the_same) {
  const TestCard card;
  Tensor y = class_numbers(8);
  for (std::int32_t& number : y.mutable_data<std::int32_t>()) number %= 3;
  check_equal_on_both(with_dropout, ModelData{uniform_float32({8, 20}, 1)}, y, 4, 2e-5);
}

// Rows of a table that were looked up several times get the sum of what flows back.
Model with_embedding() {
  const Tensor x = Input({6}, {.dtype = int32});
  const Sequential body({Embedding(12, 5), GlobalAveragePooling1D(), Dense(1)});
  Model model({x}, body(x), {.name = "with_embedding"});
  model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = "mean_squared_error"});
  return model;
}

BOOST_AUTO_TEST_CASE(an_embedding_trains_as_on_the_cpu) {
  const TestCard card;
  Tensor words = Tensor::empty({9, 6}, int32);
  std::int32_t word = 0;
  for (std::int32_t& number : words.mutable_data<std::int32_t>()) number = (word += 5) % 12;
  check_equal_on_both(with_embedding, ModelData{words}, zeros_and_ones(9), 4, 1e-5);
}

// What the compiler decides for a card, as plain data: all of it is computed there, the optimizer is one launch,
// kernels are laid out for cuDNN once before and once behind.
BOOST_AUTO_TEST_CASE(a_training_step_is_a_short_list_of_launches) {
  const TestCard card;
  set_default_device("gpu:0");
  const auto operations_of = [](const Model& model, const ModelData& x, const Tensor& y) {
    const std::shared_ptr<const Program> program = model->training_program(x, y);
    BOOST_TEST(program->host_operations().empty());
    std::map<std::string, int> counts;
    for (const std::string& operation : program->step_operations()) ++counts[operation];
    return counts;
  };
  std::map<std::string, int> lenet_step = operations_of(lenet(), uniform_float32({5, 28, 28, 1}, 1), class_numbers(5));
  BOOST_TEST(lenet_step["fused_conv"] == 2);
  BOOST_TEST(lenet_step["fused_matmul"] == 2);
  BOOST_TEST(lenet_step["max_pool_and_winners"] == 2);
  BOOST_TEST(lenet_step["conv_input_gradient"] == 1);  // not of the images
  BOOST_TEST(lenet_step["conv_kernel_gradient"] == 2);
  BOOST_TEST(lenet_step["matmul_and_sum"] == 2);
  BOOST_TEST(lenet_step["grouped_transpose"] == 2);
  BOOST_TEST(lenet_step["grouped_elementwise"] == 1);
  std::map<std::string, int> resnet_step =
      operations_of(resnet20(), uniform_float32({4, 16, 16, 3}, 1), class_numbers(4));
  BOOST_TEST(resnet_step["conv"] == 21);
  BOOST_TEST(resnet_step["batch_norm_moments"] == 21);
  BOOST_TEST(resnet_step["batch_norm_gradient_sums"] == 21);
  BOOST_TEST(resnet_step["conv_input_gradient"] == 20);
  BOOST_TEST(resnet_step["grouped_transpose"] == 2);
  // One for the optimizer, one for the moving averages.
  BOOST_TEST(resnet_step["grouped_elementwise"] == 2);
  set_default_device("cpu");
}

// The next batch is brought while a step runs: nothing is left out, nothing comes twice, the last is short.
BOOST_AUTO_TEST_CASE(fit_reads_each_batch_once) {
  const TestCard card;
  const auto weights = [](const std::string& device) {
    set_random_seed(42);
    const Sequential model({Dense(4, {.activation = "tanh"}), Dense(1)});
    model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mean_squared_error"});
    set_default_device(device);
    const History history =
        model.fit(uniform_float32({70, 5}, 1), uniform_float32({70, 1}, 2),
                  {.batch_size = 16, .epochs = 3, .verbose = Verbose::kSilent, .validation_split = 0.2});
    set_default_device("cpu");
    std::vector<double> figures = history["loss"];
    for (const double figure : history["val_loss"]) figures.push_back(figure);
    for (const Tensor& weight : model->get_weights()) {
      for (const double value : weight.to_vector<double>()) figures.push_back(value);
    }
    return figures;
  };
  const std::vector<double> on_cpu = weights("cpu");
  const std::vector<double> on_card = weights("gpu:0");
  BOOST_TEST_REQUIRE(on_card.size() == on_cpu.size());
  for (std::size_t i = 0; i < on_cpu.size(); ++i) BOOST_TEST(std::abs(on_card[i] - on_cpu[i]) <= 1e-5);
}

BOOST_AUTO_TEST_CASE(a_model_trained_on_a_card_predicts_on_the_cpu_and_back) {
  const TestCard card;
  set_random_seed(42);
  const Sequential model({Dense(4, {.activation = "relu"}), Dense(2)});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mean_squared_error"});
  const Tensor x = uniform_float32({8, 3}, 1);
  const Tensor y = uniform_float32({8, 2}, 2);
  set_default_device("gpu:0");
  model.train_on_batch(x, y);
  const std::vector<float> on_card = model.predict(x).tensors()[0].to_vector<float>();
  set_default_device("cpu");
  const std::vector<float> on_cpu = model.predict(x).tensors()[0].to_vector<float>();
  for (std::size_t i = 0; i < on_cpu.size(); ++i) BOOST_TEST(std::abs(on_card[i] - on_cpu[i]) <= 1e-6F);
  model.train_on_batch(x, y);
  set_default_device("gpu:0");
  const std::vector<float> again = model.predict(x).tensors()[0].to_vector<float>();
  set_default_device("cpu");
  const std::vector<float> trained_further = model.predict(x).tensors()[0].to_vector<float>();
  BOOST_TEST(trained_further != on_cpu);
  for (std::size_t i = 0; i < again.size(); ++i) BOOST_TEST(std::abs(again[i] - trained_further[i]) <= 1e-6F);
}

// Files do not know the device.
BOOST_AUTO_TEST_CASE(weights_saved_from_a_card_are_those_of_the_cpu) {
  const TestCard card;
  const std::string path = "/tmp/cornu_on_cards_" + std::to_string(::getpid()) + ".weights.h5";
  set_random_seed(42);
  const Sequential model({Dense(4, {.activation = "relu"}), Dense(2)});
  model.compile({.optimizer = "adam", .loss = "mean_squared_error"});
  set_default_device("gpu:0");
  model.train_on_batch(uniform_float32({8, 3}, 1), uniform_float32({8, 2}, 2));
  model.save_weights(path);
  set_default_device("cpu");
  const Sequential other({Dense(4, {.activation = "relu"}), Dense(2)});
  other(uniform_float32({8, 3}, 1));
  other.load_weights(path);
  std::remove(path.c_str());
  const Tensors saved = model->get_weights();
  const Tensors loaded = other->get_weights();
  for (std::size_t w = 0; w < saved.size(); ++w)
    BOOST_TEST(saved[w].to_vector<float>() == loaded[w].to_vector<float>());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace cornu::test
