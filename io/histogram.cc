#include "io/histogram.h"

#include <algorithm>
#include <cmath>

namespace cornu::io {

Tensor histogram_of(const Tensor& values) {
  constexpr std::size_t kBuckets = 30;
  Tensor result = Tensor::empty({kBuckets, 3}, DType::kFloat64);
  const std::span<double> rows = result.mutable_data<double>();
  std::fill(rows.begin(), rows.end(), 0.0);

  std::vector<double> elements = values.to_vector<double>();
  std::erase_if(elements, [](double value) { return !std::isfinite(value); });
  if (elements.empty()) return result;

  const auto [least, greatest] = std::minmax_element(elements.begin(), elements.end());
  const double first = *least;
  const double last = *greatest;
  // Halves, because the range of two finite numbers may be infinite.
  const double width = (last / 2 - first / 2) / kBuckets * 2;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    rows[3 * i] = std::lerp(first, last, static_cast<double>(i) / kBuckets);
    rows[3 * i + 1] = std::lerp(first, last, static_cast<double>(i + 1) / kBuckets);
  }
  for (const double element : elements) {
    const double place = width > 0 ? std::floor((element / 2 - first / 2) / width * 2) : kBuckets - 1;
    ++rows[3 * static_cast<std::size_t>(std::clamp(place, 0.0, kBuckets - 1.0)) + 2];
  }
  return result;
}

}  // namespace cornu::io
