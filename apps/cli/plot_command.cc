#include "models/plot.h"

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "apps/cli/command_line.h"
#include "models/saving.h"

namespace cornu::cli {
namespace {

struct Arguments {
  std::string model;
  std::string file;
  PlotOptions options;
};

}  // namespace

void add_plot_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  PlotOptions& options = arguments->options;
  CLI::App* command = app.add_subcommand("plot", "Draw a model as boxes and arrows, an .svg or .dot file");
  command->add_option("model", arguments->model, "The model, a .keras file")->required();
  command->add_option("out", arguments->file, "The file to write: .svg for browsers, .dot for Graphviz")->required();
  command->add_flag("--show-shapes", options.show_shapes, "Shapes of inputs and outputs");
  command->add_flag("--show-dtype", options.show_dtype, "Element types of the outputs");
  command->add_flag("--show-layer-names", options.show_layer_names, "Names besides the classes");
  command->add_flag("--show-layer-activations", options.show_layer_activations, "Activations of the layers");
  command->add_flag("--show-trainable", options.show_trainable, "Which layers are trained");
  command->add_flag("--expand-nested", options.expand_nested, "What is inside nested models");
  command->add_option("--rankdir", options.rankdir, "Where arrows lead: TB down, LR right, BT up, RL left")
      ->check(CLI::IsMember({"TB", "LR", "BT", "RL"}));
  command->callback([arguments, &status] {
    plot_model(load_model(arguments->model), arguments->file, arguments->options);
    status = 0;
  });
}

}  // namespace cornu::cli
