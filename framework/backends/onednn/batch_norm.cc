// batch_norm_training, its gradient, and the sums over all rows that both begin with, for float32, channels last.
//
// Statistics read x once from memory: a block of rows that fits the cache gets an estimate of its mean, and the sums of
// the distances from that and of their squares; these differ little from the truth even where the mean is a thousand
// standard deviations. Blocks have a fixed size and are merged in order and in double (Chan et al., 1979), so that the
// result does not depend on the number of threads.
//
// Where there are few channels, several rows are taken for one, so that vectors are full; a channel is then the sum of
// several columns.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/norm_kernels.h"
#include "framework/kernel.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kBlockRows = 128;
constexpr std::int64_t kTileColumns = 512;
constexpr std::int64_t kNarrow = 64;

// How (count, channels) is cut into blocks. `joined` rows make one wide row; the `left` last rows fill none.
struct Partition {
  Partition(std::int64_t all_rows, std::int64_t all_channels) : count(all_rows), channels(all_channels) {
    if (channels > 0 && channels < kNarrow) {
      joined = std::clamp<std::int64_t>((kNarrow + channels - 1) / channels, 1, std::max<std::int64_t>(count, 1));
    }
    width = channels * joined;
    rows = count / joined;
    left = count % joined;
    blocks = (rows + kBlockRows - 1) / kBlockRows;
    tiles = (width + kTileColumns - 1) / kTileColumns;
  }

  std::int64_t block_rows(std::int64_t block) const { return std::min(kBlockRows, rows - block * kBlockRows); }

  // Calls f(block, first row, its number of rows, first column, its number of columns).
  template <typename F> void for_tiles(const F& f) const {
    parallel_for(blocks * tiles, count * channels, [&](std::int64_t task) {
      const std::int64_t block = task / tiles;
      const std::int64_t column = task % tiles * kTileColumns;
      f(block, block * kBlockRows, block_rows(block), column, std::min(kTileColumns, width - column));
    });
  }

  // The wide row of values that belong to channels, in place of `wide`, whose first `channels` elements are set.
  void repeat(float* wide) const {
    for (std::int64_t i = channels; i < width; ++i) wide[i] = wide[i - channels];
  }

  std::int64_t count;
  std::int64_t channels;
  std::int64_t joined = 1;
  std::int64_t width;
  std::int64_t rows;
  std::int64_t left;
  std::int64_t blocks;
  std::int64_t tiles;
};

// Mean and sum of squared distances of a growing set of numbers.
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;

  void merge(const Moments& other) {
    if (other.count == 0) return;
    const double all = count + other.count;
    const double difference = other.mean - mean;
    mean += difference * other.count / all;
    squares += other.squares + difference * difference * count * other.count / all;
    count = all;
  }
};

// The moments of x, and what x - mean is to be multiplied with.
class Statistics {
 public:
  Statistics(const Partition& partition, double epsilon)
      : p_(partition), epsilon_(epsilon), kernels_(CORNU_CHOOSE_ISA_TABLE(norm_kernels)) {}

  // Three rows for each block's moments.
  std::int64_t scratch_size() const { return 3 * p_.blocks * p_.width; }

  void run(const float* x, const float* gamma, float* mean, float* variance, float* scale, float* scratch) const {
    float* centers = scratch;
    float* sums = centers + p_.blocks * p_.width;
    float* squares = sums + p_.blocks * p_.width;
    p_.for_tiles(
        [&](std::int64_t block, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
          const std::int64_t at = block * p_.width + column;
          kernels_.moments(x + row * p_.width + column, rows, columns, p_.width, centers + at, sums + at, squares + at);
        });
    parallel_for(p_.channels, (p_.blocks * p_.joined + p_.left) * p_.channels, [&](std::int64_t c) {
      const Moments moments = merged(x, c, centers, sums, squares);
      const double v = moments.squares / moments.count;
      mean[c] = static_cast<float>(moments.count > 0 ? moments.mean : moments.squares / moments.count);
      variance[c] = static_cast<float>(v);
      scale[c] = static_cast<float>(static_cast<double>(gamma[c]) / std::sqrt(v + epsilon_));
    });
  }

 private:
  Moments merged(const float* x, std::int64_t channel, const float* centers, const float* sums,
                 const float* squares) const {
    Moments all;
    for (std::int64_t block = 0; block < p_.blocks; ++block) {
      const auto n = static_cast<double>(p_.block_rows(block));
      for (std::int64_t column = channel; column < p_.width; column += p_.channels) {
        const std::int64_t at = block * p_.width + column;
        const auto sum = static_cast<double>(sums[at]);
        all.merge({n, static_cast<double>(centers[at]) + sum / n, static_cast<double>(squares[at]) - sum * sum / n});
      }
    }
    for (std::int64_t row = p_.count - p_.left; row < p_.count; ++row) {
      all.merge({1, static_cast<double>(x[row * p_.channels + channel]), 0});
    }
    return all;
  }

  Partition p_;
  double epsilon_;
  const NormKernels& kernels_;
};

class MomentsKernel final : public Kernel {
 public:
  MomentsKernel(const Partition& partition, double epsilon) : statistics_(partition, epsilon) {}

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(statistics_.scratch_size()) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    statistics_.run(static_cast<const float*>(arguments.inputs[0]), static_cast<const float*>(arguments.inputs[1]),
                    static_cast<float*>(arguments.outputs[0]), static_cast<float*>(arguments.outputs[1]),
                    static_cast<float*>(arguments.outputs[2]), static_cast<float*>(arguments.scratch));
  }

 private:
  Statistics statistics_;
};

class TrainingKernel final : public Kernel {
 public:
  TrainingKernel(const Partition& partition, double epsilon)
      : p_(partition), statistics_(partition, epsilon), kernels_(CORNU_CHOOSE_ISA_TABLE(norm_kernels)) {}

  // The wide rows of mean, scale and beta besides.
  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(statistics_.scratch_size() + 3 * p_.width) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    const auto* x = static_cast<const float*>(arguments.inputs[0]);
    const auto* gamma = static_cast<const float*>(arguments.inputs[1]);
    const auto* beta = static_cast<const float*>(arguments.inputs[2]);
    auto* y = static_cast<float*>(arguments.outputs[0]);
    auto* mean = static_cast<float*>(arguments.outputs[1]);
    float* wide_mean = static_cast<float*>(arguments.scratch) + statistics_.scratch_size();
    float* wide_scale = wide_mean + p_.width;
    float* wide_beta = wide_scale + p_.width;

    statistics_.run(x, gamma, mean, static_cast<float*>(arguments.outputs[2]), wide_scale,
                    static_cast<float*>(arguments.scratch));
    std::copy_n(mean, p_.channels, wide_mean);
    std::copy_n(beta, p_.channels, wide_beta);
    for (float* wide : {wide_mean, wide_scale, wide_beta}) p_.repeat(wide);
    p_.for_tiles([&](std::int64_t, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
      const std::int64_t start = row * p_.width + column;
      kernels_.normalize(x + start, rows, columns, p_.width, wide_mean + column, wide_scale + column,
                         wide_beta + column, y + start);
    });
    const std::int64_t left = p_.rows * p_.width;
    kernels_.normalize(x + left, p_.left, p_.channels, p_.channels, wide_mean, wide_scale, wide_beta, y + left);
  }

 private:
  Partition p_;
  Statistics statistics_;
  const NormKernels& kernels_;
};

// The gradients of gamma and beta, and the three numbers a channel that make dx of dy and x.
class GradientSums {
 public:
  GradientSums(const Partition& partition, double epsilon)
      : p_(partition), epsilon_(epsilon), kernels_(CORNU_CHOOSE_ISA_TABLE(norm_kernels)) {}

  struct Inputs {
    const float* x;
    const float* mean;
    const float* variance;
    const float* gamma;
    const float* dy;

    explicit Inputs(const void* const* inputs)
        : x(static_cast<const float*>(inputs[0])),
          mean(static_cast<const float*>(inputs[1])),
          variance(static_cast<const float*>(inputs[2])),
          gamma(static_cast<const float*>(inputs[3])),
          dy(static_cast<const float*>(inputs[4])) {}
  };
  struct Outputs {
    float* dgamma;
    float* dbeta;
    float* scale;
    float* shift;
    float* slope;
  };

  // Two rows for each block's sums; the wide row of means.
  std::int64_t scratch_size() const { return (2 * p_.blocks + 1) * p_.width; }

  void run(const Inputs& in, const Outputs& out, float* scratch) const {
    float* sums = scratch;
    float* products = sums + p_.blocks * p_.width;
    float* wide_mean = products + p_.blocks * p_.width;
    std::copy_n(in.mean, p_.channels, wide_mean);
    p_.repeat(wide_mean);
    p_.for_tiles(
        [&](std::int64_t block, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
          const std::int64_t start = row * p_.width + column;
          const std::int64_t at = block * p_.width + column;
          kernels_.gradient_sums(in.x + start, in.dy + start, rows, columns, p_.width, wide_mean + column, sums + at,
                                 products + at);
        });
    parallel_for(p_.channels, (p_.blocks * p_.joined + p_.left) * p_.channels, [&](std::int64_t c) {
      double sum = 0;
      double product_sum = 0;
      for (std::int64_t block = 0; block < p_.blocks; ++block) {
        for (std::int64_t column = c; column < p_.width; column += p_.channels) {
          sum += static_cast<double>(sums[block * p_.width + column]);
          product_sum += static_cast<double>(products[block * p_.width + column]);
        }
      }
      for (std::int64_t row = p_.count - p_.left; row < p_.count; ++row) {
        const std::int64_t at = row * p_.channels + c;
        sum += static_cast<double>(in.dy[at]);
        product_sum +=
            static_cast<double>(in.dy[at]) * (static_cast<double>(in.x[at]) - static_cast<double>(in.mean[c]));
      }
      const double r = 1 / std::sqrt(static_cast<double>(in.variance[c]) + epsilon_);
      const auto n = static_cast<double>(p_.count);
      out.dbeta[c] = static_cast<float>(sum);
      out.dgamma[c] = static_cast<float>(product_sum * r);
      out.scale[c] = static_cast<float>(static_cast<double>(in.gamma[c]) * r);
      out.shift[c] = static_cast<float>(sum / n);
      out.slope[c] = static_cast<float>(product_sum * r * r / n);
    });
  }

 private:
  Partition p_;
  double epsilon_;
  const NormKernels& kernels_;
};

class GradientSumsKernel final : public Kernel {
 public:
  GradientSumsKernel(const Partition& partition, double epsilon) : sums_(partition, epsilon) {}

  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(sums_.scratch_size()) * sizeof(float); }

  void run(const KernelArguments& arguments) const override {
    const auto output = [&](std::size_t i) { return static_cast<float*>(arguments.outputs[i]); };
    sums_.run(GradientSums::Inputs(arguments.inputs), {output(0), output(1), output(2), output(3), output(4)},
              static_cast<float*>(arguments.scratch));
  }

 private:
  GradientSums sums_;
};

class GradientKernel final : public Kernel {
 public:
  GradientKernel(const Partition& partition, double epsilon)
      : p_(partition), sums_(partition, epsilon), kernels_(CORNU_CHOOSE_ISA_TABLE(norm_kernels)) {}

  // The wide rows of mean, scale, shift and slope besides.
  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(sums_.scratch_size() + 4 * p_.width) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    const GradientSums::Inputs in(arguments.inputs);
    auto* dx = static_cast<float*>(arguments.outputs[0]);
    float* wide_mean = static_cast<float*>(arguments.scratch) + sums_.scratch_size();
    float* wide_scale = wide_mean + p_.width;
    float* wide_shift = wide_scale + p_.width;
    float* wide_slope = wide_shift + p_.width;

    sums_.run(in,
              {static_cast<float*>(arguments.outputs[1]), static_cast<float*>(arguments.outputs[2]), wide_scale,
               wide_shift, wide_slope},
              static_cast<float*>(arguments.scratch));
    std::copy_n(in.mean, p_.channels, wide_mean);
    for (float* wide : {wide_mean, wide_scale, wide_shift, wide_slope}) p_.repeat(wide);
    const auto input_gradient = [&](std::int64_t start, std::int64_t rows, std::int64_t column, std::int64_t columns,
                                    std::int64_t stride) {
      kernels_.input_gradient(in.x + start, in.dy + start, rows, columns, stride, wide_mean + column,
                              wide_scale + column, wide_shift + column, wide_slope + column, dx + start);
    };
    p_.for_tiles([&](std::int64_t, std::int64_t row, std::int64_t rows, std::int64_t column, std::int64_t columns) {
      input_gradient(row * p_.width + column, rows, column, columns, p_.width);
    });
    input_gradient(p_.rows * p_.width, p_.left, 0, p_.channels, p_.channels);
  }

 private:
  Partition p_;
  GradientSums sums_;
  const NormKernels& kernels_;
};

template <typename K> std::unique_ptr<Kernel> make_batch_norm(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Shape& shape = request.inputs[0].shape;
  const Partition partition(shape.slice(0, -1).num_elements(), shape.back());
  return std::make_unique<K>(partition, request.attributes.number("epsilon"));
}

const bool kRegistered[] = {
    register_kernel("batch_norm_training", Backend::kCpu, make_batch_norm<TrainingKernel>),
    register_kernel("batch_norm_moments", Backend::kCpu, make_batch_norm<MomentsKernel>),
    register_kernel("batch_norm_gradient", Backend::kCpu, make_batch_norm<GradientKernel>),
    register_kernel("batch_norm_gradient_sums", Backend::kCpu, make_batch_norm<GradientSumsKernel>),
};

}  // namespace
}  // namespace cornu::onednn
