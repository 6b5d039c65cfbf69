#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/v1/graph.h"

namespace cornu::v1 {

/// An operation that does nothing but wait for its control inputs.
Operation no_op(const std::string& name = {});
/// Waits for all of them. **See**: `tf.group`.
Operation group(const std::vector<Operation>& operations, const std::string& name = "group_deps");
/// The tensors once all of them, and the operations, have run. **See**: `tf.tuple`.
Tensors tuple(const Tensors& tensors, const std::vector<Operation>& control_inputs = {});

/// What `true_fn` gives where the predicate (a bool scalar) holds, else what `false_fn` gives.
///
/// Both functions are called now. In a run only the operations made inside of the taken one run; what a branch takes
/// from outside runs always. Variables made in a branch belong to the graph, not to the branch. Results are called
/// "cond/Merge:0", "cond/Merge_1:0", ... and sizes that differ are unknown.
/// **Throws** ValueError when the branches give different numbers of tensors, or different dtypes.
/// **See**: `tf.compat.v1.cond`.
Tensors cond(const Tensor& pred, const std::function<Tensors()>& true_fn, const std::function<Tensors()>& false_fn,
             const std::string& name = "cond");
inline Tensor cond(const Tensor& pred, const std::function<Tensor()>& true_fn, const std::function<Tensor()>& false_fn,
                   const std::string& name = "cond") {
  return cond(
      pred, [&] { return Tensors{true_fn()}; }, [&] { return Tensors{false_fn()}; }, name)[0];
}

/// Repeats `body` on the loop variables while `condition` (a bool scalar) holds. There is no gradient through a loop.
/// What the functions take from outside is computed before the loop. **See**: `tf.compat.v1.while_loop`.
Tensors while_loop(const std::function<Tensor(const Tensors&)>& condition,
                   const std::function<Tensors(const Tensors&)>& body, const Tensors& loop_vars,
                   const std::string& name = "while");

/// Gradients of the sum of the `ys` for each of the `xs`: of variables and of any tensors; undefined where no y depends
/// on x. **See**: `tf.compat.v1.gradients`.
Tensors gradients(const Tensors& ys, const Tensors& xs, const Tensors& grad_ys = {},
                  const std::string& name = "gradients");

}  // namespace cornu::v1
