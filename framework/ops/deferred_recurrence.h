#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/ops/recurrence.h"

namespace cornu::ops {

/// Stands for the steps of a cell over a sequence whose length is not known yet, so that a model can be put together
/// and shapes be found. It cannot run: when the length is known, the steps are traced instead.
///
/// **Inputs**: x `(batch, None, ...)`. **Output**: as of a recurrence with these sizes.
/// **Throws** Unsupported, naming `who`, when a graph with it is run.
SequenceOutputs deferred_recurrence(const Tensor& x, std::int64_t output_size,
                                    const std::vector<std::int64_t>& state_sizes, bool return_sequences, DType dtype,
                                    const std::string& who);

}  // namespace cornu::ops
