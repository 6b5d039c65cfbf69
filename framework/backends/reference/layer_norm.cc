// layer_norm and its gradient by their formulas, in double, row by row.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

struct Geometry {
  std::int64_t rows;
  std::int64_t size;  // elements normalised together
  bool centered;
  double epsilon;
};

Geometry geometry_of(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t leading = shape.rank() - request.attributes.integer("num_axes");
  return {shape.slice(0, leading).num_elements(), shape.slice(leading).num_elements(),
          request.attributes.flag("centered"), request.attributes.number("epsilon")};
}

template <typename T> std::unique_ptr<Kernel> forward_kernel(const Geometry& g) {
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* gamma = static_cast<const T*>(arguments.inputs[1]);
    const auto* beta = static_cast<const T*>(arguments.inputs[2]);
    const auto n = static_cast<double>(g.size);
    for (std::int64_t row = 0; row < g.rows; ++row) {
      const T* x = static_cast<const T*>(arguments.inputs[0]) + row * g.size;
      T* y = static_cast<T*>(arguments.outputs[0]) + row * g.size;
      double sum = 0;
      for (std::int64_t i = 0; i < g.size; ++i) sum += static_cast<double>(x[i]);
      const double mean = g.centered ? sum / n : 0;
      double squares = 0;
      for (std::int64_t i = 0; i < g.size; ++i) squares += std::pow(static_cast<double>(x[i]) - mean, 2);
      const double rstd = 1 / std::sqrt(squares / n + g.epsilon);
      static_cast<T*>(arguments.outputs[1])[row] = static_cast<T>(mean);
      static_cast<T*>(arguments.outputs[2])[row] = static_cast<T>(rstd);
      for (std::int64_t i = 0; i < g.size; ++i) {
        const double z = (static_cast<double>(x[i]) - mean) * rstd;
        y[i] = static_cast<T>(z * static_cast<double>(gamma[i]) + static_cast<double>(beta[i]));
      }
    }
  });
}

template <typename T> std::unique_ptr<Kernel> gradient_kernel(const Geometry& g) {
  return make_kernel(
      [=](const KernelArguments& arguments) {
        const auto* gamma = static_cast<const T*>(arguments.inputs[3]);
        const auto n = static_cast<double>(g.size);
        auto* dgamma = static_cast<double*>(arguments.scratch);
        double* dbeta = dgamma + g.size;
        std::fill_n(dgamma, 2 * g.size, 0.0);
        for (std::int64_t row = 0; row < g.rows; ++row) {
          const T* x = static_cast<const T*>(arguments.inputs[0]) + row * g.size;
          const auto mean = static_cast<double>(static_cast<const T*>(arguments.inputs[1])[row]);
          const auto rstd = static_cast<double>(static_cast<const T*>(arguments.inputs[2])[row]);
          const T* dy = static_cast<const T*>(arguments.inputs[4]) + row * g.size;
          T* dx = static_cast<T*>(arguments.outputs[0]) + row * g.size;
          const auto z = [&](std::int64_t i) { return (static_cast<double>(x[i]) - mean) * rstd; };
          const auto h = [&](std::int64_t i) { return static_cast<double>(gamma[i]) * static_cast<double>(dy[i]); };
          double sum = 0;
          double product_sum = 0;
          for (std::int64_t i = 0; i < g.size; ++i) {
            sum += g.centered ? h(i) : 0;
            product_sum += h(i) * z(i);
            dgamma[i] += static_cast<double>(dy[i]) * z(i);
            dbeta[i] += static_cast<double>(dy[i]);
          }
          for (std::int64_t i = 0; i < g.size; ++i) {
            dx[i] = static_cast<T>(rstd * (h(i) - sum / n - z(i) * product_sum / n));
          }
        }
        for (std::int64_t i = 0; i < g.size; ++i) {
          static_cast<T*>(arguments.outputs[1])[i] = static_cast<T>(dgamma[i]);
          static_cast<T*>(arguments.outputs[2])[i] = static_cast<T>(dbeta[i]);
        }
      },
      static_cast<std::size_t>(2 * g.size) * sizeof(double));
}

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  if (request.inputs[0].dtype == DType::kFloat32) return forward_kernel<float>(geometry_of(request));
  return request.inputs[0].dtype == DType::kFloat64 ? forward_kernel<double>(geometry_of(request)) : nullptr;
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  if (request.inputs[0].dtype == DType::kFloat32) return gradient_kernel<float>(geometry_of(request));
  return request.inputs[0].dtype == DType::kFloat64 ? gradient_kernel<double>(geometry_of(request)) : nullptr;
}

const bool kRegistered[] = {
    register_kernel("layer_norm", Backend::kReference, make_forward),
    register_kernel("layer_norm_gradient", Backend::kReference, make_gradient),
};

}  // namespace
}  // namespace cornu::reference
