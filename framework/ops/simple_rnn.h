#pragma once

#include "framework/ops/recurrence.h"

namespace cornu::ops {

/// The fully connected recurrent layer over a whole sequence: `h_t = act(x_t · kernel + bias + h_{t-1} ·
/// recurrent_kernel)`.
///
/// **Output**: h of each step or of the last; state h. **Throws** ShapeError, InvalidArgument.
/// **See**: `keras.layers.SimpleRNN`.
SequenceOutputs simple_rnn(const SequenceInputs& inputs, const SequenceOptions& options = {});

}  // namespace cornu::ops
