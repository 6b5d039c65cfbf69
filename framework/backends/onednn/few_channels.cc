#include "framework/backends/onednn/few_channels.h"

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "framework/backends/onednn/column_sums.h"
#include "framework/backends/onednn/vector/tile_kernels.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kMaxChannels = 4;
// A padded image has to stay in the second cache.
constexpr std::int64_t kMaxImage = 1 << 18;
// Multiplications for which one more thread is worth its start.
constexpr std::int64_t kProductsPerPart = 1 << 18;
constexpr std::int64_t kMaxParts = 16;

// For one row of the output the gradient is a product of matrices, with t running over the window and its channels:
//   dw[t, f] += sum over o of x[o stride + place of t] dy[o, f]
// Its few rows stay in registers. The rows of all images' outputs are summed in parts, whose number does not depend on
// that of the threads; x is copied to where zeros surround it.
class FewChannelsGradient final : public Kernel {
 public:
  FewChannelsGradient(const KernelRequest& request, const WindowGeometry& geometry)
      : batch_(request.inputs[0].shape[0]),
        channels_(request.inputs[0].shape.back()),
        filters_(request.inputs[1].shape.back()),
        has_bias_(request.outputs.size() > 1),
        bias_sums_(request.inputs[1].shape.num_elements() / filters_, filters_),
        height_(axis_of(geometry, true)),
        width_(axis_of(geometry, false)) {
    const std::int64_t products = batch_ * height_.output * width_.output * num_weights();
    for (std::int64_t h = 0; h < height_.window; ++h) {
      for (std::int64_t w = 0; w < width_.window; ++w) {
        for (std::int64_t c = 0; c < channels_; ++c) {
          taps_.push_back(h * height_.dilation * row_size() + w * width_.dilation * channels_ + c);
        }
      }
    }
    parts_ = std::clamp<std::int64_t>(products / kProductsPerPart, 1, kMaxParts);
    threads_ = std::min<std::int64_t>(parts_, omp_get_max_threads());
  }

  std::int64_t padded_size() const { return height_.padded * row_size(); }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(parts_ * sums_size() + threads_ * image_size()) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<float*>(arguments.scratch);
    float* images = scratch + parts_ * sums_size();
#pragma omp parallel for schedule(static) num_threads(static_cast <int>(threads_)) if (threads_ > 1)
    for (std::int64_t part = 0; part < parts_; ++part) {
      sum_rows(arguments, num_rows() * part / parts_, num_rows() * (part + 1) / parts_, scratch + part * sums_size(),
               images + omp_get_thread_num() * image_size());
    }
    for (std::int64_t part = 1; part < parts_; ++part) {
      CORNU_CHOOSE_ISA_TABLE(tile_kernels).add(scratch + part * sums_size(), scratch, sums_size());
    }
    std::copy_n(scratch, num_weights(), static_cast<float*>(arguments.outputs[0]));
    if (has_bias_) bias_sums_.fold(scratch + num_weights(), static_cast<float*>(arguments.outputs[1]));
  }

 private:
  struct Axis {
    std::int64_t input = 1;
    std::int64_t window = 1;
    std::int64_t stride = 1;
    std::int64_t dilation = 1;
    std::int64_t before = 0;
    std::int64_t output = 1;
    std::int64_t padded = 1;
  };

  // Of a sequence the height is 1.
  static Axis axis_of(const WindowGeometry& g, bool height) {
    if (height && g.rank() == 1) return {};
    const std::size_t i = height ? 0 : g.rank() - 1;
    return {g.input[i],
            g.window[i],
            g.strides[i],
            g.dilation[i],
            g.before[i],
            g.output[i],
            g.before[i] + g.input[i] + g.after[i]};
  }

  static std::int64_t rounded_up(std::int64_t count) { return (count + 15) / 16 * 16; }

  std::int64_t row_size() const { return width_.padded * channels_; }
  std::int64_t num_weights() const { return height_.window * width_.window * channels_ * filters_; }
  std::int64_t num_rows() const { return batch_ * height_.output; }
  // Of a part the sums for the kernel and the bias; of a thread a padded image.
  std::int64_t sums_size() const { return rounded_up(num_weights() + bias_sums_.width()); }
  std::int64_t image_size() const { return rounded_up(padded_size()); }

  void sum_rows(const KernelArguments& arguments, std::int64_t first, std::int64_t last, float* sums,
                float* image) const {
    const auto* x = static_cast<const float*>(arguments.inputs[0]);
    const auto* dy = static_cast<const float*>(arguments.inputs[1]);
    std::fill_n(sums, sums_size(), 0.0F);
    std::fill_n(image, image_size(), 0.0F);
    while (first < last) {
      const std::int64_t number = first / height_.output;
      const std::int64_t end = std::min(last, (number + 1) * height_.output);
      copy_image(x + number * height_.input * width_.input * channels_, image);
      for (std::int64_t row = first; row < end; ++row) {
        sum_row(image + row % height_.output * height_.stride * row_size(), dy + row * width_.output * filters_, sums);
      }
      if (has_bias_) bias_sums_.add_rows(dy, first * width_.output, end * width_.output, sums + num_weights());
      first = end;
    }
  }

  void copy_image(const float* x, float* image) const {
    const std::int64_t count = width_.input * channels_;
    for (std::int64_t i = 0; i < height_.input; ++i) {
      std::copy_n(x + i * count, count, image + (i + height_.before) * row_size() + width_.before * channels_);
    }
  }

  void sum_row(const float* x, const float* dy, float* sums) const {
    const TileKernels& kernels = CORNU_CHOOSE_ISA_TABLE(tile_kernels);
    Tile tile{.a = nullptr,
              .a_rows = nullptr,
              .a_depth = width_.stride * channels_,
              .b = dy,
              .b_depth = filters_,
              .c = nullptr,
              .c_row = filters_,
              .depth = width_.output,
              .rows = 0,
              .columns = filters_,
              .add = true};
    const auto taps = static_cast<std::int64_t>(taps_.size());
    const std::int64_t parts = (taps + kernels.max_rows - 1) / kernels.max_rows;
    tile.a = x;
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t begin = taps * part / parts;
      tile.a_rows = taps_.data() + begin;
      tile.c = sums + begin * filters_;
      tile.rows = taps * (part + 1) / parts - begin;
      kernels.multiply(tile);
    }
  }

  std::int64_t batch_;
  std::int64_t channels_;
  std::int64_t filters_;
  bool has_bias_;
  ColumnSums bias_sums_;
  Axis height_;
  Axis width_;
  std::vector<std::int64_t> taps_;  // where in a padded image lies what the window shows, from its place
  std::int64_t parts_ = 1;
  std::int64_t threads_ = 1;
};

}  // namespace

std::unique_ptr<Kernel> make_few_channels_gradient(const KernelRequest& request, const WindowGeometry& geometry) {
  const bool served = geometry.rank() <= 2 && request.attributes.integer("groups") == 1 &&
                      request.inputs[0].shape.back() <= kMaxChannels &&
                      request.inputs[1].shape.back() >= CORNU_CHOOSE_ISA_TABLE(tile_kernels).lanes;
  if (!served) return nullptr;
  auto kernel = std::make_unique<FewChannelsGradient>(request, geometry);
  if (kernel->padded_size() > kMaxImage) return nullptr;
  return kernel;
}

}  // namespace cornu::onednn
