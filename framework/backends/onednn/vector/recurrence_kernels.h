#pragma once

#include <cstdint>

#include "framework/backends/onednn/vector/isa.h"
#include "framework/backends/sequence_activation.h"

namespace cornu::onednn {

/// A matrix of float32 rearranged for the products of a recurrence: in panels of `vectors` times `lanes` columns, and
/// in each panel row by row, so that a panel is read from one end to the other.
struct PackedMatrix {
  const float* values;
  std::int64_t depth;  ///< rows
};

/// What the forward and the backward pass of all recurrences know. Of examples it is told which to work on, since each
/// is independent of the others: threads share them out and never wait for one another.
struct RecurrenceTask {
  std::int64_t time;
  std::int64_t batch;
  std::int64_t units;
  SequenceActivation activation;
  SequenceActivation recurrent_activation;
  bool return_sequences;
  bool zero_output_for_mask;
  const bool* mask;  ///< (batch, time), or null
};

struct ForwardTask : RecurrenceTask {
  const float* z;           ///< (time, batch, gates * units)
  PackedMatrix kernel[2];   ///< the recurrent kernel; of a GRU without reset_after in two parts
  const float* bias;        ///< of the recurrent product, or null
  const float* initial[2];  ///< each (batch, units), or null
  float* output;
  float* last[2];
  float* before[2];  ///< states before each step, each (time, batch, units)
  float* gates;
};

struct BackwardTask : RecurrenceTask {
  const float* output_gradient;
  const float* state_gradient[2];
  PackedMatrix kernel[2];  ///< the transposed recurrent kernel
  const float* end_c;
  const float* before;  ///< states before each step: c of an LSTM, h of a GRU
  const float* gates;
  float* dz;
  float* dp;    ///< gradient of the product with the recurrent kernel, where it is not that of z
  float* d[2];  ///< gradients of the initial states; on the way those of the current ones
  float* dq;    ///< (batch, units), for a GRU without reset_after
};

/// Both passes over the examples [first, last).
struct CellKernels {
  void (*forward)(const ForwardTask& task, std::int64_t first, std::int64_t last);
  void (*backward)(const BackwardTask& task, std::int64_t first, std::int64_t last);
};

struct RecurrenceKernels {
  std::int64_t lanes;
  CellKernels simple_rnn;
  CellKernels lstm;
  CellKernels gru_reset_after;
  CellKernels gru_reset_before;
};

CORNU_DECLARE_ISA_TABLE(RecurrenceKernels, recurrence_kernels)

}  // namespace cornu::onednn
