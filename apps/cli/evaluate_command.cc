#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/cli/command_line.h"
#include "apps/cli/data_file.h"
#include "framework/config.h"
#include "framework/error.h"
#include "io/json.h"
#include "models/saving.h"

namespace cornu::cli {
namespace {

struct Arguments {
  std::string model;
  std::vector<std::string> x;
  std::vector<std::string> y;
  std::vector<std::string> sample_weight;
  std::int64_t batch_size = 32;
  bool json = false;
};

void evaluate(const Arguments& arguments) {
  const AnyModel model = load_model(arguments.model);
  if (!model->compiled()) {
    throw StateError("evaluate: '" + arguments.model +
                     "' was saved without loss and metrics. Save it from a model on which compile() was called.");
  }
  const std::vector<std::string> names = model->output_names();
  EvaluateOptions options;
  options.batch_size = arguments.batch_size;
  // One array of weights may serve all outputs.
  if (!arguments.sample_weight.empty()) options.sample_weight = read_model_data(arguments.sample_weight, {}, "output");
  const Logs logs =
      model.evaluate(read_inputs(arguments.x, *model), read_model_data(arguments.y, names, "output"), options);
  Config config = Config::dict();
  for (const auto& [name, values] : logs) {
    if (values.size() == 1) {
      config.set(name, values[0]);
    } else {
      config.set(name, values);
    }
    if (!arguments.json) {
      std::printf("%s", name.c_str());
      for (const double value : values) std::printf(" %.6g", value);
      std::printf("\n");
    }
  }
  if (arguments.json) std::printf("%s\n", io::to_json(config, 2).c_str());
}

}  // namespace

void add_evaluate_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("evaluate", "Compute a model's loss and metrics on data");
  command->footer(kDataHelp);
  command->add_option("model", arguments->model, "The model, a .keras file saved after compile()")->required();
  command->add_option("-x,--x", arguments->x, "The inputs, in the model's order or named as its inputs are")
      ->type_name("DATA")
      ->required();
  command->add_option("-y,--y", arguments->y, "The targets, one for each output")->type_name("DATA")->required();
  command->add_option("--sample-weight", arguments->sample_weight, "Weights of the samples")->type_name("DATA");
  command->add_option("--batch-size", arguments->batch_size, "Samples at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "Print the figures as JSON");
  command->callback([arguments, &status] {
    evaluate(*arguments);
    status = 0;
  });
}

}  // namespace cornu::cli
