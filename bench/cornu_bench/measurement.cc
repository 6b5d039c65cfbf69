#include "bench/cornu_bench/measurement.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>

namespace bench {
namespace {

constexpr std::int64_t kWarmUp = 6;
constexpr std::size_t kLeastSteps = 5;
constexpr std::size_t kMostSteps = 50000;
constexpr double kNanoseconds = 1e9;

double clock_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / kNanoseconds;
}

// From the runner, else from the kernel, which counts in ticks of 10 ms.
double start_of_process() {
  if (const char* given = std::getenv("BENCH_T0_NS")) return std::atof(given) / kNanoseconds;
  std::ifstream file("/proc/self/stat");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 1));  // the name of the program may hold spaces
  constexpr int kStartTime = 20;
  std::string field;
  for (int i = 0; i < kStartTime; ++i) fields >> field;
  const double after_boot = std::atof(field.c_str()) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return clock_seconds(CLOCK_MONOTONIC) - (clock_seconds(CLOCK_BOOTTIME) - after_boot);
}

// Not ru_maxrss, which a process inherits from its parent.
double peak_memory_mb() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024.0;
  }
  return 0.0;
}

}  // namespace

double seconds_since_start() {
  static const double start = start_of_process();
  return clock_seconds(CLOCK_MONOTONIC) - start;
}

void Measurement::loop(const std::function<double()>& step) {
  for (bool over = false; !over;) {
    const double begin = clock_seconds(CLOCK_MONOTONIC);
    const double loss = step();
    over = add_step((clock_seconds(CLOCK_MONOTONIC) - begin) * 1e3, loss);
  }
}

bool Measurement::add_step(double milliseconds, double loss) {
  if (++num_steps_ == 1) cold_start_ = seconds_since_start();
  if (num_steps_ <= kWarmUp) first_losses_.push_back(loss);
  last_loss_ = loss;
  if (num_steps_ <= kWarmUp) {
    counting_since_ = clock_seconds(CLOCK_MONOTONIC);
    return false;
  }
  milliseconds_.push_back(milliseconds);
  if (milliseconds_.size() >= kMostSteps) return true;
  return clock_seconds(CLOCK_MONOTONIC) - counting_since_ >= request_.seconds && milliseconds_.size() >= kLeastSteps;
}

double Measurement::percentile(double percent) const {
  if (milliseconds_.empty()) return 0.0;
  std::vector<double> sorted = milliseconds_;
  std::sort(sorted.begin(), sorted.end());
  const double place = percent / 100.0 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted[below];
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

void Measurement::print() const {
  const double first = first_losses_.empty() ? std::nan("") : first_losses_.front();
  const double fifth = first_losses_.empty() ? std::nan("") : first_losses_.back();
  std::printf(
      "{\"workload\": \"%s\", \"peer\": \"cornu\", \"median_ms\": %.5f, \"p10_ms\": %.5f, \"p90_ms\": %.5f, "
      "\"steps\": %zu, \"cold_start_s\": %.3f, \"peak_rss_mb\": %.1f, \"loss_first\": %.9g, \"loss_step5\": %.9g, "
      "\"loss_last\": %.9g, ",
      request_.workload.c_str(), percentile(50), percentile(10), percentile(90), milliseconds_.size(), cold_start_,
      peak_memory_mb(), first, fifth, last_loss_);
  for (const auto& [name, value] : extra_) std::printf("\"%s\": %.9g, ", name.c_str(), value);
  std::printf("\"params\": %lld, \"threads\": %d, \"version\": \"%s\"}\n", static_cast<long long>(params_),
              request_.threads, CORNU_BENCH_VERSION);
  std::fflush(stdout);
}

}  // namespace bench
