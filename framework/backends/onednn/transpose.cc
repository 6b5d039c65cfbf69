// Transposition of elements of 1, 2, 4 or 8 bytes, whatever they mean.
//
// Axes that stay neighbours are one axis. Where the last axis stays the last, whole rows are copied. Otherwise the last
// axis of the input becomes another axis of the output, and this pair is transposed in tiles: both sides of a tile fit
// the first-level cache, so each cache line is fetched once. Elements of 4 bytes move in squares of 4 by 4.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "framework/backends/onednn/parallel.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kTile = 32;

// One axis of the output, and how far apart its elements lie in the input.
struct Axis {
  std::int64_t size;
  std::int64_t stride;
};

std::vector<Axis> merged_axes(const Shape& input, const std::vector<std::int64_t>& permutation) {
  const std::vector<std::int64_t> strides = row_major_strides(input);
  std::vector<Axis> axes;
  for (std::int64_t axis : permutation) {
    const std::int64_t size = input[axis];
    const std::int64_t stride = strides[static_cast<std::size_t>(axis)];
    if (size == 1) continue;
    if (!axes.empty() && axes.back().stride == size * stride) {
      axes.back() = {axes.back().size * size, stride};
    } else {
      axes.push_back({size, stride});
    }
  }
  return axes;
}

// x: `rows` rows of `columns` elements, x_stride apart; y: the transpose, its rows y_stride apart.
template <typename T>
void transpose_tile(const T* x, std::int64_t x_stride, std::int64_t rows, std::int64_t columns, T* y,
                    std::int64_t y_stride) {
  for (std::int64_t c = 0; c < columns; ++c) {
    for (std::int64_t r = 0; r < rows; ++r) y[c * y_stride + r] = x[r * x_stride + c];
  }
}

template <>
void transpose_tile(const std::uint32_t* x, std::int64_t x_stride, std::int64_t rows, std::int64_t columns,
                    std::uint32_t* y, std::int64_t y_stride) {
  typedef std::uint32_t Four __attribute__((vector_size(16)));
  const auto at = [&](std::int64_t r, std::int64_t c) {
    Four value;
    std::memcpy(&value, x + r * x_stride + c, sizeof value);
    return value;
  };
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    std::int64_t c = 0;
    for (; c + 4 <= columns; c += 4) {
      const Four x0 = at(r, c);
      const Four x1 = at(r + 1, c);
      const Four x2 = at(r + 2, c);
      const Four x3 = at(r + 3, c);
      const Four low01 = __builtin_shufflevector(x0, x1, 0, 4, 1, 5);
      const Four high01 = __builtin_shufflevector(x0, x1, 2, 6, 3, 7);
      const Four low23 = __builtin_shufflevector(x2, x3, 0, 4, 1, 5);
      const Four high23 = __builtin_shufflevector(x2, x3, 2, 6, 3, 7);
      const Four result[4] = {
          __builtin_shufflevector(low01, low23, 0, 1, 4, 5), __builtin_shufflevector(low01, low23, 2, 3, 6, 7),
          __builtin_shufflevector(high01, high23, 0, 1, 4, 5), __builtin_shufflevector(high01, high23, 2, 3, 6, 7)};
      for (int i = 0; i < 4; ++i) std::memcpy(y + (c + i) * y_stride + r, &result[i], sizeof(Four));
    }
    for (; c < columns; ++c) {
      for (int i = 0; i < 4; ++i) y[c * y_stride + r + i] = x[(r + i) * x_stride + c];
    }
  }
  for (; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) y[c * y_stride + r] = x[r * x_stride + c];
  }
}

template <typename T> class TransposeKernel final : public Kernel {
 public:
  TransposeKernel(const Shape& input, const std::vector<std::int64_t>& permutation)
      : count_(input.num_elements()), axes_(merged_axes(input, permutation)) {
    if (axes_.empty()) axes_.push_back({1, 1});
    std::int64_t stride = 1;
    output_strides_.resize(axes_.size());
    for (std::size_t i = axes_.size(); i-- > 0;) {
      output_strides_[i] = stride;
      stride *= axes_[i].size;
    }
    last_of_input_ = axes_.size() - 1;
    for (std::size_t i = 0; i < axes_.size(); ++i) {
      if (axes_[i].stride == 1) last_of_input_ = i;
    }
  }

  void run(const KernelArguments& arguments) const override {
    if (count_ == 0) return;
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    auto* y = static_cast<T*>(arguments.outputs[0]);
    if (last_of_input_ == axes_.size() - 1) {
      copy_rows(x, y);
    } else {
      transpose(x, y);
    }
  }

 private:
  struct Offsets {
    std::int64_t x = 0;
    std::int64_t y = 0;
  };

  // Of the element with this position in the axes other than the last and `skipped`.
  Offsets offsets_at(std::int64_t position, std::size_t skipped) const {
    Offsets offsets;
    for (std::size_t i = axes_.size() - 1; i-- > 0;) {
      if (i == skipped) continue;
      const std::int64_t index = position % axes_[i].size;
      position /= axes_[i].size;
      offsets.x += index * axes_[i].stride;
      offsets.y += index * output_strides_[i];
    }
    return offsets;
  }

  void copy_rows(const T* x, T* y) const {
    const std::int64_t length = axes_.back().size;
    const std::int64_t rows = count_ / length;
    const std::int64_t rows_each = std::max<std::int64_t>(4096 / length, 1);
    parallel_for((rows + rows_each - 1) / rows_each, count_, [&](std::int64_t group) {
      const std::int64_t last = std::min((group + 1) * rows_each, rows);
      for (std::int64_t row = group * rows_each; row < last; ++row) {
        std::memcpy(y + row * length, x + offsets_at(row, axes_.size()).x,
                    static_cast<std::size_t>(length) * sizeof(T));
      }
    });
  }

  void transpose(const T* x, T* y) const {
    const Axis rows = axes_.back();
    const Axis columns = axes_[last_of_input_];
    const std::int64_t row_tiles = (rows.size + kTile - 1) / kTile;
    const std::int64_t column_tiles = (columns.size + kTile - 1) / kTile;
    const std::int64_t outer = count_ / (rows.size * columns.size);
    const std::int64_t y_stride = output_strides_[last_of_input_];
    parallel_for(outer * row_tiles * column_tiles, count_, [&](std::int64_t task) {
      const std::int64_t row = task % row_tiles * kTile;
      const std::int64_t column = task / row_tiles % column_tiles * kTile;
      const Offsets offsets = offsets_at(task / row_tiles / column_tiles, last_of_input_);
      transpose_tile(x + offsets.x + row * rows.stride + column, rows.stride, std::min(kTile, rows.size - row),
                     std::min(kTile, columns.size - column), y + offsets.y + column * y_stride + row, y_stride);
    });
  }

  std::int64_t count_;
  std::vector<Axis> axes_;  // of the output, outermost first
  std::vector<std::int64_t> output_strides_;
  std::size_t last_of_input_;  // the axis of the output along which the input is contiguous
};

std::unique_ptr<Kernel> make_transpose(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  const auto& permutation = request.attributes.integers("permutation");
  switch (size_of(request.inputs[0].dtype)) {
    case 1: return std::make_unique<TransposeKernel<std::uint8_t>>(shape, permutation);
    case 2: return std::make_unique<TransposeKernel<std::uint16_t>>(shape, permutation);
    case 4: return std::make_unique<TransposeKernel<std::uint32_t>>(shape, permutation);
    default: return std::make_unique<TransposeKernel<std::uint64_t>>(shape, permutation);
  }
}

const bool kRegistered = register_kernel("transpose", Backend::kCpu, make_transpose);

}  // namespace
}  // namespace cornu::onednn
