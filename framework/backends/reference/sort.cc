#include <algorithm>
#include <numeric>

#include "framework/backends/operands.h"
#include "framework/backends/ordering.h"
#include "framework/function_kernel.h"

// argsort: the places 0, 1, ... of a row ordered by (value, place)
// top_k:   the first k places ordered by (value descending, place)
// searchsorted: how many sorted entries are smaller, or not greater

namespace cornu::reference {
namespace {

struct Rows {
  std::int64_t count;
  std::int64_t size;
};

Rows rows_of(const Shape& shape) { return {shape.slice(0, -1).num_elements(), shape[-1]}; }

std::unique_ptr<Kernel> make_argsort(const KernelRequest& request) {
  const Rows rows = rows_of(request.inputs[0].shape);
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) {
    using T = decltype(zero);
    return make_kernel([=](const KernelArguments& arguments) {
      for (std::int64_t r = 0; r < rows.count; ++r) {
        const T* x = input_of<T>(arguments, 0) + r * rows.size;
        auto* places = output_of<std::int32_t>(arguments, 0) + r * rows.size;
        std::iota(places, places + rows.size, 0);
        std::sort(places, places + rows.size, [x](std::int32_t i, std::int32_t j) {
          return comes_before(x[i], x[j]) || (!comes_before(x[j], x[i]) && i < j);
        });
      }
    });
  });
}

std::unique_ptr<Kernel> make_top_k(const KernelRequest& request) {
  const Rows rows = rows_of(request.inputs[0].shape);
  const std::int64_t k = request.attributes.integer("k");
  const auto scratch_bytes = static_cast<std::size_t>(rows.size) * sizeof(std::int32_t);
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) {
    using T = decltype(zero);
    return make_kernel(
        [=](const KernelArguments& arguments) {
          auto* places = static_cast<std::int32_t*>(arguments.scratch);
          for (std::int64_t r = 0; r < rows.count; ++r) {
            const T* x = input_of<T>(arguments, 0) + r * rows.size;
            std::iota(places, places + rows.size, 0);
            std::partial_sort(places, places + k, places + rows.size, [x](std::int32_t i, std::int32_t j) {
              return comes_before(x[j], x[i]) || (!comes_before(x[i], x[j]) && i < j);
            });
            for (std::int64_t i = 0; i < k; ++i) {
              output_of<T>(arguments, 0)[r * k + i] = x[places[i]];
              output_of<std::int32_t>(arguments, 1)[r * k + i] = places[i];
            }
          }
        },
        scratch_bytes);
  });
}

std::unique_ptr<Kernel> make_searchsorted(const KernelRequest& request) {
  const std::int64_t size = request.inputs[0].shape[0];
  const std::int64_t count = request.inputs[1].shape.num_elements();
  const bool right = request.attributes.flag("right");
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) {
    using T = decltype(zero);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* sorted = input_of<T>(arguments, 0);
      const T* values = input_of<T>(arguments, 1);
      auto* y = output_of<std::int32_t>(arguments, 0);
      for (std::int64_t i = 0; i < count; ++i) {
        const T* place = right ? std::upper_bound(sorted, sorted + size, values[i], comes_before<T>)
                               : std::lower_bound(sorted, sorted + size, values[i], comes_before<T>);
        y[i] = static_cast<std::int32_t>(place - sorted);
      }
    });
  });
}

const bool kRegistered = register_kernel("argsort", Backend::kReference, make_argsort) &&
                         register_kernel("top_k", Backend::kReference, make_top_k) &&
                         register_kernel("searchsorted", Backend::kReference, make_searchsorted);

}  // namespace
}  // namespace cornu::reference
