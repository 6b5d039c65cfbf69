#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <span>

#include "apps/cli/command_line.h"
#include "apps/cli/made_up_data.h"
#include "apps/measurement/measurement.h"
#include "apps/measurement/process.h"
#include "framework/error.h"
#include "framework/num_threads.h"
#include "framework/numerics.h"
#include "io/json.h"
#include "io/zip_archive.h"
#include "models/deserialization.h"
#include "models/saving.h"

namespace cornu::cli {
namespace {

using measurement::Measurement;

struct Arguments {
  std::string model;
  bool train = false;
  std::optional<std::int64_t> batch_size;
  std::int64_t unknown_size = BatchSettings().unknown_size;
  std::vector<std::string> input_shapes;
  int threads = num_threads();
  double seconds = 10.0;
  bool exact = false;
  bool deterministic = false;
};

// "28,28,1", and "" for samples that are single numbers.
Shape parse_shape(const std::string& text) {
  Shape shape;
  for (const std::string& size : CLI::detail::split(text, ',')) {
    std::int64_t value = 0;
    if (size.empty()) continue;
    if (!CLI::detail::lexical_cast(size, value) || value < 1) {
      throw InvalidArgument("bench: expected positive sizes with commas between them, such as 28,28,1; got \"" + text +
                            "\"");
    }
    shape.push_back(value);
  }
  return shape;
}

// The loss of each output. Only this part of the file is read again.
std::vector<Loss> losses_in(const std::string& path, const ModelLayer& model, std::size_t num_outputs) {
  const Config config = io::parse_json(io::ZipArchive::open(path).read_member("config.json"), path);
  const PerOutput<Loss> loss =
      compile_options_from(config.get("compile_config"), model).value_or(CompileOptions()).loss;
  if (loss.is_single()) return std::vector<Loss>(num_outputs, loss.list()[0]);
  std::vector<Loss> losses = loss.list();
  losses.resize(num_outputs);
  const std::vector<std::string> names = model.output_names();
  for (std::size_t i = 0; i < num_outputs && i < names.size(); ++i) {
    const auto found = loss.named().find(names[i]);
    if (found != loss.named().end()) losses[i] = found->second;
  }
  return losses;
}

TensorSpecs output_specs(ModelLayer& model, const Tensors& x) {
  TensorSpecs specs;
  for (const Tensor& input : x) specs.push_back(input.spec());
  return model.compute_output_spec(specs);
}

void train(Measurement& measurement, const AnyModel& model, const std::string& path, const Tensors& x) {
  const TensorSpecs outputs = output_specs(*model, x);
  const Tensors y = made_up_targets(outputs, losses_in(path, *model, outputs.size()));
  measurement.loop([&] {
    // The loss of this step alone, not the mean since the model was compiled.
    model->reset_metrics();
    return model.train_on_batch(x, y).at("loss");
  });
}

void infer(Measurement& measurement, const AnyModel& model, const Tensors& x) {
  const TensorSpecs specs = output_specs(*model, x);
  const auto is_float = [](const TensorSpec& spec) { return spec.dtype == float32; };
  if (!std::all_of(specs.begin(), specs.end(), is_float)) {
    const PredictOptions options{.batch_size = measurement.batch_size()};
    measurement.loop([&] {
      const Tensor output = model.predict(x, options)[0];
      return output.to_vector<double>().at(0);
    });
    return;
  }
  std::vector<std::vector<float>> memory;
  for (const TensorSpec& spec : specs) memory.emplace_back(static_cast<std::size_t>(spec.shape.num_elements()));
  const std::vector<std::span<float>> outputs(memory.begin(), memory.end());
  measurement.loop([&] {
    model->predict_into(x, outputs);
    return static_cast<double>(memory[0].at(0));
  });
}

void bench(const Arguments& arguments) {
  measurement::use_cores(arguments.threads);
  if (arguments.exact) set_float32_precision("exact");
  set_deterministic(arguments.deterministic);
  const AnyModel model = load_model(arguments.model, {.compile = arguments.train});
  if (arguments.train && !model->compiled()) {
    throw StateError("bench: expected a model with optimizer and loss to train; '" + arguments.model +
                     "' was saved without. Save it from a model on which compile() was called, or measure inference, "
                     "without --train.");
  }
  BatchSettings settings{.batch_size = arguments.batch_size, .unknown_size = arguments.unknown_size, .samples = {}};
  for (const std::string& shape : arguments.input_shapes) settings.samples.push_back(parse_shape(shape));
  const Shapes shapes = batch_shapes(*model, settings);
  const Tensors x = made_up_inputs(*model, shapes);
  Measurement measurement({.workload = arguments.model,
                           .batch_size = shapes[0][0],
                           .threads = arguments.threads,
                           .seconds = arguments.seconds});
  measurement.set_params(model->count_params());
  if (arguments.train) {
    train(measurement, model, arguments.model, x);
  } else {
    infer(measurement, model, x);
  }
  measurement.print();
}

}  // namespace

void add_bench_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("bench", "Time a model's training step or its inference");
  command->footer(
      "Prints one line of JSON: the median, 10th and 90th percentile of a step in milliseconds, seconds from the start "
      "of the process to the end of the first step, peak memory in MiB, the loss of the first, the sixth and the last "
      "step (without --train: output element 0). Every step runs on the same batch of made-up data; "
      "docs/performance.md "
      "says which.");
  command->add_option("model", arguments->model, "The model, a .keras file")->required();
  command->add_flag("--train", arguments->train, "Time training, with the optimizer and the loss in the file");
  command->add_option("--batch-size", arguments->batch_size, "Samples in a step, 32 by default")
      ->check(CLI::PositiveNumber);
  command->add_option("--unknown-size", arguments->unknown_size, "Stands for each dimension that the model leaves open")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command
      ->add_option("--input-shape", arguments->input_shapes,
                   "Shape of one sample, such as 224,224,3; once for each input")
      ->type_name("SIZES")
      ->allow_extra_args(false);
  command->add_option("--threads", arguments->threads, "Threads, and cores to run on")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--seconds", arguments->seconds, "For how long steps are timed")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--exact", arguments->exact, "Only add up products: see set_float32_precision");
  command->add_flag("--deterministic", arguments->deterministic, "The same bits for every number of threads");
  command->callback([arguments, &status] {
    bench(*arguments);
    status = 0;
  });
}

}  // namespace cornu::cli
