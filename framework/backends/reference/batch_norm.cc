// batch_norm_training and its gradient by their formulas, in double, channel by channel.

#include <cmath>
#include <cstdint>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// Row-major operands of `count` rows of `channels`.
template <typename T>
std::unique_ptr<Kernel> training_kernel(std::int64_t count, std::int64_t channels, double epsilon) {
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    const auto* gamma = static_cast<const T*>(arguments.inputs[1]);
    const auto* beta = static_cast<const T*>(arguments.inputs[2]);
    auto* y = static_cast<T*>(arguments.outputs[0]);
    auto* mean = static_cast<T*>(arguments.outputs[1]);
    auto* variance = static_cast<T*>(arguments.outputs[2]);
    for (std::int64_t c = 0; c < channels; ++c) {
      double sum = 0;
      for (std::int64_t i = 0; i < count; ++i) sum += static_cast<double>(x[i * channels + c]);
      const double m = sum / static_cast<double>(count);
      double squares = 0;
      for (std::int64_t i = 0; i < count; ++i) squares += std::pow(static_cast<double>(x[i * channels + c]) - m, 2);
      const double v = squares / static_cast<double>(count);
      mean[c] = static_cast<T>(m);
      variance[c] = static_cast<T>(v);
      const double scale = static_cast<double>(gamma[c]) / std::sqrt(v + epsilon);
      for (std::int64_t i = 0; i < count; ++i) {
        const double centred = static_cast<double>(x[i * channels + c]) - m;
        y[i * channels + c] = static_cast<T>(centred * scale + static_cast<double>(beta[c]));
      }
    }
  });
}

template <typename T>
std::unique_ptr<Kernel> gradient_kernel(std::int64_t count, std::int64_t channels, double epsilon) {
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    const auto* mean = static_cast<const T*>(arguments.inputs[1]);
    const auto* variance = static_cast<const T*>(arguments.inputs[2]);
    const auto* gamma = static_cast<const T*>(arguments.inputs[3]);
    const auto* dy = static_cast<const T*>(arguments.inputs[4]);
    auto* dx = static_cast<T*>(arguments.outputs[0]);
    auto* dgamma = static_cast<T*>(arguments.outputs[1]);
    auto* dbeta = static_cast<T*>(arguments.outputs[2]);
    const auto n = static_cast<double>(count);
    for (std::int64_t c = 0; c < channels; ++c) {
      const double r = 1 / std::sqrt(static_cast<double>(variance[c]) + epsilon);
      const auto z = [&](std::int64_t i) {
        return (static_cast<double>(x[i * channels + c]) - static_cast<double>(mean[c])) * r;
      };
      double sum = 0;
      double product_sum = 0;
      for (std::int64_t i = 0; i < count; ++i) {
        sum += static_cast<double>(dy[i * channels + c]);
        product_sum += static_cast<double>(dy[i * channels + c]) * z(i);
      }
      dbeta[c] = static_cast<T>(sum);
      dgamma[c] = static_cast<T>(product_sum);
      for (std::int64_t i = 0; i < count; ++i) {
        const double rest = static_cast<double>(dy[i * channels + c]) - sum / n - z(i) * product_sum / n;
        dx[i * channels + c] = static_cast<T>(static_cast<double>(gamma[c]) * r * rest);
      }
    }
  });
}

std::unique_ptr<Kernel> make_training(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t count = shape.slice(0, -1).num_elements();
  const double epsilon = request.attributes.number("epsilon");
  if (request.inputs[0].dtype == DType::kFloat32) return training_kernel<float>(count, shape.back(), epsilon);
  if (request.inputs[0].dtype == DType::kFloat64) return training_kernel<double>(count, shape.back(), epsilon);
  return nullptr;
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t count = shape.slice(0, -1).num_elements();
  const double epsilon = request.attributes.number("epsilon");
  if (request.inputs[0].dtype == DType::kFloat32) return gradient_kernel<float>(count, shape.back(), epsilon);
  if (request.inputs[0].dtype == DType::kFloat64) return gradient_kernel<double>(count, shape.back(), epsilon);
  return nullptr;
}

const bool kRegistered[] = {
    register_kernel("batch_norm_training", Backend::kReference, make_training),
    register_kernel("batch_norm_gradient", Backend::kReference, make_gradient),
};

}  // namespace
}  // namespace cornu::reference
