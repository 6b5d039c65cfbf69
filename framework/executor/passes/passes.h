#pragma once

#include "framework/executor/ir/ir.h"

namespace cornu {

/// The passes of the compiler, in the order in which a Program runs them. Each leaves the results as they are.

/// Removes nodes whose outputs nobody uses.
void prune(Ir& ir);

/// Computes nodes whose inputs are all constants (or that only look at shapes) now instead of in every run.
void fold_constants(Ir& ir);

/// Removes arithmetic without effect: x * 1, x + 0, casts to the same dtype, broadcasts before elementwise operations,
/// reshapes of reshapes.
void simplify(Ir& ir);

/// Merges nodes that compute the same from the same.
void merge_common_subexpressions(Ir& ir);

/// Lets matrix products read and write transposed matrices instead of copying them in another order.
void absorb_transposes(Ir& ir);

/// Computes in float32 what is written in bfloat16, but for products that have kernels for it: values are rounded to
/// bfloat16 where such a product, a move or the outside reads them, and not in between.
void widen_low_precision(Ir& ir);

/// Lets the gradient of a max pooling take factors that follow from the pooled values, such as the mask of a relu
/// before the pooling, where there is one element for each window and not one for each element of the windows.
void shrink_pool_gradients(Ir& ir);

/// Lets a max pooling note which element of each window was the greatest, where its gradient alone would keep all
/// elements until then.
void keep_pool_winners(Ir& ir);

/// Multiplies a scale and adds a shift, one value a channel, into the weights and the bias of the convolution or
/// product before: what batch normalization is in inference.
void fold_channel_scales(Ir& ir);

/// For cards: gives convolutions their kernels as (filters, window..., channels), as cuDNN has them, and takes
/// gradients of kernels so; the transposes between that and Keras' layout are nodes of their own.
void lay_out_filters(Ir& ir);

/// Moves what follows from weights alone into the prologue, which runs only when a weight has changed.
void hoist_weights(Ir& ir);

/// Joins the gradients of a convolution's kernel and bias, which read the same memory; on cards those of a dense layer
/// too.
void merge_bias_gradients(Ir& ir);

/// Puts a bias and an activation behind a matmul or convolution into its kernel.
void fuse_post_operations(Ir& ir);

/// Parts batch normalization in training, and its gradient, into sums over all rows and elementwise arithmetic, which
/// can then join what follows: the activation, a shortcut's sum.
void split_batch_norm(Ir& ir);

/// Lets a chain of elementwise operations compute again, from inputs it has or can get, what another chain would have
/// to write to memory for it: what is cheaper to make twice than to keep, such as the parts of an activation's
/// gradient.
void recompute_elementwise(Ir& ir);

/// Joins chains of elementwise operations into one node, which runs them block by block in cache.
void fuse_elementwise(Ir& ir);

/// Lets chains compute again what would otherwise live through the point where a program holds most, when what they
/// need for it is there: the mask of a relu from its result, an activation in the chain of its gradient.
void recompute_at_peak(Ir& ir);

/// For cards: joins transposes of matrices into two nodes, each one launch: those of what is there from the beginning,
/// and those whose results nobody reads before the last of them, the gradients of kernels.
void group_transposes(Ir& ir);

/// For cards: joins the chains that compute new values of variables alike, the optimizer's, into one node, which is one
/// launch.
void group_updates(Ir& ir);

/// Orders nodes so that a variable is read by all before the node that computes its new value, which can then write in
/// place.
void order_updates(Ir& ir);

}  // namespace cornu
