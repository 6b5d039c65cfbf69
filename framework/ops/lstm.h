#pragma once

#include "framework/ops/recurrence.h"

namespace cornu::ops {

/// Long short-term memory over a whole sequence, with Keras' order of gates.
///
///   i, f, c~, o = split(x_t · kernel + h_{t-1} · recurrent_kernel + bias)
///   c_t = rec(f) * c_{t-1} + rec(i) * act(c~),  h_t = rec(o) * act(c_t)
///
/// with `act` the activation and `rec` the recurrent one. A masked step leaves h and c as they were.
/// **Output**: h of each step or of the last; states h, c. **Throws** ShapeError, InvalidArgument.
/// **See**: Hochreiter and Schmidhuber 1997; `keras.layers.LSTM`.
SequenceOutputs lstm(const SequenceInputs& inputs, const SequenceOptions& options = {});

}  // namespace cornu::ops
