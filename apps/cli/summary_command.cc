#include "models/summary.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "apps/cli/command_line.h"
#include "models/saving.h"

namespace cornu::cli {
namespace {

struct Arguments {
  std::string model;
  int line_length = 0;
  bool expand_nested = false;
  bool show_trainable = false;
  bool ascii = false;
};

// Narrower tables than these cannot hold the columns.
constexpr int kMinLineLength = 60;
constexpr int kMaxLineLength = 108;

// Columns of the terminal, or 0 where the output is none.
int terminal_columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

void summarize(const Arguments& arguments) {
  SummaryOptions options{
      .expand_nested = arguments.expand_nested, .show_trainable = arguments.show_trainable, .ascii = arguments.ascii};
  const int columns = terminal_columns();
  if (arguments.line_length > 0) {
    options.line_length = arguments.line_length;
  } else if (columns > 0 && columns < kMaxLineLength) {
    options.line_length = std::max(columns - 4, kMinLineLength);
  }
  std::fputs(load_model(arguments.model)->summary(options).c_str(), stdout);
}

}  // namespace

void add_summary_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("summary", "Print the table of a model's layers, as Keras does");
  command->add_option("model", arguments->model, "The model, a .keras file")->required();
  command->add_option("--line-length", arguments->line_length, "Characters in a line")
      ->check(CLI::Range(kMinLineLength, 400));
  command->add_flag("--expand-nested", arguments->expand_nested, "Show the layers of nested models too");
  command->add_flag("--show-trainable", arguments->show_trainable, "Say which layers are trained");
  command->add_flag("--ascii", arguments->ascii, "Draw with +, - and | alone");
  command->callback([arguments, &status] {
    summarize(*arguments);
    status = 0;
  });
}

}  // namespace cornu::cli
