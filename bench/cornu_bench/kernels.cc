#include "bench/cornu_bench/kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "apps/measurement/numbers.h"

namespace bench {
namespace {

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
      for (float& value : values.mutable_data<float>()) {
        value = (cornu::measurement::uniform(kernel, i++) * 2.0F - 1.0F) * limit;
      }
      variable.assign(values);
      ++kernel;
    }
  }
}

}  // namespace bench
