#include "apps/cli/comparison.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace cornu::cli {
namespace {

// "3.1e-02"
std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", value);
  return text;
}

}  // namespace

void Comparison::compare(const std::string& name, const Tensor& got, const Tensor& want) {
  ++num_compared_;
  if (got.shape() != want.shape()) {
    fail(name + " shape " + got.shape().to_string() + " instead of " + want.shape().to_string());
    return;
  }
  const std::vector<double> found = got.to_vector<double>();
  const std::vector<double> expected = want.to_vector<double>();
  bool agrees = true;
  double max_absolute = 0.0;
  double max_relative = 0.0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i]))) continue;
    double error = std::abs(found[i] - expected[i]);
    if (!std::isfinite(error)) error = std::numeric_limits<double>::infinity();
    agrees = agrees && error <= atol_ + rtol_ * std::abs(expected[i]);
    max_absolute = std::max(max_absolute, error);
    if (expected[i] != 0.0) max_relative = std::max(max_relative, error / std::abs(expected[i]));
  }
  if (!agrees) fail(name + " " + short_number(max_absolute) + " " + short_number(max_relative));
}

}  // namespace cornu::cli
