// Random numbers, element by element from the words that `RandomStream` gives them; float64 elements take the two or
// four words of a counter of their own.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <numeric>
#include <utility>

#include "framework/backends/reference/strided.h"
#include "framework/function_kernel.h"
#include "framework/kernel.h"
#include "framework/random.h"

namespace cornu::reference {
namespace {

RandomStream stream_of(const void* state) {
  const auto* words = static_cast<const std::int64_t*>(state);
  return {words[0], words[1]};
}

double unit53(std::uint32_t high, std::uint32_t low) {
  return static_cast<double>(((std::uint64_t{high} << 32) | low) >> 11) * 0x1p-53;
}

std::unique_ptr<Kernel> make_uniform(const KernelRequest& request) {
  const std::int64_t count = request.outputs[0].shape.num_elements();
  const double low = request.attributes.number("low");
  const double high = request.attributes.number("high");
  // Rounding must not reach `high`.
  if (request.outputs[0].dtype == DType::kFloat64) {
    const double top = std::nextafter(high, low);
    return make_kernel([=](const KernelArguments& arguments) {
      const RandomStream stream = stream_of(arguments.inputs[0]);
      for (std::int64_t i = 0; i < count; ++i) {
        const auto words = stream.words(i);
        static_cast<double*>(arguments.outputs[0])[i] = std::min(low + (high - low) * unit53(words[0], words[1]), top);
      }
    });
  }
  if (request.outputs[0].dtype != DType::kFloat32) return nullptr;
  const auto bottom = static_cast<float>(low);
  const float range = static_cast<float>(high) - bottom;
  const float top = std::nextafter(static_cast<float>(high), bottom);
  return make_kernel([=](const KernelArguments& arguments) {
    const RandomStream stream = stream_of(arguments.inputs[0]);
    for (std::int64_t i = 0; i < count; ++i) {
      const float unit = static_cast<float>(stream.word(i) >> 8) * 0x1p-24F;
      static_cast<float*>(arguments.outputs[0])[i] = std::min(bottom + range * unit, top);
    }
  });
}

// Box and Muller: sqrt(-2 log(u)) times the cosine (and for another element the sine) of 2 pi v.
std::unique_ptr<Kernel> make_normal(const KernelRequest& request) {
  const std::int64_t count = request.outputs[0].shape.num_elements();
  if (request.outputs[0].dtype == DType::kFloat64) {
    return make_kernel([=](const KernelArguments& arguments) {
      const RandomStream stream = stream_of(arguments.inputs[0]);
      for (std::int64_t i = 0; i < count; ++i) {
        const auto words = stream.words(i);
        const double radius = std::sqrt(-2 * std::log(1 - unit53(words[0], words[1])));
        static_cast<double*>(arguments.outputs[0])[i] =
            radius * std::cos(2 * std::numbers::pi * unit53(words[2], words[3]));
      }
    });
  }
  if (request.outputs[0].dtype != DType::kFloat32) return nullptr;
  return make_kernel([=](const KernelArguments& arguments) {
    const RandomStream stream = stream_of(arguments.inputs[0]);
    for (std::int64_t i = 0; i < count; ++i) {
      // The words of one counter lie 16 elements apart; the first and second make a pair, the third and fourth another.
      const std::int64_t part = i % RandomStream::kGroup / RandomStream::kCounters;
      const std::int64_t first = i - part % 2 * RandomStream::kCounters;
      // In float32, as all backends: close to 1 its rounding shows.
      const float u = static_cast<float>(stream.word(first)) * 0x1p-32F + 0x1p-33F;
      const double angle =
          2 * std::numbers::pi * static_cast<double>(stream.word(first + RandomStream::kCounters) >> 8) * 0x1p-24;
      const double radius = std::sqrt(-2 * std::log(static_cast<double>(u)));
      static_cast<float*>(arguments.outputs[0])[i] =
          static_cast<float>(radius * (part % 2 == 0 ? std::cos(angle) : std::sin(angle)));
    }
  });
}

// The high word of word * range: each of `range` numbers has the same probability to within range / 2^32.
std::uint32_t below(std::uint32_t word, std::uint64_t range) {
  return static_cast<std::uint32_t>((word * range) >> 32);
}

std::unique_ptr<Kernel> make_integers(const KernelRequest& request) {
  const std::int64_t count = request.outputs[0].shape.num_elements();
  const std::int64_t low = request.attributes.integer("low");
  const auto range = static_cast<std::uint64_t>(request.attributes.integer("high") - low);
  return make_kernel([=](const KernelArguments& arguments) {
    const RandomStream stream = stream_of(arguments.inputs[0]);
    for (std::int64_t i = 0; i < count; ++i) {
      static_cast<std::int32_t*>(arguments.outputs[0])[i] =
          static_cast<std::int32_t>(low + below(stream.word(i), range));
    }
  });
}

// Fisher and Yates' shuffle.
std::unique_ptr<Kernel> make_permutation(const KernelRequest& request) {
  const std::int64_t count = request.outputs[0].shape.num_elements();
  return make_kernel([=](const KernelArguments& arguments) {
    const RandomStream stream = stream_of(arguments.inputs[0]);
    auto* y = static_cast<std::int32_t*>(arguments.outputs[0]);
    std::iota(y, y + count, 0);
    for (std::int64_t i = count - 1; i > 0; --i)
      std::swap(y[i], y[below(stream.word(i), static_cast<std::uint64_t>(i) + 1)]);
  });
}

template <typename T> std::unique_ptr<Kernel> dropout_kernel(const KernelRequest& request) {
  const Shape& shape = request.inputs[0].shape;
  Shape noise = shape;
  for (std::int64_t axis : request.attributes.integers("shared")) noise[axis] = 1;
  const StridedView view = broadcast_view(noise, shape);
  const std::int64_t count = shape.num_elements();
  const double rate = request.attributes.number("rate");
  const auto threshold = static_cast<std::uint64_t>(std::llround(rate * 0x1p32));
  const T scale = rate < 1 ? static_cast<T>(1 / (1 - rate)) : T{0};
  return make_kernel([=](const KernelArguments& arguments) {
    const RandomStream stream = stream_of(arguments.inputs[1]);
    const auto* x = static_cast<const T*>(arguments.inputs[0]);
    auto* y = static_cast<T*>(arguments.outputs[0]);
    for (std::int64_t i = 0; i < count; ++i) y[i] = stream.word(view.offset_of(i)) >= threshold ? x[i] * scale : T{0};
  });
}

std::unique_ptr<Kernel> make_dropout(const KernelRequest& request) {
  if (request.inputs[0].dtype == DType::kFloat32) return dropout_kernel<float>(request);
  return request.inputs[0].dtype == DType::kFloat64 ? dropout_kernel<double>(request) : nullptr;
}

const bool kRegistered[] = {
    register_kernel("random_uniform", Backend::kReference, make_uniform),
    register_kernel("random_normal", Backend::kReference, make_normal),
    register_kernel("random_integers", Backend::kReference, make_integers),
    register_kernel("random_permutation", Backend::kReference, make_permutation),
    register_kernel("dropout", Backend::kReference, make_dropout),
};

}  // namespace
}  // namespace cornu::reference
