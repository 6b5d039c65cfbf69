#pragma once

#include "framework/ops/recurrence.h"

namespace cornu::ops {

/// Gated recurrent unit over a whole sequence, with Keras' order of gates.
///
///   z, r = rec(split(x_t · kernel + bias + h_{t-1} · recurrent_kernel + recurrent_bias)) for the first two gates
///   h~ = act(x_t · kernel + bias + r * (h_{t-1} · recurrent_kernel + recurrent_bias)) for the third with reset_after,
///   h~ = act(x_t · kernel + bias + (r * h_{t-1}) · recurrent_kernel) without
///   h_t = z * h_{t-1} + (1 - z) * h~
///
/// With reset_after the bias is `(2, 3 * units)`, its second row the recurrent one; without it is `(3 * units,)`.
/// **Output**: h of each step or of the last; state h. **Throws** ShapeError, InvalidArgument.
/// **See**: Cho et al. 2014; `keras.layers.GRU`.
SequenceOutputs gru(const SequenceInputs& inputs, const SequenceOptions& options = {});

}  // namespace cornu::ops
