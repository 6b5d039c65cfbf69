#include "layers/axis_argument.h"

#include <algorithm>

#include "framework/error.h"
#include "layers/layer_title.h"

namespace cornu {

AxisArgument AxisArgument::from_config(const Config& config, const AxisArgument& otherwise) {
  if (config.is_null()) return otherwise;
  if (config.is_list()) return config.as_ints();
  return config.as_int();
}

std::vector<std::int64_t> AxisArgument::resolved(const Shape& shape, const std::string& who) const {
  std::vector<std::int64_t> axes;
  for (std::int64_t axis : axes_) {
    if (axis >= shape.rank() || axis < -shape.rank()) {
      throw ShapeError(
          who + ": axis " + std::to_string(axis) + " is out of bounds for input shape " + shape.to_string(),
          path_in_title(who));
    }
    axes.push_back(shape.checked_axis(axis));
  }
  std::sort(axes.begin(), axes.end());
  return axes;
}

Config AxisArgument::config() const { return is_list_ ? Config(axes_) : Config(axes_[0]); }

Shape sizes_along(const Shape& shape, const std::vector<std::int64_t>& axes, const std::string& who) {
  Shape sizes;
  for (std::int64_t axis : axes) {
    if (shape[axis] == kUnknown) {
      throw ShapeError(
          who + ": axis " + std::to_string(axis) + " of the input must have a known size; got " + shape.to_string(),
          path_in_title(who));
    }
    sizes.push_back(shape[axis]);
  }
  return sizes;
}

Shape shape_along(const Shape& shape, const std::vector<std::int64_t>& axes) {
  Shape result(std::vector<std::int64_t>(shape.dims().size(), 1));
  for (std::int64_t axis : axes) result[axis] = shape[axis];
  return result;
}

bool are_trailing(const std::vector<std::int64_t>& axes, std::int64_t rank) {
  const auto count = static_cast<std::int64_t>(axes.size());
  for (std::int64_t i = 0; i < count; ++i) {
    if (axes[static_cast<std::size_t>(i)] != rank - count + i) return false;
  }
  return count > 0;
}

}  // namespace cornu
