#include "framework/backends/onednn/small_matmul.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "framework/backends/onednn/vector/block_kernels.h"
#include "framework/backends/onednn/vector/block_table.h"
#include "framework/backends/onednn/vector/tile_kernels.h"

namespace cornu::onednn {
namespace {

// Measured for 784 x 512 and 128 x 512: both are equally fast at 32 rows, and with 128 oneDNN is ahead.
constexpr std::int64_t kMaxRows = 48;
// Multiplications for which one more thread is worth its start.
constexpr std::int64_t kProductsPerThread = 1 << 16;
// Fewer columns than any vector has lanes, as of a classifier's last layer, are summed without vectors of our own. With
// more products than these oneDNN is ahead, whose call alone takes as long as some thousand.
constexpr std::size_t kMaxNarrow = 16;
constexpr std::int64_t kMaxNarrowProducts = 8192;

struct NarrowProduct {
  const float* x;
  std::int64_t x_depth;  // from one element of the row to the next
  const float* y;
  std::int64_t depth;
  float* out;
};

// The compiler knows the number of columns and keeps their sums in registers.
template <std::size_t kColumns> void multiply_narrow(const NarrowProduct& product) {
  std::array<float, kColumns> sums{};
  for (std::int64_t p = 0; p < product.depth; ++p) {
    const float x = product.x[p * product.x_depth];
    const float* y = product.y + p * static_cast<std::int64_t>(kColumns);
    for (std::size_t j = 0; j < kColumns; ++j) sums[j] += x * y[j];
  }
  std::copy(sums.begin(), sums.end(), product.out);
}

using NarrowFunction = void (*)(const NarrowProduct& product);

template <std::size_t... kIndices>
constexpr std::array<NarrowFunction, kMaxNarrow> narrow_functions(std::index_sequence<kIndices...>) {
  return {multiply_narrow<kIndices + 1>...};
}

// For 1, 2, ... columns.
constexpr std::array<NarrowFunction, kMaxNarrow> kNarrow = narrow_functions(std::make_index_sequence<kMaxNarrow>());

class SmallMatmul final : public Kernel {
 public:
  SmallMatmul(std::int64_t rows, std::int64_t depth, std::int64_t columns, bool transpose_x, const Epilogue& epilogue,
              vector::BlockFunction activation)
      : rows_(rows),
        depth_(depth),
        columns_(columns),
        transpose_x_(transpose_x),
        epilogue_(epilogue),
        activation_(activation) {}

  void run(const KernelArguments& arguments) const override {
    // Threads share out the columns, in whole cache lines, so that each reads its part of the matrix once.
    constexpr std::int64_t kUnit = 64;
    const std::int64_t units = columns_ / kUnit;
    const std::int64_t wanted = std::min(units, rows_ * depth_ * columns_ / kProductsPerThread);
    const auto threads = static_cast<int>(std::clamp<std::int64_t>(wanted, 1, omp_get_max_threads()));
    if (threads == 1) {
      run_columns(arguments, 0, columns_);
      return;
    }
#pragma omp parallel num_threads(threads)
    {
      const std::int64_t share = omp_get_num_threads();
      const std::int64_t thread = omp_get_thread_num();
      const std::int64_t first = units * thread / share * kUnit;
      const std::int64_t last = thread + 1 == share ? columns_ : units * (thread + 1) / share * kUnit;
      run_columns(arguments, first, last);
    }
  }

 private:
  void run_columns(const KernelArguments& arguments, std::int64_t first, std::int64_t last) const {
    auto* out = static_cast<float*>(arguments.outputs[0]);
    multiply(static_cast<const float*>(arguments.inputs[0]), static_cast<const float*>(arguments.inputs[1]), out, first,
             last);
    const TileKernels& kernels = CORNU_CHOOSE_ISA_TABLE(tile_kernels);
    const std::int64_t count = last - first;
    for (std::int64_t row = 0; row < rows_; ++row) {
      float* result = out + row * columns_ + first;
      if (epilogue_.has_bias) {
        kernels.add(static_cast<const float*>(arguments.inputs[epilogue_.bias_input()]) + first, result, count);
      }
      if (epilogue_.has_addend) {
        kernels.add(static_cast<const float*>(arguments.inputs[epilogue_.addend_input()]) + row * columns_ + first,
                    result, count);
      }
      if (activation_) {
        const float* operand = result;
        activation_(&operand, result, static_cast<int>(count));
      }
    }
  }

  void multiply(const float* x, const float* y, float* out, std::int64_t first, std::int64_t last) const {
    const TileKernels& kernels = CORNU_CHOOSE_ISA_TABLE(tile_kernels);
    if (columns_ < kernels.lanes) {
      for (std::int64_t row = 0; row < rows_; ++row) {
        kNarrow[static_cast<std::size_t>(columns_ - 1)]({.x = x + row * (transpose_x_ ? 1 : depth_),
                                                         .x_depth = transpose_x_ ? rows_ : 1,
                                                         .y = y,
                                                         .depth = depth_,
                                                         .out = out + row * columns_});
      }
      return;
    }
    std::int64_t a_rows[kMaxRows];
    for (std::int64_t i = 0; i < kMaxRows; ++i) a_rows[i] = i * (transpose_x_ ? 1 : depth_);
    const std::int64_t blocks = (rows_ + kernels.max_rows - 1) / kernels.max_rows;
    for (std::int64_t block = 0; block < blocks; ++block) {
      const std::int64_t row = rows_ * block / blocks;
      kernels.multiply({.a = x,
                        .a_rows = a_rows + row,
                        .a_depth = transpose_x_ ? rows_ : 1,
                        .b = y + first,
                        .b_depth = columns_,
                        .c = out + row * columns_ + first,
                        .c_row = columns_,
                        .depth = depth_,
                        .rows = rows_ * (block + 1) / blocks - row,
                        .columns = last - first,
                        .add = false});
    }
  }

  std::int64_t rows_;
  std::int64_t depth_;
  std::int64_t columns_;
  bool transpose_x_;
  Epilogue epilogue_;
  vector::BlockFunction activation_;
};

}  // namespace

std::unique_ptr<Kernel> make_small_matmul(std::int64_t rows, std::int64_t depth, std::int64_t columns, bool transpose_x,
                                          const Epilogue& epilogue) {
  if (rows > kMaxRows) return nullptr;
  const std::int64_t lanes = CORNU_CHOOSE_ISA_TABLE(tile_kernels).lanes;
  if (columns < lanes &&
      (columns > static_cast<std::int64_t>(kMaxNarrow) || rows * depth * columns > kMaxNarrowProducts)) {
    return nullptr;
  }
  vector::BlockFunction activation = nullptr;
  if (!epilogue.activation.empty()) {
    const vector::BlockKernel* found = vector::find_kernel(vector::block_table(), epilogue.activation);
    if (!found) return nullptr;
    activation = found->function;
  }
  return std::make_unique<SmallMatmul>(rows, depth, columns, transpose_x, epilogue, activation);
}

}  // namespace cornu::onednn
