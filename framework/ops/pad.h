#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/tensor.h"

namespace cornu::ops {

/// How many elements are added before and after an axis.
using PadWidth = std::pair<std::int64_t, std::int64_t>;

struct PadOptions {
  std::string mode = "constant";  ///< "constant", "reflect" (the edge is not repeated) or "symmetric" (it is)
  double value = 0.0;             ///< what "constant" fills with
};

/// The tensor with a border.
///
/// **Inputs**: x; `widths` has one entry per axis, or one that serves all.
/// **Throws** InvalidArgument for another mode, negative widths, or a wrong number of them; ShapeError when a
/// reflection needs more elements than the axis has. **See**: `keras.ops.pad`.
/// ```cpp
/// Tensor y = ops::pad(images, {{0, 0}, {1, 1}, {1, 1}, {0, 0}});
/// ```
Tensor pad(const Tensor& x, std::vector<PadWidth> widths, const PadOptions& options = {});

}  // namespace cornu::ops
