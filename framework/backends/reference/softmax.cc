// softmax, log_softmax and their gradients, by their formulas, in double.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// Elements along the axis lie `inner` apart; x(o, i, k) is at (o * count + i) * inner + k.
struct Geometry {
  std::int64_t outer = 1;
  std::int64_t count = 1;
  std::int64_t inner = 1;
};

Geometry geometry_of(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t axis = request.attributes.integer("axis");
  return {shape.slice(0, axis).num_elements(), shape[axis], shape.slice(axis + 1).num_elements()};
}

// One line along the axis: functions of its elements by index.
template <typename T> struct Line {
  T* first;
  std::int64_t step;
  T& operator[](std::int64_t i) const { return first[i * step]; }
};

// Calls f(lines of the inputs, line of the output, count) for every line along the axis.
template <typename T, typename F> std::unique_ptr<Kernel> line_kernel(const KernelRequest& request, F f) {
  const Geometry g = geometry_of(request);
  const std::size_t num_inputs = request.inputs.size();
  return make_kernel([=](const KernelArguments& arguments) {
    for (std::int64_t o = 0; o < g.outer; ++o) {
      for (std::int64_t k = 0; k < g.inner; ++k) {
        const std::int64_t start = o * g.count * g.inner + k;
        const Line<const T> x{static_cast<const T*>(arguments.inputs[0]) + start, g.inner};
        const Line<const T> dy{static_cast<const T*>(arguments.inputs[num_inputs - 1]) + start, g.inner};
        f(x, dy, Line<T>{static_cast<T*>(arguments.outputs[0]) + start, g.inner}, g.count);
      }
    }
  });
}

template <typename T> double log_sum_exp(Line<const T> x, std::int64_t count) {
  double peak = -std::numeric_limits<double>::infinity();
  for (std::int64_t i = 0; i < count; ++i) peak = std::max(peak, static_cast<double>(x[i]));
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += std::exp(static_cast<double>(x[i]) - peak);
  return peak + std::log(sum);
}

struct Softmax {
  template <typename T> void operator()(Line<const T> x, Line<const T>, Line<T> y, std::int64_t count) const {
    const double total = log_sum_exp(x, count);
    for (std::int64_t i = 0; i < count; ++i) y[i] = static_cast<T>(std::exp(static_cast<double>(x[i]) - total));
  }
};

struct LogSoftmax {
  template <typename T> void operator()(Line<const T> x, Line<const T>, Line<T> y, std::int64_t count) const {
    const double total = log_sum_exp(x, count);
    for (std::int64_t i = 0; i < count; ++i) y[i] = static_cast<T>(static_cast<double>(x[i]) - total);
  }
};

struct SoftmaxGradient {
  template <typename T> void operator()(Line<const T> y, Line<const T> dy, Line<T> dx, std::int64_t count) const {
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(dy[i]) * static_cast<double>(y[i]);
    for (std::int64_t i = 0; i < count; ++i) {
      dx[i] = static_cast<T>(static_cast<double>(y[i]) * (static_cast<double>(dy[i]) - sum));
    }
  }
};

struct LogSoftmaxGradient {
  template <typename T> void operator()(Line<const T> y, Line<const T> dy, Line<T> dx, std::int64_t count) const {
    double sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(dy[i]);
    for (std::int64_t i = 0; i < count; ++i) {
      dx[i] = static_cast<T>(static_cast<double>(dy[i]) - std::exp(static_cast<double>(y[i])) * sum);
    }
  }
};

template <typename F> std::unique_ptr<Kernel> make_softmax(const KernelRequest& request) {
  if (request.inputs[0].dtype == DType::kFloat32) return line_kernel<float>(request, F{});
  if (request.inputs[0].dtype == DType::kFloat64) return line_kernel<double>(request, F{});
  return nullptr;
}

const bool kRegistered[] = {
    register_kernel("softmax", Backend::kReference, make_softmax<Softmax>),
    register_kernel("log_softmax", Backend::kReference, make_softmax<LogSoftmax>),
    register_kernel("softmax_gradient", Backend::kReference, make_softmax<SoftmaxGradient>),
    register_kernel("log_softmax_gradient", Backend::kReference, make_softmax<LogSoftmaxGradient>),
};

}  // namespace
}  // namespace cornu::reference
