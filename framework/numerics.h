#pragma once

#include <string>

namespace cornu {

/// How exactly float32 products are computed: "fast", the default, "exact" or "tf32".
///
/// "fast" lets a convolution on the CPU use an algorithm with fewer multiplications, whose largest error in relation to
/// the largest output is about twice that of adding up products: 2.5e-6 where that has 1.4e-6, for random sums of 1,152
/// products. "exact" only adds up products. Both compute in float32 throughout. "tf32" is "fast" on the CPU; on an
/// NVIDIA card products and convolutions round their factors to TF32, which has 10 bits behind the point, and add up in
/// float32.
std::string float32_precision();

/// Sets it for the whole process; models that were compiled before are compiled anew at their next use.
/// **Throws** InvalidArgument for another name.
void set_float32_precision(const std::string& precision);

/// Whether results are the same to the last bit for every number of threads. At first they are not: some gradients of
/// weights are summed in as many parts as there are threads.
bool is_deterministic();

/// Sets it for the whole process; models that were compiled before are compiled anew at their next use. It is about the
/// number of threads on one machine: another machine may have other instructions. docs/performance.md says what it
/// costs. **See**: `tf.config.experimental.enable_op_determinism`, `torch.use_deterministic_algorithms`.
void set_deterministic(bool deterministic);

/// All of it, for what has to be compiled anew when one changes.
struct NumericSettings {
  bool exact = false;
  bool tf32 = false;
  bool deterministic = false;
  bool operator==(const NumericSettings&) const = default;
};
NumericSettings numeric_settings();

}  // namespace cornu
