#include "apps/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>

#include "framework/device.h"

namespace cornu::cli {
namespace {

constexpr int kFailed = 1;
constexpr int kBadUsage = 2;

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  CLI::App app{"cornu: Keras models from the command line. Every command takes --help.", "cornu"};
  app.require_subcommand(1);
  app.footer("Exit codes: 0 done, 1 what was asked for failed, 2 bad usage.");
  // `cornu predict --device gpu:0 ...` and `cornu --device gpu:0 predict ...` are the same.
  app.fallthrough();
  app.add_option("--device", "Where models run: cpu:0, the default, or a card; `cornu devices` lists them")
      ->type_name("DEVICE")
      ->each([](const std::string& device) { set_default_device(device); });
  int status = 0;
  add_summary_command(app, status);
  add_plot_command(app, status);
  add_inspect_command(app, status);
  add_predict_command(app, status);
  add_evaluate_command(app, status);
  add_verify_command(app, status);
  add_bench_command(app, status);
  add_devices_command(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kBadUsage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cornu: %s\n", error.what());
    return kFailed;
  }
  return status;
}

}  // namespace cornu::cli
