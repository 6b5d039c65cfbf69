#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/backends/cuda/launch.h"
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
  Launch to_cudnn(Launch::Operand from, Launch::Operand to) const;
  Launch from_cudnn(Launch::Operand from, Launch::Operand to) const;

 private:
  DType dtype_;
  std::int64_t rows_;  // of the matrix that Keras has: window * channels
  std::int64_t filters_;
};

/// Launches, and the scratch memory they need behind the offset they were given.
struct ScratchLaunches {
  std::vector<Launch> launches;
  std::size_t scratch_bytes = 0;
};

/// How blocks of `kThreads` share the rows of a matrix that they add up: a block has `width` columns of one part of the
/// rows, and its lines of threads take one row after another.
struct SummedRows {
  SummedRows(std::int64_t rows, std::int64_t columns);

  std::int64_t width;
  std::int64_t strips;  ///< of columns
  std::int64_t parts;
  std::int64_t rows_per_part;
};

/// What sums of that dtype are held in.
DType summed_in(DType dtype);

/// Sums of `matrix` over all axes but the last.
ScratchLaunches column_sums(const TensorSpec& matrix, Launch::Operand from, Launch::Operand to,
                            std::size_t scratch_offset);

/// The same for few rows, of another dtype than the sums.
Launch column_sums_at_once(const TensorSpec& matrix, DType result, Launch::Operand from, Launch::Operand to);

/// Images with other spatial sizes: an element of the result is that of the input `before` places earlier along each
/// axis, or 0 where there is none. Sizes are (batch, channels, spatial...), with two or three spatial axes; in memory
/// the channels come last.
Launch move_images(const std::string& name, DType dtype, const std::vector<std::int64_t>& from_sizes,
                   const std::vector<std::int64_t>& to_sizes, const std::vector<std::int64_t>& before,
                   Launch::Operand from, Launch::Operand to);

/// All elements are `value`.
Launch fill(const TensorSpec& spec, double value, Launch::Operand to);

/// Whether `conv_epilogue` knows the activation of a "fused_conv".
bool has_conv_epilogue(const KernelRequest& request);

/// `activation(y + bias + addend)` of a "fused_conv", over y. In scratch memory "relu6" has its bound.
ScratchLaunches conv_epilogue(const KernelRequest& request, std::size_t scratch_offset);

}  // namespace cornu::cuda
