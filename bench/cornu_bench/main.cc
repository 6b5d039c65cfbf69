// cornu-bench: times one training step, inference call or epoch of a known network, and prints one line of JSON.
//
//   cornu-bench --workload NAME [--threads N] [--seconds S]
//   cornu-bench --list

#include <omp.h>
#include <sched.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "bench/cornu_bench/workloads.h"

namespace bench {
namespace {

const auto kFamilies = {siamese_workloads,     convolutional_workloads, recurrent_workloads,
                        transformer_workloads, application_workloads,   fashion_workloads};

void list() {
  for (const auto& family : kFamilies) {
    for (const Workload& workload : family()) std::printf("%s\n", workload.name);
  }
}

Request parse(int argc, char** argv) {
  Request request;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::string value = argv[i + 1];
    if (option == "--workload") {
      request.workload = value;
    } else if (option == "--threads") {
      request.threads = std::stoi(value);
    } else if (option == "--seconds") {
      request.seconds = std::stod(value);
    } else {
      throw std::invalid_argument("unknown option " + option);
    }
  }
  if (request.workload.empty() || argc % 2 == 0) {
    throw std::invalid_argument("usage: cornu-bench --workload NAME [--threads N] [--seconds S], or --list");
  }
  return request;
}

// Keeps the process on as many cores as it has threads, as the other frameworks are measured.
void use_threads(int count) {
  cpu_set_t available;
  if (sched_getaffinity(0, sizeof(available), &available) == 0 && CPU_COUNT(&available) > count) {
    cpu_set_t chosen;
    CPU_ZERO(&chosen);
    int taken = 0;
    for (std::size_t core = 0; core < CPU_SETSIZE && taken < count; ++core) {
      if (!CPU_ISSET(core, &available)) continue;
      CPU_SET(core, &chosen);
      ++taken;
    }
    sched_setaffinity(0, sizeof(chosen), &chosen);
  }
  omp_set_num_threads(count);
}

void run(const Request& request) {
  for (const auto& family : kFamilies) {
    for (const Workload& workload : family()) {
      if (request.workload != workload.name) continue;
      use_threads(request.threads);
      Measurement measurement(request);
      workload.run(measurement);
      measurement.print();
      return;
    }
  }
  throw std::invalid_argument("there is no workload " + request.workload + "; see cornu-bench --list");
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  try {
    bench::seconds_since_start();
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
