#include "framework/ops/products.h"

#include <numeric>

#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/concatenate.h"
#include "framework/ops/contract.h"
#include "framework/ops/move_axes.h"
#include "framework/ops/pad.h"
#include "framework/ops/reshape.h"
#include "framework/ops/slice.h"

namespace cornu::ops {

Tensor dot(const Tensor& x, const Tensor& y) {
  if (x.rank() == 0 || y.rank() == 0) return multiply(x, y);
  return tensordot(x, y, {-1}, {y.rank() == 1 ? 0 : -2});
}

Tensor inner(const Tensor& x, const Tensor& y) {
  if (x.rank() == 0 || y.rank() == 0) return multiply(x, y);
  return tensordot(x, y, {-1}, {-1});
}

Tensor outer(const Tensor& x, const Tensor& y) {
  return multiply(reshape(x, {kUnknown, 1}), reshape(y, {1, kUnknown}));
}

Tensor vdot(const Tensor& x, const Tensor& y) { return dot(ravel(x), ravel(y)); }

Tensor tensordot(const Tensor& x, const Tensor& y, std::int64_t axes) {
  if (axes < 0 || axes > x.rank() || axes > y.rank()) {
    throw InvalidArgument("tensordot: expected a number of axes that both operands have; got " + std::to_string(axes) +
                              " for shapes " + x.shape().to_string() + " and " + y.shape().to_string(),
                          {}, "tensordot");
  }
  std::vector<std::int64_t> x_axes(static_cast<std::size_t>(axes)), y_axes(static_cast<std::size_t>(axes));
  std::iota(x_axes.begin(), x_axes.end(), x.rank() - axes);
  std::iota(y_axes.begin(), y_axes.end(), 0);
  return tensordot(x, y, x_axes, y_axes);
}

Tensor tensordot(const Tensor& x, const Tensor& y, const std::vector<std::int64_t>& x_axes,
                 const std::vector<std::int64_t>& y_axes) {
  if (x_axes.size() != y_axes.size()) {
    throw InvalidArgument("tensordot: expected as many axes of x as of y; got " + std::to_string(x_axes.size()) +
                              " and " + std::to_string(y_axes.size()),
                          {}, "tensordot");
  }
  const DType dtype = result_type({{x.dtype(), x.is_weak()}, {y.dtype(), y.is_weak()}});
  LabelledTensor a{cast(x, dtype), std::vector<int>(static_cast<std::size_t>(x.rank()))};
  LabelledTensor b{cast(y, dtype), std::vector<int>(static_cast<std::size_t>(y.rank()))};
  std::iota(a.labels.begin(), a.labels.end(), 0);
  std::iota(b.labels.begin(), b.labels.end(), static_cast<int>(x.rank()));
  std::vector<int> output = a.labels;
  output.insert(output.end(), b.labels.begin(), b.labels.end());
  for (std::size_t i = 0; i < x_axes.size(); ++i) {
    const auto from = static_cast<std::size_t>(x.shape().checked_axis(x_axes[i]));
    int& label = b.labels[static_cast<std::size_t>(y.shape().checked_axis(y_axes[i]))];
    const std::int64_t m = x.shape()[x_axes[i]], n = y.shape()[y_axes[i]];
    if (m != n && m != kUnknown && n != kUnknown) {
      throw ShapeError("tensordot: expected equal sizes at axis " + std::to_string(x_axes[i]) + " of shape " +
                           x.shape().to_string() + " and axis " + std::to_string(y_axes[i]) + " of shape " +
                           y.shape().to_string(),
                       {}, "tensordot");
    }
    std::erase(output, label);
    std::erase(output, a.labels[from]);
    label = a.labels[from];
  }
  return contract({a, b}, output);
}

Tensor cross(const Tensor& x, const Tensor& y, std::int64_t axis) {
  const auto size_of_vectors = [&](const Tensor& vectors) {
    const std::int64_t size = vectors.shape()[axis];
    if (size != 2 && size != 3) {
      throw ShapeError("cross: expected vectors of 2 or 3 numbers along axis " + std::to_string(axis) + "; got shape " +
                           vectors.shape().to_string(),
                       {}, "cross");
    }
    return size;
  };
  const std::int64_t x_size = size_of_vectors(x);
  const std::int64_t y_size = size_of_vectors(y);
  const auto number = [&](const Tensor& vectors, std::int64_t i) {
    return squeeze(slice_position(vectors, axis, i), axis);
  };
  const auto component = [&](std::int64_t i, std::int64_t j) {
    return number(x, i) * number(y, j) - number(x, j) * number(y, i);
  };
  if (x_size == 2 && y_size == 2) return component(0, 1);
  const auto with_third = [&](const Tensor& vectors) {
    if (vectors.shape()[axis] == 3) return vectors;
    std::vector<PadWidth> widths(static_cast<std::size_t>(vectors.rank()), PadWidth{0, 0});
    widths[static_cast<std::size_t>(vectors.shape().checked_axis(axis))] = {0, 1};
    return pad(vectors, widths);
  };
  if (x_size != y_size) return cross(with_third(x), with_third(y), axis);
  const Tensor first = component(1, 2);
  return stack({first, component(2, 0), component(0, 1)}, axis < 0 ? axis : axis - x.rank());
}

Tensor kron(const Tensor& x, const Tensor& y) {
  const std::int64_t rank = std::max(x.rank(), y.rank());
  // Axes of x and y in turn, those of x first: (x_0, 1, x_1, 1, ...) * (1, y_0, 1, y_1, ...)
  Shape x_shape, y_shape, shape;
  for (std::int64_t i = 0; i < rank; ++i) {
    const std::int64_t m = i < rank - x.rank() ? 1 : x.shape()[i - (rank - x.rank())];
    const std::int64_t n = i < rank - y.rank() ? 1 : y.shape()[i - (rank - y.rank())];
    if (m == kUnknown || n == kUnknown) {
      throw ShapeError("kron: expected known shapes; got " + x.shape().to_string() + " and " + y.shape().to_string(),
                       {}, "kron");
    }
    x_shape = x_shape.concatenated({m, 1});
    y_shape = y_shape.concatenated({1, n});
    shape.push_back(m * n);
  }
  return reshape(multiply(reshape(x, x_shape), reshape(y, y_shape)), shape);
}

}  // namespace cornu::ops
