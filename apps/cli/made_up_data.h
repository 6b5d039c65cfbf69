#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/tensor.h"
#include "models/model.h"
#include "models/training/losses/loss.h"

namespace cornu::cli {

/// What a model leaves open about its inputs.
struct BatchSettings {
  std::optional<std::int64_t> batch_size = {};  ///< 32 if not given, or what the model was made for
  std::int64_t unknown_size = 64;               ///< stands for each other dimension that the model leaves open
  std::vector<Shape> samples = {};              ///< shapes of one sample of each input; none: as the model says
};

/// Shapes of one batch of each input.
/// **Throws** InvalidArgument for settings that do not fit the model, StateError where it says nothing of its inputs.
Shapes batch_shapes(const ModelLayer& model, const BatchSettings& settings);

/// A batch of those shapes: indices that all tables hold where an input selects from tables, else numbers in [0, 1), of
/// an integer dtype below 10.
Tensors made_up_inputs(const ModelLayer& model, const Shapes& shapes);

/// Targets for outputs of those specs that their losses can digest: class numbers, one class of several, zeros and
/// ones, or numbers in [0, 1). An undefined loss stands for none.
/// **Throws** ShapeError where the loss needs an axis of classes that the output lacks.
Tensors made_up_targets(const TensorSpecs& outputs, const std::vector<Loss>& losses);

}  // namespace cornu::cli
