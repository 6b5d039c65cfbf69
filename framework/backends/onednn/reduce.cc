// Reductions of float32: vectorised, parallel, and the same to the last bit for any number of threads.
//
// Elements are folded in blocks whose bounds depend on the shape alone, and the blocks' results are combined in order,
// sums and products in double. So the result does not depend on who folded which block, and a sum of n elements is
// about as accurate as a pairwise one: float32 is used for chains of at most some hundred additions.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/reduce_kernels.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kRowBlock = 8192;    // elements of a contiguous row folded at once
constexpr std::int64_t kColumnRows = 256;   // rows of a column folded at once
constexpr std::int64_t kColumnTile = 1024;  // columns folded at once
constexpr std::int64_t kNarrow = 64;        // columns fewer than this are folded several rows at once

std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// One reduction of (outer, reduced, inner) along its middle axis.
class Pass {
 public:
  Pass(std::int64_t outer, std::int64_t reduced, std::int64_t inner, const FoldKernels& fold)
      : outer_(outer), reduced_(reduced), inner_(inner), fold_(fold) {
    if (inner_ == 1) {
      blocks_ = std::max<std::int64_t>(ceil_div(reduced_, kRowBlock), 1);
    } else {
      // Few columns would leave lanes empty: `joined_` rows become one row, and its parts are combined at the end.
      // Not worth it for few rows.
      const std::int64_t rows = inner_ > 0 && inner_ < kNarrow ? ceil_div(kNarrow, inner_) : 1;
      joined_ = reduced_ >= 8 * rows ? rows : 1;
      blocks_ = std::max<std::int64_t>(ceil_div(reduced_ / joined_, kColumnRows), 1);
    }
  }

  std::int64_t result_size() const { return outer_ * inner_; }

  // Floats for the results of blocks and, of rows that do not fill a joined row, for themselves.
  std::int64_t scratch_size() const {
    if (inner_ == 1) return blocks_ > 1 ? outer_ * blocks_ : 0;
    return is_direct() ? 0 : outer_ * parts() * inner_;
  }

  void run(const float* x, float* y, float* scratch) const {
    if (inner_ == 1) {
      run_rows(x, y, scratch);
    } else {
      run_columns(x, y, scratch);
    }
  }

 private:
  bool is_direct() const { return blocks_ == 1 && joined_ == 1; }
  std::int64_t joined_rows() const { return reduced_ / joined_; }
  std::int64_t left_rows() const { return reduced_ % joined_; }
  // Per outer index: a row of results from each block, and the rows that are left.
  std::int64_t parts() const { return blocks_ * joined_ + left_rows(); }

  void run_rows(const float* x, float* y, float* scratch) const {
    float* results = blocks_ > 1 ? scratch : y;
    if (blocks_ == 1) {
      // Short rows are handed out many at a time.
      const std::int64_t rows_each = std::max<std::int64_t>(kRowBlock / std::max<std::int64_t>(reduced_, 1), 1);
      parallel_for(ceil_div(outer_, rows_each), outer_ * reduced_, [&](std::int64_t group) {
        const std::int64_t last = std::min((group + 1) * rows_each, outer_);
        for (std::int64_t row = group * rows_each; row < last; ++row) y[row] = fold_.row(x + row * reduced_, reduced_);
      });
      return;
    }
    parallel_for(outer_ * blocks_, outer_ * reduced_, [&](std::int64_t task) {
      const std::int64_t first = task % blocks_ * kRowBlock;
      const float* block = x + task / blocks_ * reduced_ + first;
      results[task] = fold_.row(block, std::min(kRowBlock, reduced_ - first));
    });
    parallel_for(outer_, outer_ * blocks_,
                 [&](std::int64_t row) { fold_.combine(results + row * blocks_, blocks_, 1, 1, y + row); });
  }

  void run_columns(const float* x, float* y, float* scratch) const {
    const std::int64_t width = inner_ * joined_;
    const std::int64_t tiles = ceil_div(width, kColumnTile);
    float* results = is_direct() ? y : scratch;
    const std::int64_t results_stride = is_direct() ? inner_ : parts() * inner_;
    parallel_for(outer_ * blocks_ * tiles, outer_ * reduced_ * inner_, [&](std::int64_t task) {
      const std::int64_t tile = task % tiles;
      const std::int64_t block = task / tiles % blocks_;
      const std::int64_t outer = task / tiles / blocks_;
      const std::int64_t first = tile * kColumnTile;
      const std::int64_t first_row = block * kColumnRows;
      fold_.columns(x + outer * reduced_ * inner_ + first_row * width + first,
                    std::min(kColumnRows, joined_rows() - first_row), std::min(kColumnTile, width - first), width,
                    results + outer * results_stride + block * width + first);
    });
    if (is_direct()) return;
    parallel_for(outer_, outer_ * results_stride, [&](std::int64_t outer) {
      float* own = scratch + outer * results_stride;
      std::copy_n(x + (outer * reduced_ + joined_rows() * joined_) * inner_, left_rows() * inner_,
                  own + blocks_ * width);
      fold_.combine(own, parts(), inner_, inner_, y + outer * inner_);
    });
  }

  std::int64_t outer_;
  std::int64_t reduced_;
  std::int64_t inner_;
  FoldKernels fold_;
  std::int64_t blocks_ = 1;
  std::int64_t joined_ = 1;
};

// Several groups of reduced axes with others between them are reduced one after the other, the innermost first.
class ReduceKernel final : public Kernel {
 public:
  ReduceKernel(const Shape& shape, const std::vector<std::int64_t>& axes, const FoldKernels& fold) {
    struct Group {
      std::int64_t size;
      bool reduced;
    };
    std::vector<Group> groups;  // neighbouring axes of one kind, without those of size 1
    for (std::int64_t i = 0; i < shape.rank(); ++i) {
      const bool reduced = std::find(axes.begin(), axes.end(), i) != axes.end();
      if (shape[i] == 1) continue;
      if (!groups.empty() && groups.back().reduced == reduced) {
        groups.back().size *= shape[i];
      } else {
        groups.push_back({shape[i], reduced});
      }
    }
    const auto size_of_groups = [&](std::size_t first, std::size_t last) {
      std::int64_t size = 1;
      for (std::size_t i = first; i < last; ++i) size *= groups[i].size;
      return size;
    };
    for (std::size_t i = groups.size(); i-- > 0;) {
      if (!groups[i].reduced) continue;
      passes_.emplace_back(size_of_groups(0, i), groups[i].size, size_of_groups(i + 1, groups.size()), fold);
      groups[i].size = 1;
    }
    if (passes_.empty()) passes_.emplace_back(size_of_groups(0, groups.size()), 1, 1, fold);
    for (const Pass& pass : passes_) pass_scratch_ = std::max(pass_scratch_, pass.scratch_size());
    if (passes_.size() > 1) between_ = passes_[0].result_size();
  }

  // What lies between passes alternates between two places; the first pass leaves the most.
  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(pass_scratch_ + (passes_.size() > 2 ? 2 : 1) * between_) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<float*>(arguments.scratch);
    float* place = scratch + pass_scratch_;
    float* other = place + between_;
    const auto* x = static_cast<const float*>(arguments.inputs[0]);
    for (std::size_t i = 0; i < passes_.size(); ++i) {
      float* y = i + 1 == passes_.size() ? static_cast<float*>(arguments.outputs[0]) : place;
      passes_[i].run(x, y, scratch);
      x = y;
      std::swap(place, other);
    }
  }

 private:
  std::vector<Pass> passes_;
  std::int64_t pass_scratch_ = 0;
  std::int64_t between_ = 0;
};

KernelFactory factory_of(FoldKernels ReduceKernels::*fold) {
  return [fold](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
    const ReduceKernels& kernels = CORNU_CHOOSE_ISA_TABLE(reduce_kernels);
    return std::make_unique<ReduceKernel>(request.inputs[0].shape, request.attributes.integers("axes"), kernels.*fold);
  };
}

const bool kRegistered[] = {
    register_kernel("sum", Backend::kCpu, factory_of(&ReduceKernels::sum)),
    register_kernel("prod", Backend::kCpu, factory_of(&ReduceKernels::prod)),
    register_kernel("max", Backend::kCpu, factory_of(&ReduceKernels::max)),
    register_kernel("min", Backend::kCpu, factory_of(&ReduceKernels::min)),
};

}  // namespace
}  // namespace cornu::onednn
