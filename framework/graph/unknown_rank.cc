#include "framework/graph/unknown_rank.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <vector>

#include "framework/error.h"

namespace cornu {
namespace {

// Ranks tried; what programs use, and one more.
constexpr std::size_t kMaxRank = 6;

}  // namespace

Shape merged_shape(const Shape& a, const Shape& b) {
  if (!a.has_rank() || !b.has_rank() || a.rank() != b.rank()) return Shape::unknown_rank();
  Shape result = a;
  for (std::int64_t i = 0; i < a.rank(); ++i) {
    if (a[i] != b[i]) result[i] = kUnknown;
  }
  return result;
}

TensorSpecs infer_for_any_rank(std::span<const TensorSpec> inputs,
                               const std::function<TensorSpecs(std::span<const TensorSpec>)>& rule) {
  const auto has_rank = [](const TensorSpec& spec) { return spec.shape.has_rank(); };
  if (std::all_of(inputs.begin(), inputs.end(), has_rank)) return rule(inputs);
  std::optional<TensorSpecs> result;
  std::exception_ptr refusal;
  for (std::size_t rank = 0; rank <= kMaxRank; ++rank) {
    TensorSpecs candidate(inputs.begin(), inputs.end());
    for (TensorSpec& spec : candidate) {
      if (!spec.shape.has_rank()) spec.shape = Shape(std::vector<std::int64_t>(rank, kUnknown));
    }
    try {
      const TensorSpecs specs = rule(candidate);
      if (!result) {
        result = specs;
        continue;
      }
      for (std::size_t i = 0; i < specs.size(); ++i)
        (*result)[i].shape = merged_shape((*result)[i].shape, specs[i].shape);
    } catch (const InvalidArgument&) {
      refusal = std::current_exception();
    }
  }
  if (!result) std::rethrow_exception(refusal);
  return *result;
}

}  // namespace cornu
