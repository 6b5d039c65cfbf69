// cornu-growth: times one size of a network that grows in one respect, and prints one line of JSON, that of cornu-bench
// with `size`, `work`, and in seconds of processor time `build_s` (making the model), `first_step_s` (compiling it, and
// one step) and `step_s`.
//
//   cornu-growth --series NAME --size N [--threads N] [--seconds S]
//   cornu-growth --list

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "apps/measurement/process.h"
#include "bench/growth/series.h"
#include "io/json.h"

namespace growth {
namespace {

const auto kQuestions = {network_series, sequence_series, tower_series, layer_series};

struct Arguments {
  std::string series;
  std::int64_t size = 0;
  int threads = 2;
  double seconds = 1.0;
};

// One line of JSON for each series.
void list() {
  for (const auto& question : kQuestions) {
    for (const Series& series : question()) {
      const cornu::Config line = cornu::Config::dict(
          {{"series", series.name}, {"size", series.size}, {"what", series.what}, {"sizes", series.sizes}});
      std::printf("%s\n", cornu::io::to_json(line).c_str());
    }
  }
}

Arguments parse(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string option = argv[i];
    const std::string value = argv[i + 1];
    if (option == "--series") {
      arguments.series = value;
    } else if (option == "--size") {
      arguments.size = std::stoll(value);
    } else if (option == "--threads") {
      arguments.threads = std::stoi(value);
    } else if (option == "--seconds") {
      arguments.seconds = std::stod(value);
    } else {
      throw std::invalid_argument("unknown option " + option);
    }
  }
  if (arguments.series.empty() || arguments.size < 1 || argc % 2 == 0) {
    throw std::invalid_argument("usage: cornu-growth --series NAME --size N [--threads N] [--seconds S], or --list");
  }
  return arguments;
}

void run(const Arguments& arguments) {
  for (const auto& question : kQuestions) {
    for (const Series& series : question()) {
      if (arguments.series != series.name) continue;
      cornu::measurement::use_cores(arguments.threads);
      Measurement measurement({.workload = series.name,
                               .batch_size = series.batch_size(arguments.size),
                               .threads = arguments.threads,
                               .seconds = arguments.seconds});
      measurement.add_figure("size", static_cast<double>(arguments.size));
      measurement.add_figure("work", series.work(arguments.size));
      series.run(measurement, arguments.size);
      measurement.print();
      return;
    }
  }
  throw std::invalid_argument("there is no series " + arguments.series + "; see cornu-growth --list");
}

}  // namespace
}  // namespace growth

int main(int argc, char** argv) {
  try {
    if (argc == 2 && std::string(argv[1]) == "--list") {
      growth::list();
    } else {
      growth::run(growth::parse(argc, argv));
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cornu-growth: %s\n", error.what());
    return 1;
  }
}
