#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/cli/command_line.h"
#include "apps/cli/data_file.h"
#include "framework/error.h"
#include "io/npy.h"
#include "io/npz.h"
#include "models/saving.h"

namespace cornu::cli {
namespace {

struct Arguments {
  std::string model;
  std::vector<std::string> data;
  std::string output;
  std::int64_t batch_size = 32;
};

void predict(const Arguments& arguments) {
  // Checked before the work is done.
  const bool is_npz = arguments.output.ends_with(".npz");
  if (!arguments.output.empty() && !is_npz && !arguments.output.ends_with(".npy")) {
    throw InvalidArgument("predict: expected an output file that ends in .npy or .npz; got '" + arguments.output + "'");
  }
  const AnyModel model = load_model(arguments.model, {.compile = false});
  const Outputs outputs = model.predict(read_inputs(arguments.data, *model), {.batch_size = arguments.batch_size});
  std::vector<std::string> names = model->output_names();
  for (std::size_t i = names.size(); i < outputs.size(); ++i) names.push_back("output_" + std::to_string(i + 1));
  if (is_npz) {
    io::NamedTensors arrays;
    for (std::size_t i = 0; i < outputs.size(); ++i) arrays.emplace_back(names[i], outputs[i]);
    io::write_npz(arguments.output, arrays);
  } else if (!arguments.output.empty()) {
    if (outputs.size() != 1) {
      throw InvalidArgument("predict: the model has " + std::to_string(outputs.size()) +
                            " outputs, which do not fit in one .npy file; write to a file that ends in .npz");
    }
    io::write_npy(arguments.output, outputs[0]);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (arguments.output.empty()) {
      std::printf("%s %s\n%s\n", names[i].c_str(), outputs[i].spec().to_string().c_str(),
                  outputs[i].to_string().c_str());
    } else {
      std::printf("%s %s in %s\n", names[i].c_str(), outputs[i].spec().to_string().c_str(), arguments.output.c_str());
    }
  }
}

}  // namespace

void add_predict_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("predict", "Compute a model's outputs for data");
  command->footer(kDataHelp);
  command->add_option("model", arguments->model, "The model, a .keras file")->required();
  command->add_option("data", arguments->data, "The inputs, in the model's order or named as its inputs are")
      ->required();
  command
      ->add_option("-o,--output", arguments->output, "Where to write: .npy, or .npz for several outputs; else printed")
      ->type_name("FILE");
  command->add_option("--batch-size", arguments->batch_size, "Samples at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->callback([arguments, &status] {
    predict(*arguments);
    status = 0;
  });
}

}  // namespace cornu::cli
