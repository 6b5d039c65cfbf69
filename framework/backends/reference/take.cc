#include <algorithm>
#include <cstring>

#include "framework/backends/operands.h"
#include "framework/backends/reference/box.h"
#include "framework/function_kernel.h"
#include "framework/index_position.h"

// With p(i) the position that index i names:
//   take: y[a, i, b] = x[a, p(i), b]                     index_add: y = 0, y[a, p(i), b] += x[a, i, b]
//   take_along_axis: y[a, i, b] = x[a, p(a, i, b), b]    index_add_along_axis: y = 0, y[a, p(a, i, b), b] += x[a, i, b]
//   index_update: y = x, y[p(i), b] = updates[i, b]
// Where the axis is empty there is nothing to take; the results are zeros.

namespace cornu::reference {
namespace {

std::int64_t product(const Shape& shape, std::int64_t first, std::int64_t last) {
  return shape.slice(first, last).num_elements();
}

// float16 and bfloat16 would lose what they add up: they are left to float32.
bool can_add(DType dtype) { return dtype != DType::kFloat16 && dtype != DType::kBFloat16; }

template <typename T> void add_to(T& sum, T x) {
  if constexpr (std::is_same_v<T, bool>) {
    sum = sum || x;
  } else if constexpr (!std::is_same_v<T, Half> && !std::is_same_v<T, BFloat16>) {
    sum = static_cast<T>(sum + x);
  }
}

// Calls f with elements of the data's and of the indices' type.
template <typename F> std::unique_ptr<Kernel> visit_both(DType data, DType indices, F&& f) {
  return visit_dtype(
      data, [&](auto zero) { return indices == DType::kInt64 ? f(zero, std::int64_t{}) : f(zero, std::int32_t{}); });
}

std::unique_ptr<Kernel> make_take(const KernelRequest& request) {
  const std::int64_t axis = request.attributes.integer("axis");
  const Shape x_shape = request.inputs[0].shape;
  const std::int64_t outer = product(x_shape, 0, axis);
  const std::int64_t size = x_shape[axis];
  const std::int64_t inner = product(x_shape, axis + 1, x_shape.rank());
  const std::int64_t count = request.inputs[1].shape.num_elements();
  return visit_both(request.inputs[0].dtype, request.inputs[1].dtype, [&](auto zero, auto index) {
    using T = decltype(zero);
    using I = decltype(index);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* x = input_of<T>(arguments, 0);
      const I* indices = input_of<I>(arguments, 1);
      T* y = output_of<T>(arguments, 0);
      if (size == 0) std::fill_n(y, outer * count * inner, T{});
      for (std::int64_t a = 0; a < outer && size > 0; ++a) {
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t p = index_position(indices[i], size);
          for (std::int64_t b = 0; b < inner; ++b) y[(a * count + i) * inner + b] = x[(a * size + p) * inner + b];
        }
      }
    });
  });
}

std::unique_ptr<Kernel> make_index_add(const KernelRequest& request) {
  if (!can_add(request.inputs[0].dtype)) return nullptr;
  const std::int64_t axis = request.attributes.integer("axis");
  const Shape y_shape = request.outputs[0].shape;
  const std::int64_t outer = product(y_shape, 0, axis);
  const std::int64_t size = y_shape[axis];
  const std::int64_t inner = product(y_shape, axis + 1, y_shape.rank());
  const std::int64_t count = request.inputs[1].shape.num_elements();
  return visit_both(request.inputs[0].dtype, request.inputs[1].dtype, [&](auto zero, auto index) {
    using T = decltype(zero);
    using I = decltype(index);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* x = input_of<T>(arguments, 0);
      const I* indices = input_of<I>(arguments, 1);
      T* y = output_of<T>(arguments, 0);
      std::fill_n(y, outer * size * inner, T{});
      for (std::int64_t a = 0; a < outer && size > 0; ++a) {
        for (std::int64_t i = 0; i < count; ++i) {
          const std::int64_t p = index_position(indices[i], size);
          for (std::int64_t b = 0; b < inner; ++b) {
            add_to(y[(a * size + p) * inner + b], x[(a * count + i) * inner + b]);
          }
        }
      }
    });
  });
}

// Steps through an operand that is broadcast: an axis of size 1 is not moved along.
std::vector<std::int64_t> broadcast_strides(const Shape& shape) {
  auto strides = row_major_strides(shape);
  for (std::size_t i = 0; i < strides.size(); ++i) strides[i] = shape.dims()[i] == 1 ? 0 : strides[i];
  return strides;
}

std::unique_ptr<Kernel> make_take_along_axis(const KernelRequest& request) {
  const auto axis = static_cast<std::size_t>(request.attributes.integer("axis"));
  const Shape y_shape = request.outputs[0].shape;
  const std::int64_t size = request.inputs[0].shape.dims()[axis];
  const auto x_strides = broadcast_strides(request.inputs[0].shape);
  const auto index_strides = broadcast_strides(request.inputs[1].shape);
  return visit_both(request.inputs[0].dtype, request.inputs[1].dtype, [&](auto zero, auto index_zero) {
    using T = decltype(zero);
    using I = decltype(index_zero);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* x = input_of<T>(arguments, 0);
      const I* indices = input_of<I>(arguments, 1);
      T* y = output_of<T>(arguments, 0);
      for_each_index(y_shape, [&](const std::vector<std::int64_t>& index) {
        const std::int64_t p = size > 0 ? index_position(indices[offset_of(index, index_strides)], size) : 0;
        *y++ = size > 0 ? x[offset_of(index, x_strides) + (p - index[axis]) * x_strides[axis]] : T{};
      });
    });
  });
}

std::unique_ptr<Kernel> make_index_add_along_axis(const KernelRequest& request) {
  if (!can_add(request.inputs[0].dtype)) return nullptr;
  const auto axis = static_cast<std::size_t>(request.attributes.integer("axis"));
  const Shape x_shape = request.inputs[0].shape;
  const Shape y_shape = request.outputs[0].shape;
  const auto index_strides = broadcast_strides(request.inputs[1].shape);
  const auto y_strides = row_major_strides(y_shape);
  return visit_both(request.inputs[0].dtype, request.inputs[1].dtype, [&](auto zero, auto index_zero) {
    using T = decltype(zero);
    using I = decltype(index_zero);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* x = input_of<T>(arguments, 0);
      const I* indices = input_of<I>(arguments, 1);
      T* y = output_of<T>(arguments, 0);
      std::fill_n(y, y_shape.num_elements(), T{});
      if (y_shape.num_elements() == 0) return;
      for_each_index(x_shape, [&](const std::vector<std::int64_t>& index) {
        const std::int64_t p = index_position(indices[offset_of(index, index_strides)], y_shape.dims()[axis]);
        add_to(y[offset_of(index, y_strides) + (p - index[axis]) * y_strides[axis]], *x++);
      });
    });
  });
}

// Works in place: only the entries that are named are written.
class IndexUpdateKernel final : public Kernel {
 public:
  explicit IndexUpdateKernel(const KernelRequest& request)
      : size_(request.inputs[0].shape[0]),
        count_(request.inputs[1].shape[0]),
        entry_bytes_(static_cast<std::size_t>(product(request.inputs[0].shape, 1, request.inputs[0].shape.rank())) *
                     size_of(request.inputs[0].dtype)),
        wide_indices_(request.inputs[1].dtype == DType::kInt64) {}

  bool can_share(std::size_t input, std::size_t) const override { return input == 0; }

  void run(const KernelArguments& arguments) const override {
    const char* updates = input_of<char>(arguments, 2);
    char* y = output_of<char>(arguments, 0);
    if (y != arguments.inputs[0]) std::memcpy(y, arguments.inputs[0], static_cast<std::size_t>(size_) * entry_bytes_);
    for (std::int64_t i = 0; i < count_ && size_ > 0; ++i) {
      const std::int64_t index =
          wide_indices_ ? input_of<std::int64_t>(arguments, 1)[i] : input_of<std::int32_t>(arguments, 1)[i];
      const auto position = static_cast<std::size_t>(index_position(index, size_));
      std::memcpy(y + position * entry_bytes_, updates + static_cast<std::size_t>(i) * entry_bytes_, entry_bytes_);
    }
  }

 private:
  std::int64_t size_;
  std::int64_t count_;
  std::size_t entry_bytes_;
  bool wide_indices_;
};

std::unique_ptr<Kernel> make_index_update(const KernelRequest& request) {
  return std::make_unique<IndexUpdateKernel>(request);
}

const bool kRegistered = register_kernel("take", Backend::kReference, make_take) &&
                         register_kernel("index_add", Backend::kReference, make_index_add) &&
                         register_kernel("take_along_axis", Backend::kReference, make_take_along_axis) &&
                         register_kernel("index_add_along_axis", Backend::kReference, make_index_add_along_axis) &&
                         register_kernel("index_update", Backend::kReference, make_index_update);

}  // namespace
}  // namespace cornu::reference
