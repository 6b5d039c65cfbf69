#include "models/training/callbacks/tensorboard.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "framework/error.h"
#include "layers/core/dense.h"
#include "layers/core/input.h"
#include "models/functional.h"
#include "models/training/optimizers/sgd.h"
#include "models/training/schedules/exponential_decay.h"
#include "tests/io/scratch_folder.h"
#include "tests/models/training/callbacks/fake_host.h"
#include "tests/support/event_file_reader.h"
#include "tests/support/message_of.h"

using namespace cornu;
using namespace cornu::layers;
using namespace cornu::test;
using callbacks::TensorBoard;
using callbacks::TensorBoardOptions;
using cornu::testing::ScratchFolder;

namespace {

Tensor ramp(const Shape& shape, float step) {
  Tensor tensor = Tensor::empty(shape);
  float value = 0.0F;
  for (float& element : tensor.mutable_data<float>()) element = value += step;
  return tensor;
}

Model make_model() {
  const Tensor input = Input({4}, {.name = "x"});
  const Model model(input, Dense(2, {.name = "fc"})(input), {.name = "net"});
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.25}), .loss = "mse", .metrics = {"mae"}});
  return model;
}

// 10 samples in batches of 4, validated with 4.
History fit(const Model& model, const TensorBoardOptions& options, std::int64_t epochs = 2) {
  const Tensor x = ramp({10, 4}, 0.02F), y = ramp({10, 2}, 0.03F);
  return model.fit(x, y,
                   {.batch_size = 4,
                    .epochs = epochs,
                    .verbose = Verbose::kSilent,
                    .callbacks = {TensorBoard(options)},
                    .validation_x = ramp({4, 4}, 0.1F),
                    .validation_y = ramp({4, 2}, 0.1F)});
}

struct Curve {
  std::vector<std::int64_t> steps;
  std::vector<double> values;
};

std::map<std::string, Curve> curves_of(const std::string& folder) {
  std::map<std::string, Curve> curves;
  for (const EventRecord& record : read_event_file(event_file_in(folder))) {
    for (const EventValue& value : record.values) {
      curves[value.tag].steps.push_back(record.step);
      if (value.plugin == "scalars") curves[value.tag].values.push_back(value.tensor.numbers.at(0));
    }
  }
  return curves;
}

std::vector<std::string> tags_of(const std::map<std::string, Curve>& curves) {
  std::vector<std::string> tags;
  tags.reserve(curves.size());
  for (const auto& [tag, curve] : curves) tags.push_back(tag);
  return tags;
}

void check_values(const Curve& curve, const std::vector<double>& expected) {
  BOOST_TEST(curve.values == expected, boost::test_tools::tolerance(1e-6) << boost::test_tools::per_element());
}

}  // namespace

// The tags are those of Keras 3.15.1.
BOOST_AUTO_TEST_SUITE(models_training_callbacks_tensorboard)

BOOST_AUTO_TEST_CASE(writes_the_figures_of_each_epoch) {
  const ScratchFolder folder;
  const History history = fit(make_model(), {.log_dir = folder / "logs"});
  auto train = curves_of(folder / "logs/train");
  auto validation = curves_of(folder / "logs/validation");
  BOOST_TEST(tags_of(train) == std::vector<std::string>({"epoch_learning_rate", "epoch_loss", "epoch_mae"}));
  BOOST_TEST(tags_of(validation) ==
             std::vector<std::string>(
                 {"epoch_loss", "epoch_mae", "evaluation_loss_vs_iterations", "evaluation_mae_vs_iterations"}));
  check_values(train["epoch_loss"], history["loss"]);
  check_values(train["epoch_mae"], history["mae"]);
  check_values(train["epoch_learning_rate"], {0.25, 0.25});
  check_values(validation["epoch_loss"], history["val_loss"]);
  check_values(validation["evaluation_mae_vs_iterations"], history["val_mae"]);
  BOOST_TEST(train["epoch_loss"].steps == std::vector<std::int64_t>({0, 1}));
  BOOST_TEST(validation["epoch_loss"].steps == std::vector<std::int64_t>({0, 1}));
  BOOST_TEST(validation["evaluation_loss_vs_iterations"].steps == std::vector<std::int64_t>({3, 6}));
}

BOOST_AUTO_TEST_CASE(writes_batches_weights_images_and_speed_where_asked) {
  const ScratchFolder folder;
  const Model model = make_model();
  fit(model,
      {.log_dir = folder / "logs",
       .histogram_freq = 2,
       .write_images = true,
       .write_steps_per_second = true,
       .update_freq = 2},
      3);
  auto train = curves_of(folder / "logs/train");
  BOOST_TEST(tags_of(train) ==
             std::vector<std::string>({"batch_loss", "batch_mae", "batch_steps_per_second", "epoch_learning_rate",
                                       "epoch_loss", "epoch_mae", "epoch_steps_per_second", "fc/bias/histogram",
                                       "fc/bias/image", "fc/kernel/histogram", "fc/kernel/image"}));
  BOOST_TEST(train["batch_loss"].steps == std::vector<std::int64_t>({2, 4, 6, 8}));
  BOOST_TEST(train["epoch_loss"].steps == std::vector<std::int64_t>({0, 1, 2}));
  BOOST_TEST(train["fc/kernel/histogram"].steps == std::vector<std::int64_t>({0, 2}));
  BOOST_TEST(train["epoch_steps_per_second"].values[0] > 0.0);
  auto values = values_by_tag(read_event_file(event_file_in(folder / "logs/train")));
  // A kernel lies: 4 wide, 2 high. All of its elements are in the histogram.
  BOOST_TEST(values["fc/kernel/image"][0].tensor.strings[0] == "4");
  BOOST_TEST(values["fc/kernel/image"][0].tensor.strings[1] == "2");
  BOOST_TEST(values["fc/bias/image"][0].tensor.strings[0] == "1");
  BOOST_TEST(values["fc/bias/image"][0].tensor.strings[1] == "2");
  double count = 0;
  for (std::size_t i = 2; i < 90; i += 3) count += values["fc/kernel/histogram"][1].tensor.numbers[i];
  BOOST_TEST(count == 8.0);
}

BOOST_AUTO_TEST_CASE(writes_the_graph_of_the_model) {
  const ScratchFolder folder;
  fit(make_model(), {.log_dir = folder / "logs"});
  const auto records = read_event_file(event_file_in(folder / "logs/train"));
  BOOST_TEST(node_named(records, "fc").inputs == std::vector<std::string>({"x", "fc/kernel", "fc/bias"}));
  const ScratchFolder other;
  fit(make_model(), {.log_dir = other / "logs", .write_graph = false});
  for (const EventRecord& record : read_event_file(event_file_in(other / "logs/train"))) {
    BOOST_TEST(record.kind != "graph_def");
  }
}

BOOST_AUTO_TEST_CASE(shows_the_rate_of_a_schedule) {
  const ScratchFolder folder;
  const Model model = make_model();
  model.compile(
      {.optimizer = optimizers::SGD({.learning_rate = schedules::ExponentialDecay(
                                         {.initial_learning_rate = 0.5, .decay_steps = 3, .decay_rate = 0.5})}),
       .loss = "mse"});
  fit(model, {.log_dir = folder / "logs"});
  check_values(curves_of(folder / "logs/train")["epoch_learning_rate"], {0.25, 0.125});
}

BOOST_AUTO_TEST_CASE(an_evaluation_writes_into_validation) {
  const ScratchFolder folder;
  const Model model = make_model();
  const Logs logs = model.evaluate(ramp({4, 4}, 0.1F), ramp({4, 2}, 0.1F),
                                   {.callbacks = {TensorBoard({.log_dir = folder / "logs"})}});
  auto curves = curves_of(folder / "logs/validation");
  check_values(curves["evaluation_loss_vs_iterations"], {logs.at("loss")});
}

BOOST_AUTO_TEST_CASE(the_files_are_up_to_date_after_each_epoch) {
  const ScratchFolder folder;
  FakeHost host;
  const TensorBoard board({.log_dir = folder / "logs"});
  board->attach(host, {});
  board->on_train_begin();
  Logs logs = logs_of({{"loss", 0.5}, {"val_loss", 1.5}});
  board->on_epoch_end(0, logs);
  check_values(curves_of(folder / "logs/train")["epoch_loss"], {0.5});
  check_values(curves_of(folder / "logs/validation")["epoch_loss"], {1.5});
  // What another callback said about the learning rate is not said twice; vectors are curves for each element.
  logs = logs_of({{"learning_rate", 0.125}});
  logs.set("recall", std::vector<double>{0.25, 0.75});
  board->on_epoch_end(1, logs);
  board->on_train_end(logs);
  auto train = curves_of(folder / "logs/train");
  check_values(train["epoch_learning_rate"], {1.0, 0.125});
  check_values(train["epoch_recall_1"], {0.75});
}

BOOST_AUTO_TEST_CASE(checks_its_options_and_its_folder) {
  BOOST_TEST(message_of<InvalidArgument>([] { TensorBoard({.update_freq = "step"}); }) ==
             "TensorBoard: update_freq must be \"epoch\", \"batch\" or a number of batches; got \"step\"");
  BOOST_TEST(message_of<InvalidArgument>([] { TensorBoard({.update_freq = 0}); }) ==
             "TensorBoard: update_freq must be \"epoch\", \"batch\" or a positive number of batches; got 0");
  BOOST_TEST(message_of<InvalidArgument>([] { TensorBoard({.histogram_freq = -1}); }).find("got -1") !=
             std::string::npos);
  const ScratchFolder folder;
  cornu::testing::put(folder / "file", "");
  BOOST_TEST(message_of<FormatError>([&] {
               fit(make_model(), {.log_dir = folder / "file"});
             }).find("cannot make the folder for event files") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
