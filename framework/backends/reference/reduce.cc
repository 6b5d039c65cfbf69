// Reductions: every element of the input is folded into the element of the output that it belongs to.
//
// Floating sums and products are accumulated in double, which makes this kernel a good judge of faster ones.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "framework/backends/reference/strided.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"

namespace cornu::reference {
namespace {

// Unsigned arithmetic wraps around where signed arithmetic would be undefined.
template <typename T>
using Accumulator = std::conditional_t<std::is_floating_point_v<T>, double,
                                       std::conditional_t<std::is_same_v<T, bool>, bool, std::uint64_t>>;

template <typename T> T lowest() {
  return std::is_floating_point_v<T> ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
}
template <typename T> T highest() {
  return std::is_floating_point_v<T> ? std::numeric_limits<T>::infinity() : std::numeric_limits<T>::max();
}

template <typename T> bool is_nan(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isnan(value);
  return false;
}

struct Sum {
  template <typename T> static Accumulator<T> start() { return 0; }
  template <typename T> static Accumulator<T> fold(Accumulator<T> a, T x) {
    return static_cast<Accumulator<T>>(a + static_cast<Accumulator<T>>(x));
  }
};

struct Product {
  template <typename T> static Accumulator<T> start() { return 1; }
  template <typename T> static Accumulator<T> fold(Accumulator<T> a, T x) {
    return static_cast<Accumulator<T>>(a * static_cast<Accumulator<T>>(x));
  }
};

// As NumPy: NaN wins.
struct Maximum {
  template <typename T> static T start() { return lowest<T>(); }
  template <typename T> static T fold(T a, T x) { return is_nan(x) || x > a ? x : a; }
};

struct Minimum {
  template <typename T> static T start() { return highest<T>(); }
  template <typename T> static T fold(T a, T x) { return is_nan(x) || x < a ? x : a; }
};

struct Any {
  template <typename T> static bool start() { return false; }
  template <typename T> static bool fold(bool a, T x) { return a || x; }
};

struct All {
  template <typename T> static bool start() { return true; }
  template <typename T> static bool fold(bool a, T x) { return a && x; }
};

// Strides of the output seen from the axes of the input: 0 along reduced axes.
StridedView reduced_view(const Shape& input, const std::vector<std::int64_t>& axes) {
  StridedView view{input, std::vector<std::int64_t>(static_cast<std::size_t>(input.rank()), 0)};
  std::int64_t stride = 1;
  for (std::size_t i = view.strides.size(); i-- > 0;) {
    if (std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(i)) != axes.end()) continue;
    view.strides[i] = stride;
    stride *= input.dims()[i];
  }
  return view;
}

template <typename Fold, typename T> std::unique_ptr<Kernel> reduce_kernel(const KernelRequest& request) {
  using A = decltype(Fold::template start<T>());
  const StridedView output = reduced_view(request.inputs[0].shape, request.attributes.integers("axes"));
  const std::int64_t count = request.inputs[0].shape.num_elements();
  const std::int64_t results = request.outputs[0].shape.num_elements();
  return make_kernel(
      [=](const KernelArguments& arguments) {
        const auto* x = static_cast<const T*>(arguments.inputs[0]);
        auto* y = static_cast<T*>(arguments.outputs[0]);
        auto* folded = static_cast<A*>(arguments.scratch);
        std::fill_n(folded, results, Fold::template start<T>());
        for (std::int64_t i = 0; i < count; ++i) {
          A& place = folded[output.offset_of(i)];
          place = Fold::template fold<T>(place, x[i]);
        }
        for (std::int64_t i = 0; i < results; ++i) y[i] = static_cast<T>(folded[i]);
      },
      static_cast<std::size_t>(results) * sizeof(A));
}

template <typename Fold> std::unique_ptr<Kernel> make_reduce(const KernelRequest& request) {
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) -> std::unique_ptr<Kernel> {
    using T = decltype(zero);
    constexpr bool is_logical = std::is_same_v<Fold, Any> || std::is_same_v<Fold, All>;
    if constexpr (std::is_arithmetic_v<T> && (!is_logical || std::is_same_v<T, bool>)) {
      return reduce_kernel<Fold, T>(request);
    } else {
      return nullptr;
    }
  });
}

const bool kRegistered[] = {
    register_kernel("sum", Backend::kReference, make_reduce<Sum>),
    register_kernel("prod", Backend::kReference, make_reduce<Product>),
    register_kernel("max", Backend::kReference, make_reduce<Maximum>),
    register_kernel("min", Backend::kReference, make_reduce<Minimum>),
    register_kernel("any", Backend::kReference, make_reduce<Any>),
    register_kernel("all", Backend::kReference, make_reduce<All>),
};

}  // namespace
}  // namespace cornu::reference
