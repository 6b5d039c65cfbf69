#pragma once

#include <vector>

#include "framework/graph/recording.h"
#include "framework/variable.h"

namespace cornu {

/// Records what is computed while it lives, so that gradients can be taken of values.
///
/// Every tensor and every variable is watched. Tapes nest: what an inner tape computes to get its gradients is recorded
/// by the outer one, which gives second derivatives. In a traced function (a model's `train_step`) it works on symbols.
///
/// ```cpp
/// GradientTape tape;
/// Tensor loss = ops::mean(ops::square(model(x) - y));
/// for (auto& gradient : tape.gradient(loss, model.trainable_variables())) ...
/// ```
/// **See**: `tf.GradientTape`; here it may be asked several times.
class GradientTape {
 public:
  /// Gradient of the sum of `target` for each source, undefined where the target does not depend on it.
  Tensors gradient(const Tensor& target, const Tensors& sources) const;
  Tensors gradient(const Tensor& target, const Variables& sources) const;
  Tensor gradient(const Tensor& target, const Tensor& source) const { return gradient(target, Tensors{source})[0]; }

 private:
  RecordingScope recording_;
};

}  // namespace cornu
