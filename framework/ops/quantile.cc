#include "framework/ops/quantile.h"

#include <algorithm>
#include <cmath>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"
#include "framework/ops/sort.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

// The reduced axes as one last axis, in ascending order.
struct Sorted {
  Tensor values;
  std::int64_t count = 1;
  std::vector<std::int64_t> axes;
};

Sorted sorted_along(const Tensor& x, const Axes& axes) {
  Sorted result;
  result.axes = axes.resolved(x.shape());
  std::vector<std::int64_t> last;
  Shape shape;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    if (std::find(result.axes.begin(), result.axes.end(), i) == result.axes.end()) shape.push_back(x.shape()[i]);
  }
  for (std::int64_t axis : result.axes) {
    last.push_back(static_cast<std::int64_t>(last.size()) + x.rank() - static_cast<std::int64_t>(result.axes.size()));
    const std::int64_t size = x.shape()[axis];
    if (size < 1) {
      throw ShapeError(
          "quantile: expected known sizes of at least 1 along the axes; got shape " + x.shape().to_string(), {},
          "quantile");
    }
    result.count *= size;
  }
  shape.push_back(result.count);
  const Tensor values = is_floating(x.dtype()) ? x : cast(x, DType::kFloat32);
  result.values = sort(reshape(moveaxis(values, result.axes, last), shape), -1);
  return result;
}

Tensor entry(const Sorted& sorted, std::int64_t place) { return squeeze(slice_position(sorted.values, -1, place), -1); }

Tensor between(const Sorted& sorted, double q, const std::string& method) {
  if (!(q >= 0.0 && q <= 1.0)) {
    throw InvalidArgument("quantile: expected q in [0, 1]; got " + std::to_string(q), {}, "quantile");
  }
  const double place = q * static_cast<double>(sorted.count - 1);
  const auto lower = static_cast<std::int64_t>(std::floor(place));
  const auto higher = static_cast<std::int64_t>(std::ceil(place));
  if (method == "lower") return entry(sorted, lower);
  if (method == "higher") return entry(sorted, higher);
  // Half way NumPy takes the even place.
  if (method == "nearest") return entry(sorted, static_cast<std::int64_t>(std::nearbyint(place)));
  if (method != "linear" && method != "midpoint") {
    throw InvalidArgument(
        "quantile: method must be \"linear\", \"lower\", \"higher\", \"midpoint\" or \"nearest\"; got \"" + method +
            "\"",
        {}, "quantile");
  }
  if (lower == higher) return entry(sorted, lower);
  const double weight = method == "midpoint" ? 0.5 : place - static_cast<double>(lower);
  return entry(sorted, lower) * (1.0 - weight) + entry(sorted, higher) * weight;
}

Tensor reduced(const Sorted& sorted, double q, const ReduceOptions& options, const std::string& method) {
  Tensor value = between(sorted, q, method);
  // NaN come last: where the last entry is one, there is no quantile.
  const Tensor last = entry(sorted, -1);
  value = where(isnan(last), last, value);
  return options.keepdims && !sorted.axes.empty() ? expand_dims(value, sorted.axes) : value;
}

}  // namespace

Tensor median(const Tensor& x, const ReduceOptions& options) { return quantile(x, 0.5, options, "midpoint"); }

Tensor quantile(const Tensor& x, double q, const ReduceOptions& options, const std::string& method) {
  return reduced(sorted_along(x, options.axis), q, options, method);
}

Tensor quantile(const Tensor& x, const std::vector<double>& q, const ReduceOptions& options,
                const std::string& method) {
  const Sorted sorted = sorted_along(x, options.axis);
  Tensors values;
  for (double part : q) values.push_back(reduced(sorted, part, options, method));
  return stack(values, 0);
}

}  // namespace cornu::ops
