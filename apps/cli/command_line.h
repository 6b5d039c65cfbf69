#pragma once

namespace CLI {
class App;
}

namespace cornu::cli {

/// The `cornu` command: reads its arguments and does what they ask for.
///
/// Results go to stdout, errors to stderr. **Returns** 0 when it was done, 1 when it failed, 2 for bad usage.
int run_command_line(int argc, const char* const* argv);

// Each command adds itself; `status` gets its exit code once it has run.
void add_summary_command(CLI::App& app, int& status);
void add_plot_command(CLI::App& app, int& status);
void add_inspect_command(CLI::App& app, int& status);
void add_predict_command(CLI::App& app, int& status);
void add_evaluate_command(CLI::App& app, int& status);
void add_verify_command(CLI::App& app, int& status);
void add_bench_command(CLI::App& app, int& status);
void add_devices_command(CLI::App& app, int& status);

}  // namespace cornu::cli
