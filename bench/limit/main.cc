// cornu-bench-limit: how close a training step or an inference call of cornu-bench is to what its kernels and
// memory allow.
//
//   cornu-bench-limit [--workload NAME] [--threads N] [--batch-factor N] [--seconds S] [--cache-mb N]
//                     [--steps | --summary]
//
// Prints a table for each workload: the steps of its Program in groups, the time each takes by itself, what it moves
// from and to memory and how long memory takes for that, the longer of the two, which is the limit, the time within the
// step, what that is in GB/s and GFLOP/s, and the whole step beside the sums. `--steps` lists every step by itself;
// `--summary` prints one line of JSON for each workload instead. `--cache-mb` says how much of the last-level cache is
// left where others use it too.

#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "apps/measurement/process.h"
#include "bench/cornu_bench/workloads.h"
#include "bench/limit/limit.h"

namespace bench {
namespace {

// Without fashion_epoch, whose steps are those of lenet_train.
const auto kFamilies = {siamese_workloads, convolutional_workloads, recurrent_workloads, transformer_workloads,
                        application_workloads};

LimitOptions parse(int argc, char** argv) {
  LimitOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    if (option == "--steps") {
      options.every_step = true;
      continue;
    }
    if (option == "--summary") {
      options.summary = true;
      continue;
    }
    if (i + 1 == argc)
      throw std::invalid_argument(
          "usage: cornu-bench-limit [--workload NAME] [--threads N] [--batch-factor N] [--seconds S] [--cache-mb N] "
          "[--steps | --summary]");
    const std::string value = argv[++i];
    if (option == "--workload") {
      options.workload = value;
    } else if (option == "--threads") {
      options.threads = std::stoi(value);
    } else if (option == "--batch-factor") {
      options.batch_factor = std::stoll(value);
    } else if (option == "--seconds") {
      options.seconds = std::stod(value);
    } else if (option == "--cache-mb") {
      options.cache_mb = std::stoul(value);
    } else {
      throw std::invalid_argument("unknown option " + option);
    }
  }
  return options;
}

void run(const LimitOptions& options) {
  cornu::measurement::use_cores(options.threads);
  Machine machine = measured_machine(options.threads);
  if (options.cache_mb > 0) machine.cache_bytes = options.cache_mb << 20U;
  bool found = false;
  for (const auto& family : kFamilies) {
    for (const Workload& workload : family()) {
      if (!options.workload.empty() && options.workload != workload.name) continue;
      found = true;
      begin_table(workload.name, options, machine);
      Measurement measurement({.workload = workload.name,
                               .batch_size = workload.batch_size * options.batch_factor,
                               .threads = options.threads});
      workload.run(measurement);
    }
  }
  if (!found) throw std::invalid_argument("there is no workload " + options.workload + "; see cornu-bench --list");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    bench::run(bench::parse(argc, argv));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cornu-bench-limit: %s\n", error.what());
    return 1;
  }
}
