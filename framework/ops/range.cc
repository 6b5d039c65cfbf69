#include "framework/ops/range.h"

#include <cmath>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"

namespace cornu::ops {
namespace {

void refuse_zero_step(bool is_zero) {
  if (is_zero) throw InvalidArgument("arange: expected a step other than 0", {}, "arange");
}

// f(row, column) as a matrix of 0 and 1.
template <typename F> Tensor indicator(std::int64_t rows, std::int64_t columns, DType dtype, F&& f) {
  if (rows < 0 || columns < 0) {
    throw InvalidArgument(
        "eye: expected sizes of at least 0; got " + std::to_string(rows) + " and " + std::to_string(columns), {},
        "eye");
  }
  Tensor matrix = Tensor::empty({rows, columns}, DType::kUInt8);
  auto values = matrix.mutable_data<std::uint8_t>();
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) values[static_cast<std::size_t>(i * columns + j)] = f(i, j) ? 1 : 0;
  }
  return cast(matrix, dtype);
}

}  // namespace

Tensor arange_of_integers(std::int64_t start, std::int64_t stop, std::int64_t step, DType dtype) {
  refuse_zero_step(step == 0);
  std::vector<std::int64_t> values;
  for (std::int64_t value = start; step > 0 ? value < stop : value > stop; value += step) values.push_back(value);
  const Shape shape{static_cast<std::int64_t>(values.size())};
  if (dtype != DType::kInt32) return cast(Tensor::copy(values, shape), dtype);
  return Tensor::copy(std::vector<std::int32_t>(values.begin(), values.end()), shape);
}

Tensor arange(double start, double stop, double step, DType dtype) {
  refuse_zero_step(step == 0.0);
  const double count = std::max(0.0, std::ceil((stop - start) / step));
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<double>(i) * step;
  return cast(Tensor::copy(values, {static_cast<std::int64_t>(values.size())}), dtype);
}

Tensor linspace(double start, double stop, std::int64_t num, bool endpoint, DType dtype) {
  if (num < 0) {
    throw InvalidArgument("linspace: expected a number of values of at least 0; got " + std::to_string(num), {},
                          "linspace");
  }
  std::vector<double> values(static_cast<std::size_t>(num));
  const double parts = static_cast<double>(endpoint ? num - 1 : num);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = i == 0 ? start : start + (stop - start) * (static_cast<double>(i) / parts);
  }
  if (endpoint && num > 1) values.back() = stop;
  return cast(Tensor::copy(values, {num}), dtype);
}

Tensor logspace(double start, double stop, std::int64_t num, bool endpoint, double base, DType dtype) {
  Tensor exponents = linspace(start, stop, num, endpoint, DType::kFloat64);
  for (double& value : exponents.mutable_data<double>()) value = std::pow(base, value);
  return cast(exponents, dtype);
}

Tensor eye(std::int64_t rows, std::optional<std::int64_t> columns, std::int64_t k, DType dtype) {
  return indicator(rows, columns.value_or(rows), dtype, [k](std::int64_t i, std::int64_t j) { return j - i == k; });
}

Tensor tri(std::int64_t rows, std::optional<std::int64_t> columns, std::int64_t k, DType dtype) {
  return indicator(rows, columns.value_or(rows), dtype, [k](std::int64_t i, std::int64_t j) { return j - i <= k; });
}

Tensor one_hot(const Tensor& x, std::int64_t num_classes, const OneHotOptions& options) {
  if (!is_integer(x.dtype())) {
    throw DTypeError(std::string("one_hot: expected indices of an integer dtype; got ") + name_of(x.dtype()) +
                         ". Cast first: ops::cast(x, int32)",
                     {}, "one_hot");
  }
  const Tensor indices = expand_dims(x, options.axis);
  Shape along(std::vector<std::int64_t>(static_cast<std::size_t>(indices.rank()), 1));
  along[options.axis] = num_classes;
  // Narrow indices such as uint8 may not be able to say num_classes.
  const Tensor wide = cast(indices, size_of(x.dtype()) < 4 ? DType::kInt32 : x.dtype());
  return cast(equal(wide, reshape(arange(0, num_classes, 1, wide.dtype()), along)), options.dtype);
}

Tensor multi_hot(const Tensor& x, std::int64_t num_classes, const OneHotOptions& options) {
  // Axis 1 lists an example's classes, or axis 0 where there is one example alone.
  return max(one_hot(x, num_classes, options), {.axis = x.rank() > 1 ? 1 : 0});
}

Tensors meshgrid(const Tensors& vectors, const std::string& indexing) {
  if (indexing != "xy" && indexing != "ij") {
    throw InvalidArgument("meshgrid: indexing must be \"xy\" or \"ij\"; got \"" + indexing + "\"", {}, "meshgrid");
  }
  const auto rank = static_cast<std::int64_t>(vectors.size());
  const auto axis_of = [&](std::int64_t i) { return indexing == "xy" && rank > 1 && i < 2 ? 1 - i : i; };
  Shape grid(std::vector<std::int64_t>(vectors.size(), 1));
  for (std::int64_t i = 0; i < rank; ++i) grid[axis_of(i)] = vectors[static_cast<std::size_t>(i)].num_elements();
  Tensors result;
  for (std::int64_t i = 0; i < rank; ++i) {
    Shape along(std::vector<std::int64_t>(vectors.size(), 1));
    along[axis_of(i)] = grid[axis_of(i)];
    result.push_back(broadcast_to(reshape(vectors[static_cast<std::size_t>(i)], along), grid));
  }
  return result;
}

}  // namespace cornu::ops
