#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "framework/backends/onednn/vector/block_kernels.h"
#include "framework/tensor.h"

namespace cornu::vector {

/// How an operand in memory is read when the elements of a (broadcast) result are worked through in order.
///
/// Dimensions of the result are merged as far as this operand allows, so that most operands become one of four: a
/// scalar, all elements in order, one row again and again, or each element several times.
class BlockOperand {
 public:
  /// Nothing where more dimensions remain than are kept here.
  static std::optional<BlockOperand> make(const TensorSpec& operand, const Shape& result, const BlockTable& table);

  bool is_full() const { return full_; }
  /// One element for all of a larger result.
  bool is_scalar() const { return num_dims_ == 0 && !full_; }
  /// Length of the row that is repeated; 0 for other operands.
  std::int64_t period() const { return num_dims_ == 2 && dims_[1].stride == 1 ? dims_[1].size : 0; }

  /// For how many elements in a row of the result one element stands; 0 where the innermost elements differ.
  std::int64_t run() const {
    return num_dims_ > 1 && dims_[static_cast<std::size_t>(num_dims_) - 1].stride == 0
               ? dims_[static_cast<std::size_t>(num_dims_) - 1].size
               : 0;
  }

  std::size_t element_size() const { return element_size_; }
  bool is_float32() const { return float32_; }

  /// The elements for `count` elements of the result from `begin` on: where they lie, if they lie together as floats;
  /// otherwise they are gathered in `target`.
  const float* read(const void* data, std::int64_t begin, int count, float* target) const;

  /// The one element for the run around `index`.
  float read_run(const void* data, std::int64_t index) const;

 private:
  static constexpr int kMaxDims = 16;
  struct Dim {
    std::int64_t size;
    std::int64_t stride;
  };

  const std::byte* element(const void* data, std::int64_t index) const;
  const float* read_rows(const void* data, std::int64_t begin, int count, float* target) const;
  const float* read_runs(const void* data, std::int64_t begin, int count, float* target) const;

  LoadFunction load_ = nullptr;
  RepeatFunction repeat_ = nullptr;
  std::size_t element_size_ = 0;
  bool float32_ = false;
  bool full_ = false;
  int num_dims_ = 0;
  std::array<Dim, kMaxDims> dims_{};  // outermost first
};

}  // namespace cornu::vector
