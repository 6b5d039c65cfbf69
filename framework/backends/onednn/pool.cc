// Pooling on the CPU: rows of windows, vectorised over the channels. The gradient of max_pool finds the winners again;
// where nothing else reads x so late, the compiler has them kept (passes/keep_pool_winners.cc).

#include <omp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "framework/backends/onednn/vector/pool_kernels.h"
#include "framework/kernel.h"
#include "framework/window_geometry.h"

namespace cornu::onednn {
namespace {

const PoolTable& pool_table() { return CORNU_CHOOSE_ISA_TABLE(kPoolTable); }

// Loads for which one more thread is worth its start.
constexpr std::int64_t kLoadsPerThread = 1 << 17;
// Channels that a thread takes at a time where windows overlap, so that no two write to one place.
constexpr std::int64_t kChannelBlock = 64;

using Triple = std::array<std::int64_t, 3>;

// Neighbouring windows along one axis that show equally many elements: all but those at padded borders.
struct Span {
  std::int64_t first;  // window
  std::int64_t count;
  std::int64_t first_tap;
  std::int64_t num_taps;
};

class Pooling {
 public:
  Pooling(const KernelRequest& request, const Shape& x) : batch_(x[0]), channels_(x.back()) {
    const auto geometry =
        window_geometry(spatial_sizes(x), request.attributes.integers("window"), request.attributes, request.operation);
    Triple window{1, 1, 1};
    const std::size_t skipped = 3 - geometry.rank();
    tiles_ = true;
    for (std::size_t i = 0; i < geometry.rank(); ++i) {
      const std::size_t axis = skipped + i;
      input_[axis] = geometry.input[i];
      output_[axis] = geometry.output[i];
      strides_[axis] = geometry.strides[i];
      before_[axis] = geometry.before[i];
      window[axis] = geometry.window[i];
      tiles_ = tiles_ && geometry.strides[i] == geometry.window[i] &&
               geometry.output[i] * geometry.strides[i] == geometry.input[i];
    }
    for (std::size_t axis = 0; axis < 3; ++axis) spans_[axis] = spans_of(axis, window[axis]);
    collect_offsets();
    num_loads_ = batch_ * channels_ * output_[0] * output_[1] * output_[2] * window[0] * window[1] * window[2];
  }

  std::int64_t batch() const { return batch_; }
  std::int64_t channels() const { return channels_; }
  // True when the windows lie side by side and show every element once.
  bool tiles() const { return tiles_; }
  std::int64_t num_inputs() const { return input_[0] * input_[1] * input_[2]; }
  std::int64_t num_windows() const { return output_[0] * output_[1] * output_[2]; }

  // Calls visit(row, place of the row's first window in y) for all windows, in parallel.
  template <typename Visit> void for_each_row(Visit&& visit) const {
    const std::int64_t rows = batch_ * output_[0] * output_[1];
#pragma omp parallel for num_threads(threads_for(rows))
    for (std::int64_t row = 0; row < rows; ++row) {
      visit_row(row / (output_[0] * output_[1]), row % (output_[0] * output_[1]), 0, channels_, visit);
    }
  }

  // The same for windows that may overlap: threads share out images and blocks of channels. `start` is called with the
  // image, and the block's first channel and size, before the rows.
  template <typename Start, typename Visit> void for_each_block(Start&& start, Visit&& visit) const {
    const std::int64_t blocks = (channels_ + kChannelBlock - 1) / kChannelBlock;
#pragma omp parallel for num_threads(threads_for(batch_* blocks))
    for (std::int64_t unit = 0; unit < batch_ * blocks; ++unit) {
      const std::int64_t first = unit % blocks * kChannelBlock;
      const std::int64_t count = std::min(kChannelBlock, channels_ - first);
      start(unit / blocks, first, count);
      for (std::int64_t row = 0; row < output_[0] * output_[1]; ++row)
        visit_row(unit / blocks, row, first, count, visit);
    }
  }

 private:
  std::vector<Span> spans_of(std::size_t axis, std::int64_t window) const {
    std::vector<Span> spans;
    for (std::int64_t o = 0; o < output_[axis]; ++o) {
      const std::int64_t place = o * strides_[axis] - before_[axis];
      const std::int64_t first = std::max<std::int64_t>(0, -place);
      const std::int64_t last = std::min(window, input_[axis] - place);
      if (!spans.empty() && spans.back().first_tap == first && spans.back().num_taps == last - first) {
        ++spans.back().count;
      } else {
        spans.push_back({o, 1, first, last - first});
      }
    }
    return spans;
  }

  void collect_offsets() {
    for (const Span& a : spans_[0]) {
      for (const Span& b : spans_[1]) {
        for (const Span& c : spans_[2]) {
          std::vector<std::int64_t> offsets;
          for (std::int64_t i = a.first_tap; i < a.first_tap + a.num_taps; ++i) {
            for (std::int64_t j = b.first_tap; j < b.first_tap + b.num_taps; ++j) {
              for (std::int64_t k = c.first_tap; k < c.first_tap + c.num_taps; ++k) {
                offsets.push_back(((i * input_[1] + j) * input_[2] + k) * channels_);
              }
            }
          }
          offsets_.push_back(std::move(offsets));
        }
      }
    }
  }

  static std::size_t span_at(const std::vector<Span>& spans, std::int64_t window) {
    std::size_t i = 0;
    while (window >= spans[i].first + spans[i].count) ++i;
    return i;
  }

  template <typename Visit>
  void visit_row(std::int64_t image, std::int64_t row, std::int64_t first_channel, std::int64_t count,
                 Visit&& visit) const {
    const std::int64_t o0 = row / output_[1];
    const std::int64_t o1 = row % output_[1];
    const std::size_t combination = span_at(spans_[0], o0) * spans_[1].size() + span_at(spans_[1], o1);
    const std::int64_t place =
        ((image * input_[0] + o0 * strides_[0] - before_[0]) * input_[1] + o1 * strides_[1] - before_[1]) * input_[2];
    const std::int64_t y = (image * output_[0] * output_[1] + row) * output_[2];
    for (std::size_t i = 0; i < spans_[2].size(); ++i) {
      const Span& span = spans_[2][i];
      const std::vector<std::int64_t>& offsets = offsets_[combination * spans_[2].size() + i];
      visit(PoolRow{.place = (place + span.first * strides_[2] - before_[2]) * channels_ + first_channel,
                    .step = strides_[2] * channels_,
                    .offsets = offsets.data(),
                    .num_offsets = static_cast<std::int64_t>(offsets.size()),
                    .num_windows = span.count,
                    .channels = count,
                    .y_step = channels_},
            (y + span.first) * channels_ + first_channel);
    }
  }

  int threads_for(std::int64_t units) const {
    const std::int64_t wanted = std::min(units, num_loads_ / kLoadsPerThread);
    return static_cast<int>(std::clamp<std::int64_t>(wanted, 1, omp_get_max_threads()));
  }

  std::int64_t batch_;
  std::int64_t channels_;
  std::int64_t num_loads_ = 0;
  bool tiles_ = false;
  Triple input_{1, 1, 1};
  Triple output_{1, 1, 1};
  Triple strides_{1, 1, 1};
  Triple before_{0, 0, 0};
  std::array<std::vector<Span>, 3> spans_;
  std::vector<std::vector<std::int64_t>> offsets_;  // by span of each axis
};

const float* read(const KernelArguments& arguments, std::size_t i) {
  return static_cast<const float*>(arguments.inputs[i]);
}
float* written(const KernelArguments& arguments) { return static_cast<float*>(arguments.outputs[0]); }

// From x to y.
template <typename Row> class ForwardPool final : public Kernel {
 public:
  ForwardPool(const KernelRequest& request, Row row) : pooling_(request, request.inputs[0].shape), row_(row) {}

  void run(const KernelArguments& arguments) const override {
    pooling_.for_each_row([&](const PoolRow& row, std::int64_t y) { row_(arguments, row, y); });
  }

 private:
  Pooling pooling_;
  Row row_;
};

// From y to x. Windows that lie side by side are written once; where they overlap or leave gaps, the sum starts at 0.
template <typename Row> class BackwardPool final : public Kernel {
 public:
  BackwardPool(const KernelRequest& request, Row row) : pooling_(request, request.outputs[0].shape), row_(row) {}

  void run(const KernelArguments& arguments) const override {
    if (pooling_.tiles()) {
      pooling_.for_each_row([&](const PoolRow& row, std::int64_t y) { row_(arguments, row, y, false); });
      return;
    }
    const auto clear = [&](std::int64_t image, std::int64_t first, std::int64_t count) {
      float* dx = written(arguments) + image * pooling_.num_inputs() * pooling_.channels() + first;
      for (std::int64_t i = 0; i < pooling_.num_inputs(); ++i) std::fill_n(dx + i * pooling_.channels(), count, 0.0F);
    };
    pooling_.for_each_block(clear, [&](const PoolRow& row, std::int64_t y) { row_(arguments, row, y, true); });
  }

 private:
  Pooling pooling_;
  Row row_;
};

const std::uint8_t* read_winners(const KernelArguments& arguments) {
  return static_cast<const std::uint8_t*>(arguments.inputs[0]);
}
std::uint8_t* written_winners(const KernelArguments& arguments) {
  return static_cast<std::uint8_t*>(arguments.outputs[1]);
}

bool is_float32(const KernelRequest& request) { return request.outputs[0].dtype == DType::kFloat32; }

template <typename Row> KernelFactory forward(Row row) {
  return [row](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    return is_float32(request) ? std::make_unique<ForwardPool<Row>>(request, row) : nullptr;
  };
}

template <typename Row> KernelFactory backward(Row row) {
  return [row](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    return is_float32(request) ? std::make_unique<BackwardPool<Row>>(request, row) : nullptr;
  };
}

using Arguments = KernelArguments;

[[maybe_unused]] const bool kMaxPool =
    register_kernel("max_pool", Backend::kCpu, forward([](const Arguments& a, const PoolRow& row, std::int64_t y) {
                      pool_table().maximum(row, read(a, 0), written(a) + y);
                    }));
[[maybe_unused]] const bool kMaxPoolAndWinners = register_kernel(
    "max_pool_and_winners", Backend::kCpu, forward([](const Arguments& a, const PoolRow& row, std::int64_t y) {
      pool_table().maximum_and_winner(row, read(a, 0), written(a) + y, written_winners(a) + y);
    }));
[[maybe_unused]] const bool kMaxPoolGather = register_kernel(
    "max_pool_gather", Backend::kCpu, forward([](const Arguments& a, const PoolRow& row, std::int64_t y) {
      pool_table().gather(row, read(a, 0), read(a, 1), written(a) + y);
    }));
[[maybe_unused]] const bool kAveragePool =
    register_kernel("average_pool", Backend::kCpu, forward([](const Arguments& a, const PoolRow& row, std::int64_t y) {
                      pool_table().average(row, read(a, 0), written(a) + y);
                    }));
[[maybe_unused]] const bool kMaxPoolGradient = register_kernel(
    "max_pool_gradient", Backend::kCpu, backward([](const Arguments& a, const PoolRow& row, std::int64_t y, bool add) {
      pool_table().scatter(row, read(a, 0), read(a, 1) + y, written(a), add);
    }));
[[maybe_unused]] const bool kMaxPoolScatter = register_kernel(
    "max_pool_scatter", Backend::kCpu, backward([](const Arguments& a, const PoolRow& row, std::int64_t y, bool add) {
      pool_table().scatter_to_winners(row, read_winners(a) + y, read(a, 1) + y, written(a), add);
    }));
[[maybe_unused]] const bool kAveragePoolGradient =
    register_kernel("average_pool_gradient", Backend::kCpu,
                    backward([](const Arguments& a, const PoolRow& row, std::int64_t y, bool add) {
                      pool_table().spread(row, read(a, 0) + y, written(a), add);
                    }));

}  // namespace
}  // namespace cornu::onednn
