#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "apps/cli/command_line.h"
#include "apps/cli/verify.h"
#include "framework/config.h"
#include "io/json.h"

namespace cornu::cli {
namespace {

struct Arguments {
  std::string model;
  std::string reference;
  std::string folder;
  std::string list;
  bool json = false;
};

Config as_config(const VerifyReport& report) {
  Config config = Config::dict();
  config.set("agrees", report.agrees());
  config.set("compared", static_cast<std::int64_t>(report.num_compared));
  config.set("mismatches", report.mismatches);
  return config;
}

int verify_one(const Arguments& arguments) {
  const VerifyReport report = verify(arguments.model, arguments.reference);
  if (arguments.json) {
    std::printf("%s\n", io::to_json(as_config(report), 2).c_str());
  } else {
    for (const std::string& line : report.mismatches) std::printf("%s\n", line.c_str());
    if (report.agrees()) {
      std::printf("%zu results agree\n", report.num_compared);
    } else {
      std::printf("%zu of %zu results differ\n", report.mismatches.size(), report.num_compared);
    }
  }
  return report.agrees() ? 0 : 1;
}

void print_mismatches(const VerifiedCase& one) {
  for (const std::string& line : one.report.mismatches) std::printf("%s: %s\n", one.name.c_str(), line.c_str());
  std::fflush(stdout);
}

int verify_folder(const Arguments& arguments) {
  const std::vector<std::string> names = arguments.list.empty() ? std::vector<std::string>() : names_in(arguments.list);
  const bool json = arguments.json;
  const std::vector<VerifiedCase> cases = verify_all(arguments.folder, names, json ? nullptr : print_mismatches);
  std::size_t agree = 0;
  Config all = Config::dict();
  for (const VerifiedCase& one : cases) {
    agree += one.report.agrees() ? 1 : 0;
    all.set(one.name, as_config(one.report));
  }
  if (json) {
    std::printf("%s\n", io::to_json(all, 2).c_str());
  } else {
    std::printf("%zu of %zu cases agree\n", agree, cases.size());
  }
  return agree == cases.size() ? 0 : 1;
}

}  // namespace

void add_verify_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("verify", "Compare a model with results that Keras gave");
  command->footer(
      "Prints a line for each result that differs: NAME MAX_ABS_ERROR MAX_REL_ERROR. Exit code 0 when all agree.");
  auto* model = command->add_option("model", arguments->model, "The model, a .keras file");
  auto* reference = command->add_option("reference", arguments->reference, "Keras' results, an HDF5 file");
  auto* all = command->add_option("--all", arguments->folder, "Verify DIR/*/model.keras against DIR/*/reference.h5")
                  ->type_name("DIR")
                  ->excludes(model)
                  ->excludes(reference);
  command->add_option("--list", arguments->list, "With --all: a file with the names of the cases, one a line")
      ->type_name("FILE")
      ->needs(all);
  command->add_flag("--json", arguments->json, "Print the report as JSON");
  command->callback([arguments, &status] {
    if (!arguments->folder.empty()) {
      status = verify_folder(*arguments);
    } else if (arguments->model.empty() || arguments->reference.empty()) {
      throw CLI::RequiredError("MODEL and REFERENCE, or --all DIR");
    } else {
      status = verify_one(*arguments);
    }
  });
}

}  // namespace cornu::cli
