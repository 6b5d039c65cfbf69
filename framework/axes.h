#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "framework/shape.h"

namespace cornu {

/// The axes an operation works along: all of them by default, one (`-1`), or several (`{1, 2}`).
class Axes {
 public:
  Axes() = default;
  Axes(int axis) : axes_(std::vector<std::int64_t>{axis}) {}
  Axes(std::int64_t axis) : axes_(std::vector<std::int64_t>{axis}) {}
  Axes(std::initializer_list<std::int64_t> axes) : axes_(axes) {}
  Axes(std::vector<std::int64_t> axes) : axes_(std::move(axes)) {}

  bool all() const { return !axes_.has_value(); }

  /// How many were given; 0 for all of them.
  std::int64_t count() const { return axes_ ? static_cast<std::int64_t>(axes_->size()) : 0; }

  /// The axes of a tensor of that rank, non-negative, ascending, each once. **Throws** ShapeError outside the rank.
  std::vector<std::int64_t> resolved(const Shape& shape) const;

 private:
  std::optional<std::vector<std::int64_t>> axes_;
};

/// Options of reductions, as in `ops::sum(x, {.axis = -1, .keepdims = true})`.
struct ReduceOptions {
  Axes axis = {};         ///< axes to reduce; all of them by default
  bool keepdims = false;  ///< keep the reduced axes with size 1
};

}  // namespace cornu
