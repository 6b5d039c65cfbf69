// sparse_softmax_cross_entropy and its gradient, by their formulas, in double. A label outside of the classes gives
// NaN.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

template <typename T> std::unique_ptr<Kernel> forward_kernel(std::int64_t rows, std::int64_t classes) {
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* logits = static_cast<const T*>(arguments.inputs[0]);
    const auto* labels = static_cast<const std::int32_t*>(arguments.inputs[1]);
    auto* loss = static_cast<T*>(arguments.outputs[0]);
    auto* total = static_cast<T*>(arguments.outputs[1]);
    for (std::int64_t row = 0; row < rows; ++row) {
      const T* x = logits + row * classes;
      double peak = -std::numeric_limits<double>::infinity();
      for (std::int64_t i = 0; i < classes; ++i) peak = std::max(peak, static_cast<double>(x[i]));
      double sum = 0;
      for (std::int64_t i = 0; i < classes; ++i) sum += std::exp(static_cast<double>(x[i]) - peak);
      const double log_sum = peak + std::log(sum);
      const std::int32_t label = labels[row];
      total[row] = static_cast<T>(log_sum);
      loss[row] = static_cast<T>(label >= 0 && label < classes ? log_sum - static_cast<double>(x[label]) : kNan);
    }
  });
}

template <typename T> std::unique_ptr<Kernel> gradient_kernel(std::int64_t rows, std::int64_t classes) {
  return make_kernel([=](const KernelArguments& arguments) {
    const auto* logits = static_cast<const T*>(arguments.inputs[0]);
    const auto* labels = static_cast<const std::int32_t*>(arguments.inputs[1]);
    const auto* total = static_cast<const T*>(arguments.inputs[2]);
    const auto* dloss = static_cast<const T*>(arguments.inputs[3]);
    auto* dlogits = static_cast<T*>(arguments.outputs[0]);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int32_t label = labels[row];
      const double factor = label >= 0 && label < classes ? static_cast<double>(dloss[row]) : kNan;
      for (std::int64_t i = 0; i < classes; ++i) {
        const double softmax =
            std::exp(static_cast<double>(logits[row * classes + i]) - static_cast<double>(total[row]));
        dlogits[row * classes + i] = static_cast<T>((softmax - (i == label ? 1 : 0)) * factor);
      }
    }
  });
}

bool serves(const KernelRequest& request) { return request.inputs[1].dtype == DType::kInt32; }

std::unique_ptr<Kernel> make_forward(const KernelRequest& request) {
  const std::int64_t rows = request.outputs[0].shape.num_elements();
  const std::int64_t classes = request.inputs[0].shape.back();
  if (!serves(request)) return nullptr;
  if (request.inputs[0].dtype == DType::kFloat32) return forward_kernel<float>(rows, classes);
  return request.inputs[0].dtype == DType::kFloat64 ? forward_kernel<double>(rows, classes) : nullptr;
}

std::unique_ptr<Kernel> make_gradient(const KernelRequest& request) {
  const std::int64_t rows = request.inputs[1].shape.num_elements();
  const std::int64_t classes = request.inputs[0].shape.back();
  if (!serves(request)) return nullptr;
  if (request.inputs[0].dtype == DType::kFloat32) return gradient_kernel<float>(rows, classes);
  return request.inputs[0].dtype == DType::kFloat64 ? gradient_kernel<double>(rows, classes) : nullptr;
}

const bool kRegistered[] = {
    register_kernel("sparse_softmax_cross_entropy", Backend::kReference, make_forward),
    register_kernel("sparse_softmax_cross_entropy_gradient", Backend::kReference, make_gradient),
};

}  // namespace
}  // namespace cornu::reference
