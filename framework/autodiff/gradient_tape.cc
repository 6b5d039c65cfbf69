#include "framework/autodiff/gradient_tape.h"

#include "framework/gradients.h"

namespace cornu {

Tensors GradientTape::gradient(const Tensor& target, const Tensors& sources) const {
  // The reverse pass is of interest to the tapes around this one only.
  const RecordingScope::Pause pause;
  return gradients({target}, sources);
}

Tensors GradientTape::gradient(const Tensor& target, const Variables& sources) const {
  return gradient(target, Tensors(sources.begin(), sources.end()));
}

}  // namespace cornu
