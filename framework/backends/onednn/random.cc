// random_uniform, random_normal and dropout for float32: groups of 64 elements by vectors of Philox counters. An
// element depends on the state and its index alone, so the work is cut wherever it suits.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "framework/backends/onednn/parallel.h"
#include "framework/backends/onednn/vector/random_kernels.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"
#include "framework/random.h"

namespace cornu::onednn {
namespace {

constexpr std::int64_t kGroup = RandomStream::kGroup;
constexpr std::int64_t kGroupsEach = 64;
constexpr std::int64_t kWorkPerElement = 4;  // a random number counts for some plain operations

RandomKey key_of(const void* state) {
  const auto* words = static_cast<const std::int64_t*>(state);
  return {static_cast<std::uint64_t>(words[0]), static_cast<std::uint64_t>(words[1])};
}

// Calls f(first group, number of groups) for all whole groups among `count` elements.
template <typename F> void for_groups(std::int64_t count, const F& f) {
  const std::int64_t groups = count / kGroup;
  parallel_for((groups + kGroupsEach - 1) / kGroupsEach, count * kWorkPerElement, [&](std::int64_t task) {
    const std::int64_t first = task * kGroupsEach;
    f(first, std::min(kGroupsEach, groups - first));
  });
}

// Fills y; fill(first group, number of groups, where to) makes whole groups.
template <typename F> void fill_all(std::int64_t count, float* y, const F& fill) {
  for_groups(count, [&](std::int64_t first, std::int64_t groups) { fill(first, groups, y + first * kGroup); });
  const std::int64_t done = count / kGroup * kGroup;
  if (done == count) return;
  float last[kGroup];
  fill(count / kGroup, 1, last);
  std::copy_n(last, count - done, y + done);
}

std::unique_ptr<Kernel> make_uniform(const KernelRequest& request) {
  if (request.outputs[0].dtype != DType::kFloat32) return nullptr;
  const std::int64_t count = request.outputs[0].shape.num_elements();
  const auto low = static_cast<float>(request.attributes.number("low"));
  const auto high = static_cast<float>(request.attributes.number("high"));
  const float top = std::nextafter(high, low);  // rounding must not reach `high`
  const RandomKernels& kernels = CORNU_CHOOSE_ISA_TABLE(random_kernels);
  return make_kernel([=, &kernels](const KernelArguments& arguments) {
    const RandomKey key = key_of(arguments.inputs[0]);
    fill_all(count, static_cast<float*>(arguments.outputs[0]), [&](std::int64_t first, std::int64_t groups, float* y) {
      kernels.uniform(key, first, groups, low, high - low, top, y);
    });
  });
}

std::unique_ptr<Kernel> make_normal(const KernelRequest& request) {
  if (request.outputs[0].dtype != DType::kFloat32) return nullptr;
  const std::int64_t count = request.outputs[0].shape.num_elements();
  const RandomKernels& kernels = CORNU_CHOOSE_ISA_TABLE(random_kernels);
  return make_kernel([=, &kernels](const KernelArguments& arguments) {
    const RandomKey key = key_of(arguments.inputs[0]);
    fill_all(count, static_cast<float*>(arguments.outputs[0]),
             [&](std::int64_t first, std::int64_t groups, float* y) { kernels.normal(key, first, groups, y); });
  });
}

struct DropoutRule {
  explicit DropoutRule(double rate)
      : all(rate >= 1),
        threshold(all ? 0
                      : static_cast<std::uint32_t>(std::min<std::int64_t>(std::llround(rate * 0x1p32), UINT32_MAX))),
        scale(all ? 0.0F : static_cast<float>(1 / (1 - rate))) {}
  bool all;  // everything is dropped
  std::uint32_t threshold;
  float scale;
};

std::unique_ptr<Kernel> make_elementwise_dropout(std::int64_t count, const DropoutRule& rule) {
  const RandomKernels& kernels = CORNU_CHOOSE_ISA_TABLE(random_kernels);
  return make_kernel([=, &kernels](const KernelArguments& arguments) {
    const auto* x = static_cast<const float*>(arguments.inputs[0]);
    auto* y = static_cast<float*>(arguments.outputs[0]);
    const RandomKey key = key_of(arguments.inputs[1]);
    for_groups(count, [&](std::int64_t first, std::int64_t groups) {
      kernels.dropout(key, first, groups, rule.threshold, rule.scale, x + first * kGroup, y + first * kGroup);
    });
    const std::int64_t done = count / kGroup * kGroup;
    if (done == count) return;
    float last_x[kGroup] = {};
    float last_y[kGroup];
    std::copy_n(x + done, count - done, last_x);
    kernels.dropout(key, count / kGroup, 1, rule.threshold, rule.scale, last_x, last_y);
    std::copy_n(last_y, count - done, y + done);
  });
}

// Some axes are shared: the factors of the noise are made first, then every row of x meets its own.
std::unique_ptr<Kernel> make_shared_dropout(const Shape& shape, const std::vector<std::int64_t>& shared,
                                            const DropoutRule& rule) {
  struct Axis {
    std::int64_t size;
    std::int64_t stride;  // in the noise; 0 along shared axes
  };
  std::vector<Axis> axes;
  std::int64_t noise_count = 1;
  for (std::int64_t i = shape.rank(); i-- > 0;) {
    const bool is_shared = std::find(shared.begin(), shared.end(), i) != shared.end();
    axes.insert(axes.begin(), {shape[i], is_shared ? 0 : noise_count});
    if (!is_shared) noise_count *= shape[i];
  }
  const Axis last = axes.back();
  axes.pop_back();
  const std::int64_t count = shape.num_elements();
  if (count == 0) return make_kernel([](const KernelArguments&) {});
  const std::int64_t rows = count / last.size;
  const RandomKernels& kernels = CORNU_CHOOSE_ISA_TABLE(random_kernels);
  return make_kernel(
      [=, &kernels](const KernelArguments& arguments) {
        const auto* x = static_cast<const float*>(arguments.inputs[0]);
        auto* y = static_cast<float*>(arguments.outputs[0]);
        const RandomKey key = key_of(arguments.inputs[1]);
        auto* factors = static_cast<float*>(arguments.scratch);
        constexpr std::int64_t kOnesSize = kGroup;
        float ones[kOnesSize];
        std::fill_n(ones, kOnesSize, 1.0F);
        fill_all(noise_count, factors, [&](std::int64_t first, std::int64_t groups, float* to) {
          for (std::int64_t i = 0; i < groups; ++i) {
            kernels.dropout(key, first + i, 1, rule.threshold, rule.scale, ones, to + i * kGroup);
          }
        });
        parallel_for(rows, count, [&](std::int64_t row) {
          std::int64_t offset = 0;
          std::int64_t position = row;
          for (std::size_t i = axes.size(); i-- > 0;) {
            offset += position % axes[i].size * axes[i].stride;
            position /= axes[i].size;
          }
          const float* own = factors + offset;
          for (std::int64_t i = 0; i < last.size; ++i) {
            const float factor = own[i * last.stride];
            y[row * last.size + i] = factor != 0.0F ? x[row * last.size + i] * factor : 0.0F;
          }
        });
      },
      static_cast<std::size_t>(noise_count) * sizeof(float));
}

std::unique_ptr<Kernel> make_dropout(const KernelRequest& request) {
  if (request.inputs[0].dtype != DType::kFloat32) return nullptr;
  const Shape& shape = request.inputs[0].shape;
  const std::int64_t count = shape.num_elements();
  const DropoutRule rule(request.attributes.number("rate"));
  if (rule.all) {
    return make_kernel(
        [=](const KernelArguments& arguments) { std::fill_n(static_cast<float*>(arguments.outputs[0]), count, 0.0F); });
  }
  const auto& shared = request.attributes.integers("shared");
  return shared.empty() ? make_elementwise_dropout(count, rule) : make_shared_dropout(shape, shared, rule);
}

const bool kRegistered[] = {
    register_kernel("random_uniform", Backend::kCpu, make_uniform),
    register_kernel("random_normal", Backend::kCpu, make_normal),
    register_kernel("dropout", Backend::kCpu, make_dropout),
};

}  // namespace
}  // namespace cornu::onednn
