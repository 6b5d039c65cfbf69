#include "models/training/class_weight.h"

#include <algorithm>

#include "framework/error.h"

namespace cornu {

Tensor weights_by_class(const Tensor& y, const std::map<std::int64_t, double>& class_weight) {
  if (y.rank() > 2 || y.rank() < 1) {
    throw ShapeError("class_weight: expected targets of shape (n,), (n, 1) or (n, classes); got " +
                     y.shape().to_string());
  }
  const std::int64_t count = y.shape().front();
  const std::int64_t width = y.rank() == 2 ? y.shape().back() : 1;
  const std::vector<double> values = y.to_vector<double>();
  Tensor weights = Tensor::empty({count}, DType::kFloat32);
  for (std::int64_t i = 0; i < count; ++i) {
    const auto row = values.begin() + i * width;
    const std::int64_t label = width > 1 ? std::max_element(row, row + width) - row : static_cast<std::int64_t>(*row);
    const auto it = class_weight.find(label);
    weights.mutable_data<float>()[static_cast<std::size_t>(i)] =
        it == class_weight.end() ? 1.0F : static_cast<float>(it->second);
  }
  return weights;
}

}  // namespace cornu
