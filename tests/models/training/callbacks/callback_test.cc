#include "models/training/callbacks/callback.h"

#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <limits>

#include "framework/error.h"
#include "framework/initializers/initializer.h"
#include "layers/core/dense.h"
#include "models/saving.h"
#include "models/sequential.h"
#include "models/training/callbacks/early_stopping.h"
#include "models/training/callbacks/lambda_callback.h"
#include "models/training/callbacks/learning_rate_scheduler.h"
#include "models/training/callbacks/model_checkpoint.h"
#include "models/training/callbacks/reduce_lr_on_plateau.h"
#include "models/training/callbacks/terminate_on_nan.h"
#include "models/training/optimizers/sgd.h"
#include "tests/models/training/callbacks/fake_host.h"
#include "tests/support/message_of.h"

namespace cornu {
namespace {

using test::FakeHost;
using test::logs_of;
using test::message_of;
using test::run_epochs;

// Eight samples of two numbers and their sum.
struct Problem {
  Problem() {
    set_random_seed(1);
    model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mean_squared_error"});
  }
  Tensor x = Tensor::copy<float>({0, 0, 0, 1, 1, 0, 1, 1, 2, 0, 0, 2, -1, 1, 1, -1}, {8, 2});
  Tensor y = Tensor::copy<float>({0, 1, 1, 2, 2, 2, 0, 0}, {8, 1});
  Sequential model{{layers::Dense(1)}};
};

BOOST_AUTO_TEST_SUITE(models_training_callbacks_callback)

// Rates as Keras 3.15.1 sets them for these values.
BOOST_AUTO_TEST_CASE(reduces_the_learning_rate_on_a_plateau) {
  FakeHost host;
  std::vector<double> rates;
  const auto run = [&](const callbacks::ReduceLROnPlateauOptions& options, const std::vector<double>& values) {
    host.rate = 1.0;
    rates.clear();
    const CallbackPtr callback = callbacks::ReduceLROnPlateau(options);
    callback->attach(host, {});
    callback->on_train_begin();
    std::int64_t epoch = 0;
    for (const double value : values) {
      Logs logs = logs_of({{"loss", value}});
      callback->on_epoch_end(epoch++, logs);
      BOOST_TEST(logs.contains("learning_rate"));
      rates.push_back(host.rate);
    }
  };
  run({.monitor = "loss", .factor = 0.5, .patience = 2}, {5, 4, 4, 4, 4, 4, 3, 3, 3});
  BOOST_TEST(rates == (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125}),
             boost::test_tools::per_element());
  run({.monitor = "loss", .factor = 0.5, .patience = 1, .cooldown = 2}, {5, 5, 5, 5, 5, 5});
  BOOST_TEST(rates == (std::vector<double>{1, 0.5, 0.5, 0.25, 0.25, 0.125}), boost::test_tools::per_element());
  run({.monitor = "loss", .factor = 0.5, .patience = 1, .min_lr = 0.3}, {5, 5, 5, 5, 5});
  BOOST_TEST(rates == (std::vector<double>{1, 0.5, 0.3F, 0.3F, 0.3F}), boost::test_tools::per_element());
  run({.monitor = "loss", .factor = 0.5, .patience = 1, .mode = "max", .min_delta = 0.5}, {1, 1.4, 2.0});
  BOOST_TEST(rates == (std::vector<double>{1, 0.5, 0.5}), boost::test_tools::per_element());
  BOOST_TEST(message_of<InvalidArgument>([] { callbacks::ReduceLROnPlateau({.factor = 1.0}); }) ==
             "ReduceLROnPlateau: factor must be below 1; got 1.0");
}

BOOST_AUTO_TEST_CASE(sets_the_learning_rate_by_a_function) {
  FakeHost host;
  const CallbackPtr callback = callbacks::LearningRateScheduler(
      {.schedule = [](std::int64_t epoch, double rate) { return epoch < 2 ? rate : rate / 2; }});
  run_epochs(callback, host, "loss", {1, 1, 1, 1});
  BOOST_TEST(host.rate == 0.25);
  Logs logs;
  callback->on_epoch_end(4, logs);
  BOOST_TEST(logs.at("learning_rate") == 0.25);
  BOOST_TEST(message_of<InvalidArgument>([] { callbacks::LearningRateScheduler({}); }).find("give it a schedule") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(functions_are_called_where_they_belong) {
  Problem problem;
  std::string calls;
  const auto note = [&](const char* what) { return [&calls, what] { calls += what; }; };
  problem.model.fit(problem.x, problem.y,
                    {.batch_size = 4,
                     .epochs = 2,
                     .verbose = Verbose::kSilent,
                     .callbacks = {callbacks::LambdaCallback(
                         {.on_epoch_begin = [&](std::int64_t epoch) { calls += "e" + std::to_string(epoch); },
                          .on_epoch_end =
                              [&](std::int64_t, Logs& logs) {
                                BOOST_TEST(logs.contains("val_loss"));
                                logs.set("mine", 7.0);
                                calls += "E";
                              },
                          .on_train_begin = note("("),
                          .on_train_end = [&](const Logs&) { calls += ")"; },
                          .on_train_batch_begin = [&](std::int64_t batch) { calls += "b" + std::to_string(batch); },
                          .on_train_batch_end = [&](std::int64_t, const Logs&) { calls += "B"; },
                          .on_test_begin = note("["),
                          .on_test_end = [&](const Logs&) { calls += "]"; },
                          .on_test_batch_begin = [&](std::int64_t) { calls += "t"; },
                          .on_test_batch_end = [&](std::int64_t, const Logs&) { calls += "T"; }})},
                     .validation_x = problem.x,
                     .validation_y = problem.y});
  BOOST_TEST(calls == "(e0b0Bb1B[tTtT]Ee1b0Bb1B[tTtT]E)");
}

BOOST_AUTO_TEST_CASE(what_a_callback_adds_is_history) {
  Problem problem;
  const History history = problem.model.fit(
      problem.x, problem.y,
      {.epochs = 3,
       .verbose = Verbose::kSilent,
       .callbacks = {callbacks::LearningRateScheduler(
           {.schedule = [](std::int64_t epoch, double) { return 0.5 / static_cast<double>(epoch + 1); }})}});
  BOOST_TEST(history["learning_rate"] == (std::vector<double>{0.5, 0.25, static_cast<double>(0.5F / 3.0F)}),
             boost::test_tools::per_element());
}

// Tells the facts of the run it is attached to.
class Facts final : public Callback {
 public:
  void on_epoch_end(std::int64_t, Logs&) override { seen.push_back({facts().epochs, facts().steps}); }
  std::vector<std::vector<std::int64_t>> seen;
};

BOOST_AUTO_TEST_CASE(validation_leaves_the_facts_of_the_run_alone) {
  Problem problem;
  const auto callback = std::make_shared<Facts>();
  problem.model.fit(problem.x, problem.y,
                    {.batch_size = 2,
                     .epochs = 3,
                     .verbose = Verbose::kSilent,
                     .callbacks = {callback},
                     .validation_x = problem.x,
                     .validation_y = problem.y});
  BOOST_TEST((callback->seen == std::vector<std::vector<std::int64_t>>{{3, 4}, {3, 4}, {3, 4}}));
}

BOOST_AUTO_TEST_CASE(a_training_in_two_parts_is_one_training) {
  const auto options = [](std::int64_t first, std::int64_t last) {
    return FitOptions{
        .batch_size = 2, .epochs = last, .verbose = Verbose::kSilent, .initial_epoch = first, .seed = std::uint64_t{5}};
  };
  Problem whole;
  const History history = whole.model.fit(whole.x, whole.y, options(0, 4));
  Problem parts;  // after it: what the seed decides is drawn when a model is first used
  parts.model.fit(parts.x, parts.y, options(0, 2));
  const History rest = parts.model.fit(parts.x, parts.y, options(2, 4));
  BOOST_TEST(rest.epoch == (std::vector<std::int64_t>{2, 3}), boost::test_tools::per_element());
  BOOST_TEST(rest["loss"][1] == history["loss"][3]);
}

BOOST_AUTO_TEST_CASE(nan_ends_the_whole_fit) {
  Problem problem;
  problem.x.mutable_data<float>()[6] = std::numeric_limits<float>::quiet_NaN();
  std::int64_t batches = 0;
  const auto count = [&](std::int64_t, const Logs&) { ++batches; };
  const History history = problem.model.fit(
      problem.x, problem.y,
      {.batch_size = 2,
       .epochs = 5,
       .verbose = Verbose::kSilent,
       .callbacks = {callbacks::TerminateOnNaN(), callbacks::LambdaCallback({.on_train_batch_end = count})},
       .shuffle = false});
  BOOST_TEST(batches == 2);
  BOOST_TEST(history.epoch.size() == 1U);
  BOOST_TEST(message_of<StateError>([&] {
               problem.model.fit(problem.x, problem.y,
                                 {.batch_size = 2,
                                  .epochs = 5,
                                  .verbose = Verbose::kSilent,
                                  .callbacks = {callbacks::TerminateOnNaN({.raise_error = true})},
                                  .shuffle = false});
             }).find("TerminateOnNaN: the loss of batch 0 is nan") == 0U);
}

BOOST_AUTO_TEST_CASE(early_stopping_leaves_a_model_its_best_weights) {
  Problem problem;
  // A rate that grows until the weights explode: the best epoch is not the last.
  const callbacks::EarlyStopping stopping({.monitor = "loss", .patience = 2, .restore_best_weights = true});
  std::vector<Tensors> after;
  const History history = problem.model.fit(
      problem.x, problem.y,
      {.batch_size = 8,
       .epochs = 40,
       .verbose = Verbose::kSilent,
       .callbacks = {
           stopping,
           callbacks::LearningRateScheduler({.schedule = [](std::int64_t, double rate) { return rate * 1.5; }}),
           callbacks::LambdaCallback(
               {.on_epoch_end = [&](std::int64_t, Logs&) { after.push_back(problem.model->get_weights()); }})}});
  BOOST_TEST_REQUIRE(history.epoch.size() < 40U);
  BOOST_TEST(stopping->stopped_epoch() == stopping->best_epoch() + 2);
  const Tensors weights = problem.model->get_weights();
  const Tensors& best = after[static_cast<std::size_t>(stopping->best_epoch())];
  for (std::size_t i = 0; i < weights.size(); ++i) {
    BOOST_TEST(weights[i].to_vector<float>() == best[i].to_vector<float>(), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(checkpoints_of_a_fit_can_be_loaded) {
  Problem problem;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("cornu_checkpoint_" + std::to_string(getpid()));
  problem.model.fit(problem.x, problem.y,
                    {.epochs = 2,
                     .verbose = Verbose::kSilent,
                     .callbacks = {callbacks::ModelCheckpoint(
                         {.filepath = (folder / "runs/{epoch:02d}.weights.h5").string(), .save_weights_only = true})}});
  BOOST_TEST(std::filesystem::exists(folder / "runs/01.weights.h5"));
  Problem other;
  other.model.fit(other.x, other.y, {.verbose = Verbose::kSilent});
  other.model->load_weights((folder / "runs/02.weights.h5").string());
  BOOST_TEST(other.model->get_weights()[0].to_vector<float>() == problem.model->get_weights()[0].to_vector<float>(),
             boost::test_tools::per_element());
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace cornu
