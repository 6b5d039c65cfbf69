#pragma once

#include <cstdint>
#include <string>

#include "framework/backends/sequence_activation.h"
#include "framework/kernel.h"
#include "framework/ops/recurrence.h"

namespace cornu {

inline SequenceActivation sequence_activation_of(const std::string& name) {
  if (name == "tanh") return SequenceActivation::kTanh;
  if (name == "sigmoid") return SequenceActivation::kSigmoid;
  if (name == "relu") return SequenceActivation::kRelu;
  if (name == "hard_sigmoid") return SequenceActivation::kHardSigmoid;
  return SequenceActivation::kLinear;
}

/// The settings of a recurrence, or of its gradient, as its kernels read them.
struct RecurrenceSettings {
  /// `gates`: the tensor of shape (time, batch, ...) that says how many steps and examples there are.
  RecurrenceSettings(const Attributes& attributes, const TensorSpec& gates, const TensorSpec& recurrent_kernel)
      : time(gates.shape[0]),
        batch(gates.shape[1]),
        units(recurrent_kernel.shape[0]),
        activation(sequence_activation_of(attributes.string("activation"))),
        recurrent_activation(sequence_activation_of(attributes.string("recurrent_activation"))),
        return_sequences(attributes.flag("return_sequences")),
        zero_output_for_mask(attributes.flag("zero_output_for_mask")),
        has_mask(attributes.flag("has_mask")),
        inputs(attributes) {}

  std::int64_t time;
  std::int64_t batch;
  std::int64_t units;
  SequenceActivation activation;
  SequenceActivation recurrent_activation;
  bool return_sequences;
  bool zero_output_for_mask;
  bool has_mask;
  ops::RecurrenceInputs inputs;

  /// Where the output of a step, or the gradient that arrives for it, lies in memory.
  std::int64_t output_offset(std::int64_t step, std::int64_t example) const {
    return return_sequences ? (example * time + step) * units : example * units;
  }
  /// Whether a step has an output of its own: all of them, or the last one.
  bool has_output(std::int64_t step) const { return return_sequences || step + 1 == time; }
};

/// Whether the example's step is not masked; `mask` is (batch, time) or null.
inline bool is_active(const RecurrenceSettings& settings, const bool* mask, std::int64_t step, std::int64_t example) {
  return mask == nullptr || mask[example * settings.time + step];
}

/// Whether the output of a step is a state: that of the step itself or, masked, of an earlier one; otherwise it is 0.
inline bool shows_state(const RecurrenceSettings& settings, const bool* mask, std::int64_t step, std::int64_t example) {
  if (is_active(settings, mask, step, example)) return true;
  if (settings.zero_output_for_mask) return false;
  for (std::int64_t s = step; s-- > 0;) {
    if (is_active(settings, mask, s, example)) return true;
  }
  return false;
}

}  // namespace cornu
