#pragma once

#include <cudnn.h>

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/dtype.h"
#include "framework/kernel.h"

namespace cornu::cuda {

/// A convolution, or one of its gradients, as cuDNN is asked for it: plain data, made without a card.
///
/// Sizes are in cuDNN's order, channels before the spatial axes, of which there are two or three: one of size 1 is put
/// before those of a 1-D convolution. In memory the channels come last. The number of groups follows from the sizes.
struct ConvProblem {
  enum class Kind { kForward, kInputGradient, kKernelGradient };

  Kind kind;
  DType dtype;
  std::vector<std::int64_t> x;       ///< (batch, channels, spatial...)
  std::vector<std::int64_t> kernel;  ///< (filters, channels / groups, window...)
  std::vector<std::int64_t> y;       ///< (batch, filters, spatial...)
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilation;
  std::vector<std::int64_t> before;  ///< zeros before each spatial axis
  std::vector<std::int64_t> after;

  // What is done to the result of a forward convolution: relu(result + addend + bias).
  bool adds_bias = false;
  bool adds_addend = false;
  bool applies_relu = false;

  // How exact it is to be: framework/numerics.h.
  bool tf32 = false;
  bool exact = false;
  bool deterministic = false;

  std::int64_t alignment = kAlignment;  ///< of all addresses, in bytes

  /// What the fastest of cuDNN's kernels want.
  static constexpr std::int64_t kAlignment = 16;

  auto operator<=>(const ConvProblem&) const = default;

  /// Whether cuDNN has but its slowest engine for as many zeros before each axis as there are: it takes others where an
  /// axis has as many zeros behind. Those that run on tensor cores, and kernels' gradients, take any.
  bool wants_symmetric_padding() const;
  /// The same convolution of an x that has the zeros by which one side of an axis has more than the other.
  ConvProblem with_symmetric_padding() const;

  /// For messages, in Keras' order of axes.
  std::string to_string() const;

  /// Whether cuDNN may compute it in a way of which it notes that.
  bool accepts(cudnnBackendNumericalNote_t note) const;
};

/// Whether the kernel of a request is laid out as cuDNN wants it: (filters, window..., channels), which the pass
/// lay_out_filters sees to.
bool has_filters_first(const KernelRequest& request);

/// The shape of its kernel as Keras has it: (window..., channels, filters).
Shape keras_kernel(const KernelRequest& request);

/// The convolution of a request for "conv", "fused_conv" or one of the gradients, without what "fused_conv" adds; under
/// the numeric settings of now.
ConvProblem conv_problem(const KernelRequest& request);

}  // namespace cornu::cuda
