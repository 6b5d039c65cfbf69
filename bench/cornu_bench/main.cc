// cornu-bench: times one training step, inference call or epoch of a known network, and prints one line of JSON.
//
//   cornu-bench --workload NAME [--threads N] [--seconds S] [--batch-factor N] [--device gpu:0] [--precision tf32]
//   cornu-bench --list

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "apps/measurement/process.h"
#include "bench/cornu_bench/workloads.h"

namespace bench {
namespace {

const auto kFamilies = {siamese_workloads,     convolutional_workloads, recurrent_workloads,
                        transformer_workloads, application_workloads,   fashion_workloads};

struct Arguments {
  std::string workload;
  int threads = 2;
  double seconds = 10.0;
  std::int64_t batch_factor = 1;
};

void list() {
  for (const auto& family : kFamilies) {
    for (const Workload& workload : family()) std::printf("%s\n", workload.name);
  }
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::string value = argv[i + 1];
    if (option == "--workload") {
      arguments.workload = value;
    } else if (option == "--threads") {
      arguments.threads = std::stoi(value);
    } else if (option == "--seconds") {
      arguments.seconds = std::stod(value);
    } else if (option == "--device") {
      cornu::set_default_device(value);
    } else if (option == "--precision") {
      cornu::set_float32_precision(value);
    } else if (option == "--batch-factor") {
      arguments.batch_factor = std::stoll(value);
    } else {
      throw std::invalid_argument("unknown option " + option);
    }
  }
  if (arguments.workload.empty() || argc % 2 == 0) {
    throw std::invalid_argument(
        "usage: cornu-bench --workload NAME [--threads N] [--seconds S] [--batch-factor N] "
        "[--device gpu:0] [--precision tf32], or --list");
  }
  if (arguments.batch_factor < 1) throw std::invalid_argument("--batch-factor must be positive");
  return arguments;
}

void run(const Arguments& arguments) {
  for (const auto& family : kFamilies) {
    for (const Workload& workload : family()) {
      if (arguments.workload != workload.name) continue;
      cornu::measurement::use_cores(arguments.threads);
      Measurement measurement({.workload = arguments.workload,
                               .batch_size = workload.batch_size * arguments.batch_factor,
                               .threads = arguments.threads,
                               .seconds = arguments.seconds});
      workload.run(measurement);
      measurement.print();
      return;
    }
  }
  throw std::invalid_argument("there is no workload " + arguments.workload + "; see cornu-bench --list");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string(argv[1]) == "--list") {
      bench::list();
    } else {
      bench::run(bench::parse(argc, argv));
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cornu-bench: %s\n", error.what());
    return 1;
  }
}
