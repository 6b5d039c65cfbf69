#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "framework/config.h"
#include "framework/shape.h"

namespace cornu {

/// The axes a layer works along, as it was told: one (`-1`) or several (`{1, 2}`); negative ones count from the back.
class AxisArgument {
 public:
  AxisArgument(int axis) : axes_{axis} {}
  AxisArgument(std::int64_t axis) : axes_{axis} {}
  AxisArgument(std::initializer_list<std::int64_t> axes) : axes_(axes), is_list_(true) {}
  AxisArgument(std::vector<std::int64_t> axes) : axes_(std::move(axes)), is_list_(true) {}
  /// From what a file holds: a number or a list; `otherwise` for null.
  static AxisArgument from_config(const Config& config, const AxisArgument& otherwise);

  /// The axes of a tensor of that shape, ascending. **Throws** ShapeError naming `who` for an axis outside the rank.
  std::vector<std::int64_t> resolved(const Shape& shape, const std::string& who) const;

  /// As it was given: a number or a list.
  Config config() const;
  /// The same, always as a list.
  AxisArgument as_list() const { return AxisArgument(axes_); }

 private:
  std::vector<std::int64_t> axes_;
  bool is_list_ = false;
};

/// Sizes of `shape` along these ascending axes: of a weight that has one value for each place along them.
/// **Throws** ShapeError naming `who` when one of them is unknown.
Shape sizes_along(const Shape& shape, const std::vector<std::int64_t>& axes, const std::string& who);

/// That shape as one of the tensor's rank, with 1 at all other axes: what such a weight is reshaped to.
Shape shape_along(const Shape& shape, const std::vector<std::int64_t>& axes);

/// True for ascending axes that are the last ones of a tensor of that rank.
bool are_trailing(const std::vector<std::int64_t>& axes, std::int64_t rank);

}  // namespace cornu
