#pragma once

#include <string>
#include <vector>

#include "layers/shared.h"
#include "tests/support/message_of.h"

namespace cornu::test {

/// What `check_layer` is told about a layer.
struct LayerExpectation {
  /// Shapes of the inputs, with a batch; two inputs or more are given as a list.
  Shapes input_shapes = {};
  /// Shapes of the outputs.
  Shapes output_shapes = {};
  /// Names of all weights, in the order of `weights()`: trainable first.
  std::vector<std::string> weights = {};
  /// How many of them are trainable; all by default.
  std::int64_t num_trainable = kUnknown;
  /// How many seed generators the layer has.
  std::int64_t num_seed_states = 0;
  /// Whether masks pass through.
  bool supports_masking = false;
  /// Values for the inputs, such as indices; uniform float32 values in [-1, 1) by default.
  Tensors inputs = {};
  /// Further arguments of the calls.
  CallOptions call = {};
  /// Of the step of gradient descent that has to lower the loss.
  double learning_rate = 0.01;
  /// Whether the layer can be made from its configuration (not so for what holds a function).
  bool has_config = true;
  /// Whether its output is floating and gradients reach its weights and floating inputs.
  bool has_gradient = true;
  /// Whether it computes in the dtype of its policy (not so for layers that pass integers on).
  bool follows_policy = true;
  /// Whether the sizes of the output, batch aside, are known before it runs.
  bool shape_is_static = true;
};

/// Checks what every layer promises, each failure by a Boost.Test message that says which promise:
///
/// - its configuration makes a layer of the same class and configuration;
/// - its weights have the expected names, order and trainability, and a second call adds none;
/// - shapes computed on symbols, with an unknown batch too, are those of computed values;
/// - inference is repeatable; training mode gives finite values of the same shape;
/// - gradients of a loss reach every trainable weight and are finite, and a step against them lowers the loss;
/// - under a float64 or mixed_bfloat16 policy the outputs have the compute dtype.
///
/// `layer` is not built yet.
void check_layer(const AnyLayer& layer, const LayerExpectation& expected);

/// `values` as a float32 tensor.
Tensor floats(const std::vector<float>& values, const Shape& shape);

/// The elements of a tensor of any dtype, for comparisons per element.
std::vector<double> values_of(const Tensor& tensor);

}  // namespace cornu::test
