#pragma once

#include <string>
#include <vector>

#include "framework/tensor.h"

namespace cornu::cli {

/// Compares tensors with expected ones and keeps a line for each that differs.
///
/// A value agrees when `abs(got - want) <= atol + rtol * abs(want)`; NaN agrees with NaN, an infinity with the same
/// one.
class Comparison {
 public:
  Comparison(double rtol, double atol) : rtol_(rtol), atol_(atol) {}

  /// Adds `NAME MAX_ABS_ERROR MAX_REL_ERROR`, or `NAME shape A instead of B`, where they differ.
  void compare(const std::string& name, const Tensor& got, const Tensor& want);
  /// Adds a line of its own.
  void fail(const std::string& line) { mismatches_.push_back(line); }

  const std::vector<std::string>& mismatches() const { return mismatches_; }
  /// Tensors compared so far.
  std::size_t num_compared() const { return num_compared_; }

 private:
  double rtol_;
  double atol_;
  std::vector<std::string> mismatches_;
  std::size_t num_compared_ = 0;
};

}  // namespace cornu::cli
