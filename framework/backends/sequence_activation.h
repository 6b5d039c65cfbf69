#pragma once

namespace cornu {

/// Activations of recurrences (`ops::is_sequence_activation`) as kernels tell them apart.
enum class SequenceActivation { kLinear, kTanh, kSigmoid, kRelu, kHardSigmoid };

}  // namespace cornu
