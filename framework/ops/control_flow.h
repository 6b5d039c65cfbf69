#pragma once

#include <functional>
#include <limits>

#include "framework/tensor.h"

namespace cornu::ops {

/// What `then_branch` returns where the predicate (a scalar) holds, else what `else_branch` returns.
///
/// Both return tensors of the same shapes and dtypes. In a graph only the taken branch is computed, and only what it
/// assigns is assigned; on values the branch is simply called. Gradients pass through the taken branch.
/// **Throws** InvalidArgument when the branches do not agree. **See**: `keras.ops.cond`.
Tensors cond(const Tensor& predicate, const std::function<Tensors()>& then_branch,
             const std::function<Tensors()>& else_branch);

/// Repeats `body` on the loop variables as long as `condition` (a scalar) holds, at most `maximum_iterations` times.
///
/// The body returns tensors of the shapes and dtypes of the loop variables. There is no gradient through a loop whose
/// length is not known when the graph is made. **Throws** InvalidArgument. **See**: `keras.ops.while_loop`.
Tensors while_loop(const std::function<Tensor(const Tensors& loop_variables)>& condition,
                   const std::function<Tensors(const Tensors& loop_variables)>& body, const Tensors& loop_variables,
                   std::int64_t maximum_iterations = std::numeric_limits<std::int64_t>::max());

}  // namespace cornu::ops
