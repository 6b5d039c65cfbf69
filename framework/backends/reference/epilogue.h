#pragma once

#include <cmath>
#include <numbers>
#include <string>

#include "framework/error.h"
#include "framework/kernel.h"

namespace cornu::reference {

/// The activations that "fused_matmul" and "fused_conv" know by name, formula by formula.
template <typename T> T activated(const std::string& name, T x) {
  const auto sigmoid = [](T value) { return 1 / (1 + std::exp(-value)); };
  if (name.empty()) return x;
  if (name == "relu") return x < 0 ? T{0} : x;
  if (name == "relu6") return x < 0 ? T{0} : x > 6 ? T{6} : x;
  if (name == "sigmoid") return sigmoid(x);
  if (name == "tanh") return std::tanh(x);
  if (name == "gelu") return x * std::erfc(-x / std::numbers::sqrt2_v<T>) / 2;
  if (name == "gelu_tanh") {
    const T inner = std::sqrt(2 / std::numbers::pi_v<T>) * (x + static_cast<T>(0.044715) * x * x * x);
    return x * (1 + std::tanh(inner)) / 2;
  }
  if (name == "elu") return x > 0 ? x : std::expm1(x);
  if (name == "silu") return x * sigmoid(x);
  if (name == "softplus") return std::log1p(std::exp(-std::abs(x))) + (x > 0 ? x : T{0});
  const T hard = x <= -3 ? T{0} : x >= 3 ? T{1} : x / 6 + T{1} / 2;
  if (name == "hard_sigmoid") return hard;
  if (name == "hard_silu") return x * hard;
  throw Unsupported("a fused operation: expected an activation that it knows, such as \"relu\"; got \"" + name + "\"");
}

/// Applies `activation(value + bias + addend)` to every element of the output of "fused_matmul" or "fused_conv", whose
/// last axis is that of the bias. Other operations are left as they are.
template <typename T> class Epilogue {
 public:
  explicit Epilogue(const KernelRequest& request)
      : count_(request.outputs[0].shape.num_elements()), channels_(request.outputs[0].shape.back()) {
    fused_ = request.operation.starts_with("fused_");
    if (!fused_) return;
    has_bias_ = request.attributes.flag("bias");
    has_addend_ = request.attributes.flag("addend");
    activation_ = request.attributes.string("activation");
    activated(activation_, T{0});  // an unknown name is an error now, not while running
  }

  void apply(const KernelArguments& arguments) const {
    if (!fused_) return;
    auto* y = static_cast<T*>(arguments.outputs[0]);
    const auto* bias = has_bias_ ? static_cast<const T*>(arguments.inputs[2]) : nullptr;
    const auto* addend = has_addend_ ? static_cast<const T*>(arguments.inputs[has_bias_ ? 3 : 2]) : nullptr;
    for (std::int64_t i = 0; i < count_; ++i) {
      T value = y[i];
      if (bias) value += bias[i % channels_];
      if (addend) value += addend[i];
      y[i] = activated(activation_, value);
    }
  }

 private:
  std::int64_t count_;
  std::int64_t channels_;
  bool fused_ = false;
  bool has_bias_ = false;
  bool has_addend_ = false;
  std::string activation_;
};

}  // namespace cornu::reference
