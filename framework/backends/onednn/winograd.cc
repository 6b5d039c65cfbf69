#include "framework/backends/onednn/winograd.h"

#include <omp.h>

#include <algorithm>
#include <limits>
#include <string>

#include "framework/backends/onednn/second_cache.h"
#include "framework/backends/onednn/vector/block_kernels.h"
#include "framework/backends/onednn/vector/block_table.h"
#include "framework/backends/onednn/vector/tile_kernels.h"
#include "framework/backends/onednn/winograd_tiles.h"
#include "framework/numerics.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kMaxRows = 16;   // of any instruction set's tile kernels
constexpr std::int64_t kMaxTiles = 96;  // in a block; more do not help

const TileKernels& products() { return CORNU_CHOOSE_ISA_TABLE(tile_kernels); }

std::int64_t share(std::int64_t count, std::int64_t part, std::int64_t parts) { return count * part / parts; }
std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// A transformed kernel: panels of filters, of a width that the product's registers hold, each (point, channel, filter).
struct Panels {
  explicit Panels(const WinogradTiles& tiles)
      : channels(tiles.problem().channels), filters(tiles.filters()), width(2 * products().lanes) {}

  std::int64_t count() const { return quotient_up(filters, width); }
  std::int64_t first(std::int64_t panel) const { return panel * width; }
  std::int64_t width_of(std::int64_t panel) const { return std::min(width, filters - first(panel)); }
  std::int64_t offset(std::int64_t panel) const { return first(panel) * channels * kWinogradPoints; }
  std::int64_t num_floats() const { return filters * channels * kWinogradPoints; }

  std::int64_t channels;
  std::int64_t filters;  // up to whole registers; zeros behind the last
  std::int64_t width;
};

class WinogradLayout final : public Layout {
 public:
  WinogradLayout(std::int64_t channels, std::int64_t filters, bool turned, const Panels& panels)
      : name_("winograd 4x4 " + std::to_string(channels) + "x" + std::to_string(filters) + (turned ? " turned" : "")),
        num_bytes_(static_cast<std::size_t>(panels.num_floats()) * sizeof(float)) {}

  bool equals(const Layout& other) const override {
    const auto* layout = dynamic_cast<const WinogradLayout*>(&other);
    return layout && layout->name_ == name_;
  }
  std::size_t num_bytes() const override { return num_bytes_; }
  std::string to_string() const override { return name_; }

 private:
  std::string name_;
  std::size_t num_bytes_;
};

// Transforms a kernel (3, 3, channels, filters). Turned, the roles of channels and filters are swapped and the window
// is read from its end, which makes of a convolution the gradient of its input.
class WinogradPacker final : public Kernel {
 public:
  WinogradPacker(const Panels& panels, std::int64_t filters, bool turned)
      : panels_(panels), filters_(filters), turned_(turned) {}

  void run(const KernelArguments& arguments) const override {
    const auto* kernel = static_cast<const float*>(arguments.inputs[0]);
    auto* packed = static_cast<float*>(arguments.outputs[0]);
    const std::int64_t groups = quotient_up(panels_.channels, kGroup);
    const std::int64_t units = panels_.count() * groups;
#pragma omp parallel for schedule(static) if (units > kUnitsPerThread)
    for (std::int64_t unit = 0; unit < units; ++unit) {
      pack(kernel, unit / groups, unit % groups * kGroup, packed);
    }
  }

 private:
  static constexpr std::int64_t kGroup = 16;  // channels that are turned at once: a cache line of each filter's
  static constexpr std::int64_t kUnitsPerThread = 4;
  static constexpr std::int64_t kMaxWidth = 32;

  // Of a group of channels the filters of a panel.
  void pack(const float* kernel, std::int64_t panel, std::int64_t channel, float* packed) const {
    const WinogradKernels& kernels = CORNU_CHOOSE_ISA_TABLE(winograd_kernels);
    const std::int64_t k = panels_.first(panel);
    const std::int64_t width = panels_.width_of(panel);
    const std::int64_t filters = std::min(width, filters_ - k);
    const std::int64_t channels = std::min(kGroup, panels_.channels - channel);
    float taps[9 * kGroup * kMaxWidth];
    if (turned_) turn(kernel + k * panels_.channels + channel, channels, filters, taps);
    for (std::int64_t c = 0; c < channels; ++c) {
      const float* from = turned_ ? taps + c * kMaxWidth : kernel + (channel + c) * filters_ + k;
      kernels.transform_kernel(from, turned_ ? kGroup * kMaxWidth : panels_.channels * filters_, filters,
                               packed + panels_.offset(panel) + (channel + c) * width, panels_.channels * width);
    }
  }

  void turn(const float* kernel, std::int64_t channels, std::int64_t filters, float* taps) const {
    for (std::int64_t t = 0; t < 9; ++t) {
      for (std::int64_t k = 0; k < filters; ++k) {
        const float* from = kernel + ((8 - t) * filters_ + k) * panels_.channels;
        for (std::int64_t c = 0; c < channels; ++c) taps[(t * kGroup + c) * kMaxWidth + k] = from[c];
      }
    }
  }

  Panels panels_;
  std::int64_t filters_;
  bool turned_;
};

// Threads that are worth their start, some 20 microseconds of work each: by the number of products.
std::int64_t threads_for(const WinogradProblem& problem) {
  constexpr double kProductsPerThread = 1 << 20;
  const double products = static_cast<double>(kWinogradPoints * problem.num_tiles()) *
                          static_cast<double>(problem.channels) * static_cast<double>(problem.filters);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(products / kProductsPerThread), 1, omp_get_max_threads());
}

// How an activation is computed on the way out: as bounds, or by a block kernel afterwards.
struct Activation {
  bool has_lower = false;
  bool has_upper = false;
  vector::BlockFunction function = nullptr;

  // False for one that nobody computes.
  bool find(const std::string& name) {
    if (name.empty()) return true;
    has_lower = name == "relu" || name == "relu6";
    has_upper = name == "relu6";
    if (has_lower) return true;
    const vector::BlockKernel* found = vector::find_kernel(vector::block_table(), name);
    if (found) function = found->function;
    return found != nullptr;
  }
};

// Each thread takes blocks of tiles of its own, with memory of its own. Where tiles are so few that every thread would
// read the whole kernel for a handful of them, the threads transform all inputs together and share out the filters.
class WinogradForward final : public Kernel {
 public:
  WinogradForward(const WinogradProblem& problem, const Epilogue& epilogue, const Activation& activation, bool turned)
      : tiles_(problem), panels_(tiles_), epilogue_(epilogue), activation_(activation), turned_(turned) {
    constexpr std::int64_t kFewTiles = 24;
    const std::int64_t count = problem.num_tiles();
    const std::int64_t rows = products().max_rows;
    const std::int64_t available = threads_for(problem);
    together_ = available > 1 && count < kFewTiles * available && panels_.count() >= available;
    threads_ = together_ ? available : std::clamp<std::int64_t>(count / 2, 1, available);
    const std::int64_t floats = second_cache_floats() * 3 / 4 / kWinogradPoints;
    const std::int64_t fitting = floats / (tiles_.channels() + panels_.width) / rows * rows;
    const std::int64_t own = together_ ? count : quotient_up(count, threads_);
    block_ = std::min(std::clamp(fitting, rows, kMaxTiles), own);
  }

  // Each pixel of the addend is read where that of the result is written next.
  bool can_share(std::size_t input, std::size_t) const override {
    return epilogue_.has_addend && input == epilogue_.addend_input();
  }

  std::size_t scratch_bytes() const override {
    const std::int64_t floats =
        together_ ? inputs_size() + threads_ * sums_size() : threads_ * (inputs_size() + sums_size());
    return static_cast<std::size_t>(floats) * sizeof(float);
  }

  std::shared_ptr<const Layout> input_layout(std::size_t input) const override {
    if (input != 1) return nullptr;
    return std::make_shared<WinogradLayout>(tiles_.problem().channels, tiles_.problem().filters, turned_, panels_);
  }
  std::unique_ptr<Kernel> packer(std::size_t input) const override {
    if (input != 1) return nullptr;
    return std::make_unique<WinogradPacker>(panels_, tiles_.problem().filters, turned_);
  }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<float*>(arguments.scratch);
    const std::int64_t count = tiles_.problem().num_tiles();
#pragma omp parallel num_threads(static_cast <int>(threads_)) if (threads_ > 1)
    {
      const std::int64_t threads = omp_get_num_threads();
      const std::int64_t thread = omp_get_thread_num();
      if (together_) {
        run_together(arguments, thread, threads, scratch, scratch + inputs_size() + thread * sums_size());
      } else {
        float* inputs = scratch + thread * (inputs_size() + sums_size());
        const std::int64_t last = share(count, thread + 1, threads);
        for (std::int64_t tile = share(count, thread, threads); tile < last; tile += block_) {
          const std::int64_t end = std::min(tile + block_, last);
          tiles_.transform_inputs(static_cast<const float*>(arguments.inputs[0]), tile, end, inputs, input_point());
          multiply(arguments, tile, end, 0, panels_.count(), inputs, inputs + inputs_size());
        }
      }
    }
  }

 private:
  std::int64_t input_point() const { return WinogradTiles::point_size(block_, tiles_.channels()); }
  std::int64_t sum_point() const { return WinogradTiles::point_size(block_, panels_.width); }
  std::int64_t inputs_size() const { return kWinogradPoints * input_point(); }
  std::int64_t sums_size() const { return kWinogradPoints * sum_point(); }

  void run_together(const KernelArguments& arguments, std::int64_t thread, std::int64_t threads, float* inputs,
                    float* sums) const {
    const std::int64_t count = tiles_.problem().num_tiles();
    for (std::int64_t tile = 0; tile < count; tile += block_) {
      const std::int64_t end = std::min(tile + block_, count);
      const std::int64_t first = tile + share(end - tile, thread, threads);
      const std::int64_t last = tile + share(end - tile, thread + 1, threads);
      tiles_.transform_inputs(static_cast<const float*>(arguments.inputs[0]), first, last,
                              inputs + (first - tile) * tiles_.channels(), input_point());
#pragma omp barrier
      multiply(arguments, tile, end, share(panels_.count(), thread, threads),
               share(panels_.count(), thread + 1, threads), inputs, sums);
#pragma omp barrier
    }
  }

  // The products of tiles [first, last) with some panels of filters, and their way out.
  void multiply(const KernelArguments& arguments, std::int64_t first, std::int64_t last, std::int64_t first_panel,
                std::int64_t last_panel, const float* inputs, float* sums) const {
    const auto* packed = static_cast<const float*>(arguments.inputs[1]);
    auto* y = static_cast<float*>(arguments.outputs[0]);
    const std::int64_t filters = tiles_.problem().filters;
    const WinogradFinish finish = finish_of(arguments);
    for (std::int64_t panel = first_panel; panel < last_panel; ++panel) {
      const std::int64_t k = panels_.first(panel);
      const std::int64_t width = panels_.width_of(panel);
      for (std::int64_t p = 0; p < kWinogradPoints; ++p) {
        multiply_point(inputs + p * input_point(), packed + panels_.offset(panel) + p * panels_.channels * width, width,
                       last - first, sums + p * sum_point());
      }
      const std::int64_t count = std::min(width, filters - k);
      tiles_.transform_outputs(sums, width, sum_point(), first, last, k, count, finish, y);
      if (activation_.function) {
        tiles_.for_pixels(first, last, [&](std::int64_t pixel) {
          const float* operand = y + pixel + k;
          activation_.function(&operand, y + pixel + k, static_cast<int>(count));
        });
      }
    }
  }

  void multiply_point(const float* inputs, const float* packed, std::int64_t width, std::int64_t count,
                      float* sums) const {
    std::int64_t offsets[kMaxRows];
    for (std::int64_t i = 0; i < kMaxRows; ++i) offsets[i] = i * tiles_.channels();
    Tile tile{.a = nullptr,
              .a_rows = offsets,
              .a_depth = 1,
              .b = packed,
              .b_depth = width,
              .c = nullptr,
              .c_row = width,
              .depth = tiles_.problem().channels,
              .rows = 0,
              .columns = width,
              .add = false};
    const std::int64_t parts = quotient_up(count, products().max_rows);
    for (std::int64_t part = 0; part < parts; ++part) {
      const std::int64_t row = share(count, part, parts);
      tile.rows = share(count, part + 1, parts) - row;
      tile.a = inputs + row * tiles_.channels();
      tile.c = sums + row * width;
      products().multiply(tile);
    }
  }

  WinogradFinish finish_of(const KernelArguments& arguments) const {
    const auto operand = [&](bool there, std::size_t number) {
      return there ? static_cast<const float*>(arguments.inputs[number]) : nullptr;
    };
    return {.bias = operand(epilogue_.has_bias, epilogue_.bias_input()),
            .addend = operand(epilogue_.has_addend, epilogue_.addend_input()),
            .has_lower = activation_.has_lower,
            .has_upper = activation_.has_upper,
            .lower = 0,
            .upper = 6};
  }

  WinogradTiles tiles_;
  Panels panels_;
  Epilogue epilogue_;
  Activation activation_;
  bool turned_;
  bool together_;
  std::int64_t threads_;
  std::int64_t block_;  // tiles that pass through at once
};

// The transposed of the forward pass: the points of inputs and of gradients of a block of tiles are multiplied over the
// tiles, and summed over the blocks; at the end the sums are folded to 3 x 3 taps. Each thread takes tiles of its own
// and sums into memory of its own, unless that would be too much: then all work on each block, on rows of the sums of
// their own, and wait for one another twice a block. That way the result is the same for any number of threads.
class WinogradKernelGradient final : public Kernel {
 public:
  explicit WinogradKernelGradient(const WinogradProblem& problem) : tiles_(problem) {
    constexpr std::int64_t kFewest = 64;           // what it takes to make up for reading and writing the sums
    constexpr std::int64_t kMaxOwnSums = 1 << 20;  // floats
    const std::int64_t count = problem.num_tiles();
    together_ = kWinogradPoints * sum_point() > kMaxOwnSums || is_deterministic();
    threads_ = std::clamp<std::int64_t>(count / (together_ ? 4 : kFewest), 1, threads_for(problem));
    const std::int64_t floats = second_cache_floats() * 3 / 4 / kWinogradPoints;
    const std::int64_t fitting = floats / (tiles_.channels() + tiles_.filters());
    const std::int64_t own = together_ ? count : quotient_up(count, threads_);
    const std::int64_t blocks = quotient_up(own, std::clamp(fitting, kFewest, 2 * kMaxTiles));
    block_ = quotient_up(own, blocks);
  }

  std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>((together_ ? 1 : threads_) * part_size()) * sizeof(float);
  }

  void run(const KernelArguments& arguments) const override {
    auto* scratch = static_cast<float*>(arguments.scratch);
#pragma omp parallel num_threads(static_cast <int>(threads_)) if (threads_ > 1)
    {
      const std::int64_t threads = omp_get_num_threads();
      const std::int64_t thread = omp_get_thread_num();
      if (together_) {
        sum_together(arguments, scratch, thread, threads);
      } else {
        sum_own(arguments, scratch + thread * part_size(), thread, threads);
      }
#pragma omp barrier
      const std::int64_t channels = tiles_.problem().channels;
      fold(scratch, together_ ? 1 : threads, share(channels, thread, threads), share(channels, thread + 1, threads),
           static_cast<float*>(arguments.outputs[0]));
    }
  }

 private:
  std::int64_t input_point() const { return WinogradTiles::point_size(block_, tiles_.channels()); }
  std::int64_t gradient_point() const { return WinogradTiles::point_size(block_, tiles_.filters()); }
  std::int64_t sum_point() const { return WinogradTiles::point_size(tiles_.problem().channels, tiles_.filters()); }
  // Memory holds the sums, the points of the inputs and those of the gradients.
  std::int64_t inputs_offset() const { return kWinogradPoints * sum_point(); }
  std::int64_t gradients_offset() const { return inputs_offset() + kWinogradPoints * input_point(); }
  std::int64_t part_size() const { return gradients_offset() + kWinogradPoints * gradient_point(); }
  std::int64_t num_groups() const { return quotient_up(tiles_.problem().channels, products().max_rows); }

  void sum_own(const KernelArguments& arguments, float* memory, std::int64_t thread, std::int64_t threads) const {
    const std::int64_t first = share(tiles_.problem().num_tiles(), thread, threads);
    const std::int64_t last = share(tiles_.problem().num_tiles(), thread + 1, threads);
    for (std::int64_t tile = first; tile < last; tile += block_) {
      const std::int64_t size = std::min(block_, last - tile);
      transform(arguments, memory, tile, 0, size);
      multiply(memory, 0, kWinogradPoints * num_groups(), size, tile > first);
    }
  }

  void sum_together(const KernelArguments& arguments, float* memory, std::int64_t thread, std::int64_t threads) const {
    const std::int64_t count = tiles_.problem().num_tiles();
    const std::int64_t units = kWinogradPoints * num_groups();
    for (std::int64_t tile = 0; tile < count; tile += block_) {
      const std::int64_t size = std::min(block_, count - tile);
      transform(arguments, memory, tile, share(size, thread, threads), share(size, thread + 1, threads));
#pragma omp barrier
      multiply(memory, share(units, thread, threads), share(units, thread + 1, threads), size, tile > 0);
#pragma omp barrier
    }
  }

  // Of the block that begins at `tile`, its tiles [first, last).
  void transform(const KernelArguments& arguments, float* memory, std::int64_t tile, std::int64_t first,
                 std::int64_t last) const {
    tiles_.transform_inputs(static_cast<const float*>(arguments.inputs[0]), tile + first, tile + last,
                            memory + inputs_offset() + first * tiles_.channels(), input_point());
    tiles_.transform_gradients(static_cast<const float*>(arguments.inputs[1]), tile + first, tile + last,
                               memory + gradients_offset() + first * tiles_.filters(), gradient_point());
  }

  // Units [first, last) of the sums, each a group of channels at one point, over a block of so many tiles.
  void multiply(float* memory, std::int64_t first, std::int64_t last, std::int64_t size, bool add) const {
    static constexpr std::int64_t kOffsets[kMaxRows] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const std::int64_t groups = num_groups();
    for (std::int64_t unit = first; unit < last; ++unit) {
      const std::int64_t p = unit / groups;
      const std::int64_t channel = share(tiles_.problem().channels, unit % groups, groups);
      const std::int64_t next = share(tiles_.problem().channels, unit % groups + 1, groups);
      products().multiply({.a = memory + inputs_offset() + p * input_point() + channel,
                           .a_rows = kOffsets,
                           .a_depth = tiles_.channels(),
                           .b = memory + gradients_offset() + p * gradient_point(),
                           .b_depth = tiles_.filters(),
                           .c = memory + p * sum_point() + channel * tiles_.filters(),
                           .c_row = tiles_.filters(),
                           .depth = size,
                           .rows = next - channel,
                           .columns = tiles_.filters(),
                           .add = add});
    }
  }

  // Of channels [first, last): adds what the other parts hold to the first, and makes taps of it.
  void fold(float* sums, std::int64_t parts, std::int64_t first, std::int64_t last, float* dw) const {
    const std::int64_t filters = tiles_.problem().filters;
    const std::int64_t row = tiles_.filters();
    for (std::int64_t part = 1; part < parts; ++part) {
      for (std::int64_t p = 0; p < kWinogradPoints; ++p) {
        float* to = sums + p * sum_point() + first * row;
        products().add(to + part * part_size(), to, (last - first) * row);
      }
    }
    for (std::int64_t channel = first; channel < last; ++channel) {
      CORNU_CHOOSE_ISA_TABLE(winograd_kernels)
          .fold_kernel(sums + channel * row, sum_point(), filters, dw + channel * filters,
                       tiles_.problem().channels * filters);
    }
  }

  WinogradTiles tiles_;
  bool together_;
  std::int64_t threads_;
  std::int64_t block_;
};

}  // namespace

WinogradProblem WinogradProblem::turned() const {
  return {.batch = batch,
          .height = out_height,
          .width = out_width,
          .channels = filters,
          .out_height = height,
          .out_width = width,
          .filters = channels,
          .top = 2 - top,
          .left = 2 - left};
}

std::optional<WinogradProblem> winograd_problem(const WindowGeometry& geometry, const Attributes& attributes,
                                                const Shape& x, const Shape& y) {
  if (geometry.rank() != 2 || attributes.integer("groups") != 1) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const bool served = geometry.window[i] == 3 && geometry.strides[i] == 1 && geometry.dilation[i] == 1 &&
                        geometry.before[i] >= 0 && geometry.before[i] <= 2 && geometry.after[i] >= 0;
    if (!served) return std::nullopt;
  }
  return WinogradProblem{.batch = x[0],
                         .height = geometry.input[0],
                         .width = geometry.input[1],
                         .channels = x.back(),
                         .out_height = geometry.output[0],
                         .out_width = geometry.output[1],
                         .filters = y.back(),
                         .top = geometry.before[0],
                         .left = geometry.before[1]};
}

double winograd_error(std::int64_t products) {
  // Four times what sums of so many products may lose anyway, by measurement: see the test.
  return (static_cast<double>(products) / 2 + 16) * 4 * std::numeric_limits<float>::epsilon();
}

std::unique_ptr<Kernel> make_winograd_forward(const WinogradProblem& problem, const Epilogue& epilogue) {
  Activation activation;
  if (!activation.find(epilogue.activation)) return nullptr;
  return std::make_unique<WinogradForward>(problem, epilogue, activation, false);
}

std::unique_ptr<Kernel> make_winograd_input_gradient(const WinogradProblem& problem) {
  return std::make_unique<WinogradForward>(problem.turned(), Epilogue{}, Activation{}, true);
}

std::unique_ptr<Kernel> make_winograd_kernel_gradient(const WinogradProblem& problem) {
  return std::make_unique<WinogradKernelGradient>(problem);
}

}  // namespace cornu::onednn
