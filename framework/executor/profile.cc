#include "framework/executor/profile.h"

#include <algorithm>
#include <numeric>

namespace cornu {

double StepProfile::memory_ms(double bytes_per_second) const {
  return static_cast<double>(bytes_from_memory + bytes_to_memory) / bytes_per_second * 1e3;
}

double StepProfile::limit_ms(double bytes_per_second) const { return std::max(alone_ms, memory_ms(bytes_per_second)); }

double ProgramProfile::sum_in_run_ms() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepProfile& step) { return sum + step.in_run_ms; });
}

double ProgramProfile::sum_alone_ms() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepProfile& step) { return sum + step.alone_ms; });
}

double ProgramProfile::sum_limit_ms(double bytes_per_second) const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [&](double sum, const StepProfile& step) { return sum + step.limit_ms(bytes_per_second); });
}

}  // namespace cornu
