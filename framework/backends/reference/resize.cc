#include <algorithm>

#include "framework/backends/operands.h"
#include "framework/function_kernel.h"
#include "framework/interpolation.h"

// resize:          y[n, i, j, c]  = sum over taps u of row i, v of column j:  w_u w_v x[n, p_u, p_v, c]
// resize_gradient: x[n, p_u, p_v, c] += w_u w_v y[n, i, j, c]

namespace cornu::reference {
namespace {

struct ImageSizes {
  std::int64_t batch, height, width, channels;
  std::int64_t offset(std::int64_t n, std::int64_t i, std::int64_t j) const {
    return ((n * height + i) * width + j) * channels;
  }
};

ImageSizes sizes_of(const Shape& shape) { return {shape[0], shape[1], shape[2], shape[3]}; }

struct Resizing {
  ImageSizes original, resized;
  AxisInterpolation rows, columns;

  Resizing(const Shape& from, const Shape& to, const std::string& method)
      : original(sizes_of(from)),
        resized(sizes_of(to)),
        rows(interpolate_axis(method, from[1], to[1])),
        columns(interpolate_axis(method, from[2], to[2])) {}

  // Calls f(offset in the original, offset in the resized image, weight) for each pair of pixels that belong together.
  template <typename F> void for_each_pair(F&& f) const {
    for (std::int64_t n = 0; n < resized.batch; ++n) {
      for (std::int64_t i = 0; i < resized.height; ++i) {
        for (std::int64_t j = 0; j < resized.width; ++j) {
          const InterpolationTaps& row = rows.taps[static_cast<std::size_t>(i)];
          const InterpolationTaps& column = columns.taps[static_cast<std::size_t>(j)];
          for (std::size_t u = 0; u < static_cast<std::size_t>(rows.num_taps); ++u) {
            for (std::size_t v = 0; v < static_cast<std::size_t>(columns.num_taps); ++v) {
              f(original.offset(n, row.positions[u], column.positions[v]), resized.offset(n, i, j),
                row.weights[u] * column.weights[v]);
            }
          }
        }
      }
    }
  }
};

template <typename T>
std::unique_ptr<Kernel> make_floating(const Resizing& resizing, bool transposed, std::int64_t count) {
  return make_kernel([=](const KernelArguments& arguments) {
    const T* source = input_of<T>(arguments, 0);
    T* target = output_of<T>(arguments, 0);
    std::fill_n(target, count, T{0});
    resizing.for_each_pair([&](std::int64_t in_original, std::int64_t in_resized, float weight) {
      const T* from = source + (transposed ? in_resized : in_original);
      T* to = target + (transposed ? in_original : in_resized);
      for (std::int64_t c = 0; c < resizing.original.channels; ++c) to[c] += static_cast<T>(weight) * from[c];
    });
  });
}

std::unique_ptr<Kernel> make(const KernelRequest& request, bool transposed) {
  const Shape& input = request.inputs[0].shape;
  const Shape& output = request.outputs[0].shape;
  const std::string& method = request.attributes.string("interpolation");
  const Resizing resizing = transposed ? Resizing(output, input, method) : Resizing(input, output, method);
  const std::int64_t count = output.num_elements();
  if (request.inputs[0].dtype == DType::kFloat32) return make_floating<float>(resizing, transposed, count);
  if (request.inputs[0].dtype == DType::kFloat64) return make_floating<double>(resizing, transposed, count);
  // float16 and bfloat16 would lose what they add up; integers are only copied.
  if (transposed || method != "nearest") return nullptr;
  return visit_dtype(request.inputs[0].dtype, [&](auto zero) -> std::unique_ptr<Kernel> {
    using T = decltype(zero);
    return make_kernel([=](const KernelArguments& arguments) {
      const T* x = input_of<T>(arguments, 0);
      T* y = output_of<T>(arguments, 0);
      resizing.for_each_pair([&](std::int64_t in_original, std::int64_t in_resized, float) {
        std::copy_n(x + in_original, resizing.original.channels, y + in_resized);
      });
    });
  });
}

const bool kRegistered =
    register_kernel("resize", Backend::kReference, [](const KernelRequest& request) { return make(request, false); }) &&
    register_kernel("resize_gradient", Backend::kReference,
                    [](const KernelRequest& request) { return make(request, true); });

}  // namespace
}  // namespace cornu::reference
