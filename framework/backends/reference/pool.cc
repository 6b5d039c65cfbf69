#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "framework/backends/reference/spatial_window.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// The sizes of a pooling between x and y, which have equal batch and channels.
struct Pooling {
  SpatialWindow spatial;
  std::int64_t batch;
  std::int64_t channels;

  Pooling(const KernelRequest& request, const Shape& x)
      : spatial(window_geometry(spatial_sizes(x), request.attributes.integers("window"), request.attributes,
                                request.operation)),
        batch(x[0]),
        channels(x.back()) {}

  std::int64_t num_x() const { return batch * SpatialWindow::count(spatial.input) * channels; }
  std::int64_t num_y() const { return batch * SpatialWindow::count(spatial.output) * channels; }

  // Calls visit(element of x, element of y) for every element of x under the window of every element of y.
  template <typename Visit> void for_each_pair(Visit&& visit) const {
    for (std::int64_t n = 0; n < batch; ++n) {
      spatial.for_each_tap([&](std::int64_t o, std::int64_t, std::int64_t i) {
        const std::int64_t x = (n * SpatialWindow::count(spatial.input) + i) * channels;
        const std::int64_t y = (n * SpatialWindow::count(spatial.output) + o) * channels;
        for (std::int64_t c = 0; c < channels; ++c) visit(x + c, y + c);
      });
    }
  }

  // For each element of y the element of x that wins: the first NaN, or else the first of the greatest.
  template <typename T> std::vector<std::int64_t> winners(const T* x) const {
    std::vector<std::int64_t> winner(static_cast<std::size_t>(num_y()), -1);
    for_each_pair([&](std::int64_t i, std::int64_t o) {
      std::int64_t& best = winner[static_cast<std::size_t>(o)];
      if (best < 0 || x[i] > x[best] || (std::isnan(x[i]) && !std::isnan(x[best]))) best = i;
    });
    return winner;
  }
};

// y[o] = x[winner of o], or other[winner of o] for "max_pool_gather"
template <typename T> class MaxPool final : public Kernel {
 public:
  explicit MaxPool(const KernelRequest& request)
      : pooling_(request, request.inputs[0].shape), picked_(request.inputs.size() - 1) {}

  void run(const KernelArguments& arguments) const override {
    const auto winner = pooling_.winners(static_cast<const T*>(arguments.inputs[0]));
    const auto* source = static_cast<const T*>(arguments.inputs[picked_]);
    auto* y = static_cast<T*>(arguments.outputs[0]);
    for (std::size_t o = 0; o < winner.size(); ++o) y[o] = source[winner[o]];
  }

 private:
  Pooling pooling_;
  std::size_t picked_;
};

// dx[winner of o] += dy[o]
template <typename T> class MaxPoolGradient final : public Kernel {
 public:
  explicit MaxPoolGradient(const KernelRequest& request) : pooling_(request, request.inputs[0].shape) {}

  void run(const KernelArguments& arguments) const override {
    const auto winner = pooling_.winners(static_cast<const T*>(arguments.inputs[0]));
    const auto* dy = static_cast<const T*>(arguments.inputs[1]);
    auto* dx = static_cast<T*>(arguments.outputs[0]);
    std::fill_n(dx, pooling_.num_x(), T{0});
    for (std::size_t o = 0; o < winner.size(); ++o) dx[winner[o]] += dy[o];
  }

 private:
  Pooling pooling_;
};

// y[o] = sum over the n elements i under the window of o of x[i] / n;  dx[i] = sum over the windows o that show i of
// dy[o] / n
template <typename T> class AveragePool final : public Kernel {
 public:
  AveragePool(const KernelRequest& request, bool gradient)
      : pooling_(request, gradient ? request.outputs[0].shape : request.inputs[0].shape), gradient_(gradient) {}

  void run(const KernelArguments& arguments) const override {
    std::vector<T> number(static_cast<std::size_t>(pooling_.num_y()), T{0});
    pooling_.for_each_pair([&](std::int64_t, std::int64_t o) { number[static_cast<std::size_t>(o)] += 1; });
    const auto* from = static_cast<const T*>(arguments.inputs[0]);
    auto* to = static_cast<T*>(arguments.outputs[0]);
    std::fill_n(to, gradient_ ? pooling_.num_x() : pooling_.num_y(), T{0});
    pooling_.for_each_pair([&](std::int64_t i, std::int64_t o) {
      const T n = number[static_cast<std::size_t>(o)];
      if (gradient_) {
        to[i] += from[o] / n;
      } else {
        to[o] += from[i] / n;
      }
    });
  }

 private:
  Pooling pooling_;
  bool gradient_;
};

template <template <typename> class K, typename... Arguments> KernelFactory pool_factory(Arguments... arguments) {
  return [=](const KernelRequest& request) -> std::unique_ptr<Kernel> {
    switch (request.inputs[0].dtype) {
      case DType::kFloat32: return std::make_unique<K<float>>(request, arguments...);
      case DType::kFloat64: return std::make_unique<K<double>>(request, arguments...);
      default: return nullptr;
    }
  };
}

[[maybe_unused]] const bool kMaxPool = register_kernel("max_pool", Backend::kReference, pool_factory<MaxPool>());
[[maybe_unused]] const bool kMaxPoolGather =
    register_kernel("max_pool_gather", Backend::kReference, pool_factory<MaxPool>());
[[maybe_unused]] const bool kMaxPoolGradient =
    register_kernel("max_pool_gradient", Backend::kReference, pool_factory<MaxPoolGradient>());
[[maybe_unused]] const bool kAveragePool =
    register_kernel("average_pool", Backend::kReference, pool_factory<AveragePool>(false));
[[maybe_unused]] const bool kAveragePoolGradient =
    register_kernel("average_pool_gradient", Backend::kReference, pool_factory<AveragePool>(true));

}  // namespace
}  // namespace cornu::reference
