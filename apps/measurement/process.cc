#include "apps/measurement/process.h"

#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "framework/num_threads.h"

namespace cornu::measurement {
namespace {

constexpr double kNanoseconds = 1e9;

double clock_seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / kNanoseconds;
}

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

}  // namespace

double seconds_since_start() {
  static const double start = start_of_process();
  return clock_seconds(CLOCK_MONOTONIC) - start;
}

double processor_seconds() { return clock_seconds(CLOCK_PROCESS_CPUTIME_ID); }

// Not ru_maxrss, which a process inherits from its parent.
double peak_memory_mb() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024.0;
  }
  return 0.0;
}

void use_cores(int count) {
  set_num_threads(count);
  cpu_set_t available;
  if (sched_getaffinity(0, sizeof(available), &available) != 0 || CPU_COUNT(&available) <= count) return;
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

}  // namespace cornu::measurement
