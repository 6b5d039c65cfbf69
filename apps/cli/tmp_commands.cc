#include "apps/cli/command_line.h"
namespace cornu::cli {
void add_summary_command(CLI::App&, int&) {}
void add_inspect_command(CLI::App&, int&) {}
void add_predict_command(CLI::App&, int&) {}
void add_evaluate_command(CLI::App&, int&) {}
}
