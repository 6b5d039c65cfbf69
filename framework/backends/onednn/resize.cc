// Resizing of float32 images, row by row of the result: all threads write rows of their own, so that the order of
// additions is that of the reference. The channels of a pixel are the inner loop.

#include <algorithm>
#include <cstring>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/operands.h"
#include "framework/function_kernel.h"
#include "framework/interpolation.h"

namespace cornu::onednn {
namespace {

void add_scaled(const float* __restrict x, float weight, std::int64_t count, float* __restrict y) {
#pragma omp simd
  for (std::int64_t c = 0; c < count; ++c) y[c] += weight * x[c];
}

std::unique_ptr<Kernel> make_resize(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Shape from = request.inputs[0].shape;
  const Shape to = request.outputs[0].shape;
  const std::string& method = request.attributes.string("interpolation");
  const AxisInterpolation rows = interpolate_axis(method, from[1], to[1]);
  const AxisInterpolation columns = interpolate_axis(method, from[2], to[2]);
  const std::int64_t channels = to[3];
  const auto bytes = static_cast<std::size_t>(channels) * sizeof(float);
  const bool copies = rows.num_taps == 1;
  return make_kernel([=](const KernelArguments& arguments) {
    const float* x = input_of<float>(arguments, 0);
    float* y = output_of<float>(arguments, 0);
    const auto num_taps = static_cast<std::size_t>(rows.num_taps);
    parallel_for(to[0] * to[1], to.num_elements() * rows.num_taps * columns.num_taps, [&](std::int64_t k) {
      const InterpolationTaps& row = rows.taps[static_cast<std::size_t>(k % to[1])];
      const float* image = x + k / to[1] * from[1] * from[2] * channels;
      float* pixel = y + k * to[2] * channels;
      for (const InterpolationTaps& column : columns.taps) {
        if (copies) {
          std::memcpy(pixel, image + (row.positions[0] * from[2] + column.positions[0]) * channels, bytes);
        } else {
          std::fill_n(pixel, channels, 0.0F);
          for (std::size_t u = 0; u < num_taps; ++u) {
            for (std::size_t v = 0; v < num_taps; ++v) {
              add_scaled(image + (row.positions[u] * from[2] + column.positions[v]) * channels,
                         row.weights[u] * column.weights[v], channels, pixel);
            }
          }
        }
        pixel += channels;
      }
    });
  });
}

// One tap of a row of the resized image in a row of the original.
struct RowTap {
  std::int64_t row;
  float weight;
};

std::unique_ptr<Kernel> make_resize_gradient(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Shape resized = request.inputs[0].shape;
  const Shape original = request.outputs[0].shape;
  const std::string& method = request.attributes.string("interpolation");
  const AxisInterpolation rows = interpolate_axis(method, original[1], resized[1]);
  const AxisInterpolation columns = interpolate_axis(method, original[2], resized[2]);
  const std::int64_t channels = original[3];
  // Which rows of the gradient each row of the result collects, in ascending order.
  std::vector<std::vector<RowTap>> sources(static_cast<std::size_t>(original[1]));
  for (std::size_t i = 0; i < rows.taps.size(); ++i) {
    for (std::size_t u = 0; u < static_cast<std::size_t>(rows.num_taps); ++u) {
      sources[static_cast<std::size_t>(rows.taps[i].positions[u])].push_back(
          {static_cast<std::int64_t>(i), rows.taps[i].weights[u]});
    }
  }
  return make_kernel([=](const KernelArguments& arguments) {
    const float* gradient = input_of<float>(arguments, 0);
    float* result = output_of<float>(arguments, 0);
    const auto num_taps = static_cast<std::size_t>(columns.num_taps);
    const std::int64_t work = resized.num_elements() * rows.num_taps * columns.num_taps;
    parallel_for(original[0] * original[1], work, [&](std::int64_t k) {
      float* row = result + k * original[2] * channels;
      std::fill_n(row, original[2] * channels, 0.0F);
      for (const RowTap& source : sources[static_cast<std::size_t>(k % original[1])]) {
        const float* pixel = gradient + (k / original[1] * resized[1] + source.row) * resized[2] * channels;
        for (const InterpolationTaps& column : columns.taps) {
          for (std::size_t v = 0; v < num_taps; ++v) {
            add_scaled(pixel, source.weight * column.weights[v], channels, row + column.positions[v] * channels);
          }
          pixel += channels;
        }
      }
    });
  });
}

const bool kRegistered = register_kernel("resize", Backend::kCpu, make_resize) &&
                         register_kernel("resize_gradient", Backend::kCpu, make_resize_gradient);

}  // namespace
}  // namespace cornu::onednn
