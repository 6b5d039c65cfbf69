#include "models/saving.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "layers/normalization/batch_normalization.h"
#include "models/functional.h"
#include "models/sequential.h"
#include "models/training/optimizers/adam.h"
#include "models/training/optimizers/sgd.h"
#include "tests/support/gradient_check.h"
#include "tests/support/message_of.h"
#include "tests/support/stderr_of.h"

using namespace cornu;
using namespace cornu::layers;

namespace {

std::string temporary(const std::string& name) {
  return (std::filesystem::temp_directory_path() / ("cornu_saving_test_" + name)).string();
}

// Three levels of models, with a layer that two of them share.
Model nested(std::uint64_t seed) {
  set_random_seed(seed);
  const Dense shared(4, {.name = "shared"});
  const Tensor inner_input = Input({4});
  const Model inner(inner_input, Dense(4)(shared(inner_input)), {.name = "inner"});
  const Tensor middle_input = Input({4});
  const Model middle(middle_input, Dense(4)(inner(middle_input)), {.name = "middle"});
  const Tensor a = Input({4});
  const Tensor b = Input({4});
  return Model({a, b}, Dense(1)(middle(a) + middle(b)), {.name = "outer"});
}

Tensor data() {
  Tensor x = Tensor::empty({3, 4});
  float value = 0.0F;
  for (float& element : x.mutable_data<float>()) element = value += 0.1F;
  return x;
}

Sequential stack(std::int64_t units, bool norm, std::int64_t inputs = 3) {
  std::vector<AnyLayer> layers{Dense(units)};
  if (norm) layers.push_back(BatchNormalization());
  layers.push_back(Dense(2));
  return Sequential(layers, {.input_shape = Shape{inputs}});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(models_saving)

BOOST_AUTO_TEST_CASE(nested_models_come_back_bit_for_bit_and_still_share) {
  const std::string path = temporary("nested.weights.h5");
  const Model first = nested(1);
  const Model second = nested(2);
  first.save_weights(path);
  const LoadReport report = second.load_weights(path);
  BOOST_TEST(report.loaded.size() == first.weights().size());
  const Tensor x = data();
  test::check_close(second.predict({x, x}), first.predict({x, x}), 0.0, 0.0);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(freezing_does_not_change_the_file) {
  const std::string path = temporary("frozen.weights.h5");
  const Sequential frozen = stack(4, true);
  frozen->layers()[0]->set_trainable(false);
  frozen->layers()[1]->set_trainable(false);
  frozen.save_weights(path);
  const Sequential thawed = stack(4, true);
  thawed.load_weights(path);
  const Variables a = frozen.weights();
  const Variables b = thawed.weights();
  for (std::size_t i = 0; i < a.size(); ++i) test::check_close(b[i].snapshot(), a[i].snapshot(), 0.0, 0.0);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(a_file_that_does_not_fit_is_never_loaded_in_silence) {
  const std::string path = temporary("wrong.weights.h5");
  const Sequential model = stack(4, true);
  const Tensors before = model->get_weights();
  const std::vector<Sequential> others{
      stack(5, true),
      stack(4, false),
      stack(4, true, 6),
      stack(1, false),
      Sequential({Dense(4)}, {.input_shape = Shape{3}}),
      Sequential({Dense(4), Dense(4), BatchNormalization(), Dense(2)}, {.input_shape = Shape{3}})};
  for (const Sequential& other : others) {
    other.save_weights(path);
    BOOST_CHECK_THROW(model.load_weights(path), FormatError);
    const Tensors after = model->get_weights();
    for (std::size_t i = 0; i < before.size(); ++i) test::check_close(after[i], before[i], 0.0, 0.0);
  }
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(the_message_shows_file_and_model_side_by_side) {
  const std::string path = temporary("diff.weights.h5");
  stack(5, false).save_weights(path);
  const Sequential model = stack(4, false);
  const std::string message = test::message_of<FormatError>([&] { model.load_weights(path); });
  BOOST_TEST(message.find("--> layers/dense/vars/0 (3, 5)") != std::string::npos, message);
  BOOST_TEST(message.find("| sequential/dense/kernel (3, 4)") != std::string::npos, message);
  BOOST_TEST(message.find("3 have another shape") != std::string::npos, message);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(differences_that_are_allowed_by_pattern_are_reported) {
  const std::string path = temporary("allowed.weights.h5");
  stack(5, false).save_weights(path);
  const Sequential model = stack(4, false);
  const LoadReport report = model.load_weights(path, {.allow_shape_mismatch = {"layers/*"}});
  BOOST_TEST(report.shape_mismatch.size() == 3U);
  BOOST_TEST(report.loaded.size() == 1U);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(the_optimizer_goes_along_and_training_goes_on_as_if_never_stopped) {
  const std::string path = temporary("resume.weights.h5");
  const auto make = [] {
    set_random_seed(3);
    Sequential model = stack(4, false);
    model.compile({.optimizer = optimizers::Adam({.learning_rate = 0.01}), .loss = "mse"});
    return model;
  };
  Tensor x = Tensor::empty({6, 3});
  Tensor y = Tensor::empty({6, 2});
  for (float& value : x.mutable_data<float>()) value = 0.5F;
  for (float& value : y.mutable_data<float>()) value = -1.0F;
  const Sequential through = make();
  for (int step = 0; step < 6; ++step) through.train_on_batch(x, y);
  const Sequential before = make();
  for (int step = 0; step < 3; ++step) before.train_on_batch(x, y);
  before.save_weights(path);
  const Sequential after = make();
  after.load_weights(path);
  for (int step = 0; step < 3; ++step) after.train_on_batch(x, y);
  test::check_close(after.predict(x), through.predict(x), 0.0, 0.0);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(the_state_of_another_optimizer_is_skipped_with_a_warning) {
  const std::string path = temporary("skipped.weights.h5");
  const Tensor x = Tensor::copy(std::vector<float>(18, 0.5F), {6, 3});
  const Tensor y = Tensor::copy(std::vector<float>(12, -1.0F), {6, 2});
  const auto trained = [&](const Optimizer& optimizer) {
    Sequential model = stack(4, false);
    model.compile({.optimizer = optimizer, .loss = "mse"});
    model.train_on_batch(x, y);
    return model;
  };
  trained(optimizers::Adam()).save_weights(path);
  const Sequential other = trained(optimizers::SGD());
  LoadReport report;
  BOOST_TEST(test::stderr_of([&] { report = other.load_weights(path); }) ==
             "'" + path +
                 "': the state of the optimizer was not loaded, and SGD starts afresh: expected 2 arrays for it; the "
                 "file has 10. Compile the model with the optimizer the file was written with.\n");
  BOOST_TEST(report.loaded.size() == 4U);
  const Sequential same = trained(optimizers::Adam());
  BOOST_TEST(test::stderr_of([&] { same.load_weights(path); }).empty());

  StateTree state = state_of(*same);
  for (StateTree::Group& group : state.groups) {
    if (group.path == "optimizer") group.arrays[2] = Tensor::empty({7});
  }
  BOOST_TEST(test::stderr_of([&] {
               load_state(*same, state, "a file", {});
             }).find("expected shape (3, 4) for optimizer/vars/2 ('adam/") != std::string::npos);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(other_suffixes_missing_files_and_damaged_ones_say_so) {
  const Sequential model = stack(4, false);
  BOOST_CHECK_THROW(model.save_weights(temporary("name.h5")), FormatError);
  BOOST_CHECK_THROW(model.load_weights(temporary("missing.weights.h5")), FormatError);
  const std::string path = temporary("damaged.weights.h5");
  std::ofstream(path) << "not HDF5";
  BOOST_CHECK_THROW(model.load_weights(path), FormatError);
  std::filesystem::remove(path);
}

BOOST_AUTO_TEST_CASE(a_model_without_weights_says_what_to_do) {
  const Sequential model({Dense(3)});
  const std::string message =
      test::message_of<StateError>([&] { model.save_weights(temporary("unbuilt.weights.h5")); });
  BOOST_TEST(message.find("input_shape") != std::string::npos, message);
}

BOOST_AUTO_TEST_SUITE_END()
