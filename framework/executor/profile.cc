#include "framework/executor/profile.h"

#include <numeric>

namespace cornu {

double ProgramProfile::sum_in_run_ms() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepProfile& step) { return sum + step.in_run_ms; });
}

double ProgramProfile::sum_alone_ms() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const StepProfile& step) { return sum + step.alone_ms; });
}

}  // namespace cornu
