#include "framework/ops/search.h"

#include <algorithm>

#include "framework/error.h"
#include "framework/operation.h"
#include "framework/ops/broadcast_constant.h"
#include "framework/ops/cast.h"
#include "framework/ops/comparison.h"
#include "framework/ops/range.h"
#include "framework/ops/reduce.h"
#include "framework/ops/reshape.h"
#include "framework/ops/scatter.h"
#include "framework/ops/where.h"

namespace cornu::ops {
namespace {

TensorSpecs infer_searchsorted(std::span<const TensorSpec> inputs, const Attributes&) {
  if (inputs[0].shape.rank() != 1) {
    throw ShapeError("searchsorted: expected the sorted values as a vector; got shape " + inputs[0].shape.to_string(),
                     {}, "searchsorted");
  }
  return {{inputs[1].shape, DType::kInt32}};
}

const Operation& kSearchsorted = register_operation({.name = "searchsorted", .infer = infer_searchsorted});

// One more than the greatest number, at least `minlength`.
std::int64_t count_length(const Tensor& x, std::int64_t minlength) {
  if (x.is_symbolic()) {
    if (minlength > 0) return minlength;
    throw InvalidArgument(
        "bincount: expected a minlength greater than 0 for a symbolic tensor, whose greatest number is not "
        "known; got " +
            std::to_string(minlength),
        {}, "bincount");
  }
  const std::vector<std::int64_t> numbers = x.to_vector<std::int64_t>();
  const auto greatest = std::max_element(numbers.begin(), numbers.end());
  return std::max(minlength, greatest == numbers.end() ? 0 : *greatest + 1);
}

}  // namespace

Tensor searchsorted(const Tensor& sorted, const Tensor& values, const std::string& side) {
  if (side != "left" && side != "right") {
    throw InvalidArgument("searchsorted: side must be \"left\" or \"right\"; got \"" + side + "\"", {}, "searchsorted");
  }
  const DType dtype = result_type({{sorted.dtype(), sorted.is_weak()}, {values.dtype(), values.is_weak()}});
  return apply_single(kSearchsorted, {cast(sorted, dtype), cast(values, dtype)}, {{"right", side == "right"}});
}

Tensor digitize(const Tensor& x, const Tensor& bins) { return searchsorted(bins, x, "right"); }

Tensor bincount(const Tensor& x, const Tensor& weights, std::int64_t minlength) {
  if (!is_integer(x.dtype())) {
    throw DTypeError(std::string("bincount: expected an integer dtype; got ") + name_of(x.dtype()), {}, "bincount");
  }
  if (x.rank() != 1 && x.rank() != 2) {
    throw ShapeError("bincount: expected one or two axes; got shape " + x.shape().to_string(), {}, "bincount");
  }
  const std::int64_t length = count_length(x, minlength);
  const Tensor each = weights.defined() ? weights : ones_like(cast(x, DType::kInt32));
  if (x.rank() == 1) return segment_sum(each, x, length);
  // (batch, n, length), for the batch may be of unknown size.
  const Tensor hit = cast(one_hot(x, length), DType::kBool);
  return sum(where(hit, expand_dims(each, -1), 0), {.axis = 1});
}

}  // namespace cornu::ops
