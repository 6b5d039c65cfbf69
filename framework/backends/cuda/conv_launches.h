#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/backends/cuda/launch.h"
#include "framework/backends/cuda/operation_launches.h"
#include "framework/tensor.h"

namespace cornu::cuda {

/// A kernel of a convolution in memory: Keras has it as (window..., channels, filters), cuDNN wants it as (filters,
/// window..., channels). One is the other, transposed as a matrix.
class ConvKernelLayout {
 public:
  explicit ConvKernelLayout(const TensorSpec& kernel);

  /// Whether both are the same memory.
  bool is_shared() const { return rows_ <= 1 || filters_ <= 1; }
  std::size_t num_bytes() const;
  ScratchLaunches to_cudnn(Launch::Operand from, Launch::Operand to) const;
  ScratchLaunches from_cudnn(Launch::Operand from, Launch::Operand to) const;

 private:
  DType dtype_;
  std::int64_t rows_;  // of the matrix that Keras has: window * channels
  std::int64_t filters_;
};

/// Sums of `matrix` over all axes but the last.
ScratchLaunches column_sums(const TensorSpec& matrix, Launch::Operand from, Launch::Operand to,
                            std::size_t scratch_offset);

/// Images with other spatial sizes: an element of the result is that of the input `before` places earlier along each
/// axis, or 0 where there is none. Sizes are (batch, channels, spatial...); in memory the channels come last.
ScratchLaunches move_images(DType dtype, const std::vector<std::int64_t>& from_sizes,
                            const std::vector<std::int64_t>& to_sizes, const std::vector<std::int64_t>& before,
                            Launch::Operand from, Launch::Operand to);

/// All elements are 0.
ScratchLaunches zeros(const TensorSpec& spec, Launch::Operand to);

/// Whether `conv_epilogue` knows the activation of a "fused_conv".
bool has_conv_epilogue(const KernelRequest& request);

/// `activation(y + bias + addend)` of a "fused_conv", over y.
ScratchLaunches conv_epilogue(const KernelRequest& request, std::size_t scratch_offset);

}  // namespace cornu::cuda
