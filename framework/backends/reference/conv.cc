#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "framework/backends/reference/epilogue.h"
#include "framework/backends/reference/spatial_window.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// With o a position in the output, t one in the window and i the one in the input that the window shows there, c a
// channel within its group and f a filter:
//   y[n, o, f]  = sum over t, c of x[n, i, group of f, c] w[t, c, f]
//   dx[n, i, c] = sum over o, t, f of dy[n, o, f] w[t, c, f]
//   dw[t, c, f] = sum over n, o of x[n, i, group of f, c] dy[n, o, f]
enum class Result { kOutput, kInputGradient, kKernelGradient };

template <typename T> class Conv final : public Kernel {
 public:
  Conv(const KernelRequest& request, Result result)
      : result_(result),
        sizes_(sizes_of(request, result)),
        epilogue_(request),
        has_bias_gradient_(request.outputs.size() > 1) {}

  void run(const KernelArguments& arguments) const override {
    const auto* first = static_cast<const T*>(arguments.inputs[0]);
    const auto* second = static_cast<const T*>(arguments.inputs[1]);
    auto* out = static_cast<T*>(arguments.outputs[0]);
    switch (result_) {
      case Result::kOutput:
        std::fill_n(out, sizes_.num_y(), T{0});
        for_each_product([&](std::int64_t x, std::int64_t w, std::int64_t y) { out[y] += first[x] * second[w]; });
        break;
      case Result::kInputGradient:
        std::fill_n(out, sizes_.num_x(), T{0});
        for_each_product([&](std::int64_t x, std::int64_t w, std::int64_t y) { out[x] += first[y] * second[w]; });
        break;
      case Result::kKernelGradient:
        std::fill_n(out, sizes_.num_w(), T{0});
        for_each_product([&](std::int64_t x, std::int64_t w, std::int64_t y) { out[w] += first[x] * second[y]; });
        break;
    }
    if (has_bias_gradient_) sum_over_positions(second, static_cast<T*>(arguments.outputs[1]));
    epilogue_.apply(arguments);
  }

 private:
  struct Sizes {
    SpatialWindow spatial;
    std::int64_t batch;
    std::int64_t groups;
    std::int64_t channels;  // of one group
    std::int64_t filters;   // of all groups

    std::int64_t num_x() const { return batch * SpatialWindow::count(spatial.input) * groups * channels; }
    std::int64_t num_w() const { return SpatialWindow::count(spatial.window) * channels * filters; }
    std::int64_t num_y() const { return batch * SpatialWindow::count(spatial.output) * filters; }
  };

  static Sizes sizes_of(const KernelRequest& request, Result result) {
    const Shape& x = result == Result::kInputGradient ? request.outputs[0].shape : request.inputs[0].shape;
    const Shape& w = result == Result::kKernelGradient ? request.outputs[0].shape : request.inputs[1].shape;
    const auto geometry =
        window_geometry(spatial_sizes(x), w.slice(0, -2).dims(), request.attributes, request.operation);
    return {SpatialWindow(geometry), x[0], request.attributes.integer("groups"), w[-2], w[-1]};
  }

  template <typename Multiply> void for_each_product(Multiply&& multiply) const {
    const SpatialWindow& spatial = sizes_.spatial;
    const std::int64_t groups = sizes_.groups, channels = sizes_.channels, filters = sizes_.filters;
    const std::int64_t per_group = groups > 0 ? filters / groups : 0;
    for (std::int64_t n = 0; n < sizes_.batch; ++n) {
      spatial.for_each_tap([&](std::int64_t o, std::int64_t t, std::int64_t i) {
        const std::int64_t x = (n * SpatialWindow::count(spatial.input) + i) * groups * channels;
        const std::int64_t y = (n * SpatialWindow::count(spatial.output) + o) * filters;
        for (std::int64_t g = 0; g < groups; ++g) {
          for (std::int64_t c = 0; c < channels; ++c) {
            const std::int64_t w = (t * channels + c) * filters;
            for (std::int64_t f = g * per_group; f < (g + 1) * per_group; ++f)
              multiply(x + g * channels + c, w + f, y + f);
          }
        }
      });
    }
  }

  // db[f] = sum over n, o of dy[n, o, f]
  void sum_over_positions(const T* dy, T* db) const {
    std::fill_n(db, sizes_.filters, T{0});
    for (std::int64_t i = 0; i < sizes_.num_y(); ++i) db[i % sizes_.filters] += dy[i];
  }

  Result result_;
  Sizes sizes_;
  Epilogue<T> epilogue_;
  bool has_bias_gradient_;
};

KernelFactory conv_factory(Result result) {
  return [result](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    switch (request.inputs[0].dtype) {
      case DType::kFloat32: return std::make_unique<Conv<float>>(request, result);
      case DType::kFloat64: return std::make_unique<Conv<double>>(request, result);
      default: return nullptr;
    }
  };
}

[[maybe_unused]] const bool kConv = register_kernel("conv", Backend::kReference, conv_factory(Result::kOutput));
[[maybe_unused]] const bool kFusedConv =
    register_kernel("fused_conv", Backend::kReference, conv_factory(Result::kOutput));
[[maybe_unused]] const bool kInputGradient =
    register_kernel("conv_input_gradient", Backend::kReference, conv_factory(Result::kInputGradient));
[[maybe_unused]] const bool kKernelGradient =
    register_kernel("conv_kernel_gradient", Backend::kReference, conv_factory(Result::kKernelGradient));
[[maybe_unused]] const bool kKernelBiasGradient =
    register_kernel("conv_kernel_bias_gradient", Backend::kReference, conv_factory(Result::kKernelGradient));

}  // namespace
}  // namespace cornu::reference
