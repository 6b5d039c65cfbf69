#include "bench/cornu_bench/data.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace bench {
namespace {

constexpr std::uint64_t kInputStream = 1000;
constexpr std::uint64_t kLabelStream = 2000;

bool is_kernel(const cornu::Variable& variable) { return variable.name().ends_with("kernel"); }

// The sum of fan-in and fan-out.
double fan_sum(const cornu::Shape& shape) {
  const auto elements = static_cast<double>(shape.num_elements());
  // Projections of attention: square matrices with heads and head size as two axes.
  if (shape.rank() == 3) return 2.0 * std::sqrt(elements);
  const auto outputs = static_cast<double>(shape.back());
  const auto inputs = static_cast<double>(shape[shape.rank() - 2]);
  return elements / (inputs * outputs) * (inputs + outputs);
}

}  // namespace

std::uint64_t hash(std::uint64_t stream, std::uint64_t i) {
  std::uint64_t z = (stream << 40U) + i + 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

float uniform(std::uint64_t stream, std::uint64_t i) { return static_cast<float>(hash(stream, i) >> 40U) * 0x1p-24F; }

cornu::Tensor input(std::uint64_t number, const cornu::Shape& shape, float low, float high) {
  cornu::Tensor tensor = cornu::Tensor::empty(shape);
  std::uint64_t i = 0;
  for (float& value : tensor.mutable_data<float>()) {
    value = uniform(kInputStream + number, i++) * (high - low) + low;
  }
  return tensor;
}

cornu::Tensor labels(std::int64_t count, std::uint64_t classes) {
  cornu::Tensor tensor = cornu::Tensor::empty({count}, cornu::int32);
  std::uint64_t i = 0;
  for (std::int32_t& value : tensor.mutable_data<std::int32_t>()) {
    value = static_cast<std::int32_t>(hash(kLabelStream, i++) % classes);
  }
  return tensor;
}

cornu::Tensor bits(std::int64_t count) {
  cornu::Tensor tensor = cornu::Tensor::empty({count, 1});
  std::uint64_t i = 0;
  for (float& value : tensor.mutable_data<float>()) value = static_cast<float>(hash(kLabelStream, i++) % 2);
  return tensor;
}

void set_kernels(const cornu::AnyModel& model) {
  // A functional model lists layers by depth, which for two branches is not the order in which they were made.
  std::vector<cornu::LayerPtr> layers = model->layers();
  std::sort(layers.begin(), layers.end(),
            [](const auto& a, const auto& b) { return a->creation_number() < b->creation_number(); });
  std::uint64_t kernel = 0;
  for (const cornu::LayerPtr& layer : layers) {
    for (const cornu::Variable& variable : layer->weights()) {
      if (!is_kernel(variable)) continue;
      cornu::Tensor values = cornu::Tensor::empty(variable.shape());
      const auto limit = static_cast<float>(std::sqrt(6.0 / fan_sum(variable.shape())));
      std::uint64_t i = 0;
      for (float& value : values.mutable_data<float>()) value = (uniform(kernel, i++) * 2.0F - 1.0F) * limit;
      variable.assign(values);
      ++kernel;
    }
  }
}

}  // namespace bench
