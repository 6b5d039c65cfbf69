#include "apps/cli/made_up_data.h"

#include <algorithm>
#include <array>
#include <string>

#include "apps/cli/index_bounds.h"
#include "apps/measurement/numbers.h"
#include "framework/config.h"
#include "framework/error.h"
#include "framework/ops/cast.h"
#include "framework/ops/range.h"

namespace cornu::cli {
namespace {

constexpr std::int64_t kBatchSize = 32;
constexpr std::int64_t kIntegers = 10;

// Losses whose targets are distributions over an axis of classes; one class of several is one.
constexpr std::array kOverClasses = {"CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge",
                                     "KLDivergence"};
// Losses of answers that are each yes or no.
constexpr std::array kOfBits = {
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge", "Contrastive", "Dice", "Tversky"};

template <std::size_t N> bool contains(const std::array<const char*, N>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Tensor made_up_target(std::size_t number, const TensorSpec& output, const Loss& loss) {
  const std::uint64_t stream = measurement::kTargetStream + number;
  const std::string kind = loss.defined() ? loss.body().class_name() : "";
  const bool takes_labels = loss.defined() && loss.body().takes_labels();
  if (contains(kOfBits, kind)) return ops::cast(measurement::integers(stream, output.shape, 2), float32);
  if (!takes_labels && !contains(kOverClasses, kind)) return measurement::floats(stream, output.shape);

  if (output.shape.rank() < 2) {
    throw ShapeError("bench: expected an output with an axis of classes for " + kind + "; output " +
                     std::to_string(number) + " has shape " + output.shape.to_string());
  }
  const std::int64_t axis = output.shape.checked_axis(loss.body().config().get_int("axis", -1));
  const Shape labels = output.shape.slice(0, axis).concatenated(output.shape.slice(axis + 1));
  const std::int64_t classes = output.shape[axis];
  const Tensor label = measurement::integers(stream, labels, classes);
  return takes_labels ? label : ops::one_hot(label, classes, {.axis = axis});
}

}  // namespace

Shapes batch_shapes(const ModelLayer& model, const BatchSettings& settings) {
  const TensorSpecs specs = model.input_specs();
  const std::string who = "bench: model '" + model.name() + "'";
  if (specs.empty()) throw StateError(who + " says nothing of the shapes of its inputs", model.name());
  if (!settings.samples.empty() && settings.samples.size() != specs.size()) {
    throw InvalidArgument(who + " has " + std::to_string(specs.size()) + " inputs; got the shapes of " +
                          std::to_string(settings.samples.size()));
  }
  Shapes shapes;
  for (std::size_t i = 0; i < specs.size(); ++i) {
    Shape shape = specs[i].shape;
    if (!shape.has_rank() || shape.empty()) {
      throw InvalidArgument(who + ": expected inputs with a batch and a known number of axes; got " +
                            shape.to_string() + " as input " + std::to_string(i));
    }
    if (shape[0] == kUnknown) shape[0] = settings.batch_size.value_or(kBatchSize);
    if (settings.batch_size && shape[0] != *settings.batch_size) {
      throw InvalidArgument(who + " was made for batches of " + std::to_string(shape[0]) + "; got " +
                            std::to_string(*settings.batch_size));
    }
    if (!settings.samples.empty()) {
      const Shape given = Shape{shape[0]}.concatenated(settings.samples[i]);
      if (!given.is_compatible_with(shape)) {
        throw InvalidArgument(who + ": expected samples of shape " + shape.slice(1).to_string() + " for input " +
                              std::to_string(i) + "; got " + settings.samples[i].to_string());
      }
      shape = given;
    }
    for (std::int64_t axis = 1; axis < shape.rank(); ++axis) {
      if (shape[axis] == kUnknown) shape[axis] = settings.unknown_size;
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

Tensors made_up_inputs(const ModelLayer& model, const Shapes& shapes) {
  const TensorSpecs specs = model.input_specs();
  const std::vector<std::optional<std::int64_t>> bounds = index_bounds(model);
  Tensors inputs;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const DType dtype = specs[i].dtype;
    const std::uint64_t stream = measurement::kInputStream + i;
    Tensor values;
    if (bounds[i]) {
      values = measurement::integers(stream, shapes[i], *bounds[i]);
    } else if (dtype == boolean) {
      values = measurement::integers(stream, shapes[i], 2);
    } else if (is_integer(dtype)) {
      values = measurement::integers(stream, shapes[i], kIntegers);
    } else {
      values = measurement::floats(stream, shapes[i]);
    }
    inputs.push_back(ops::cast(values, dtype));
  }
  return inputs;
}

Tensors made_up_targets(const TensorSpecs& outputs, const std::vector<Loss>& losses) {
  Tensors targets;
  for (std::size_t i = 0; i < outputs.size(); ++i) targets.push_back(made_up_target(i, outputs[i], losses.at(i)));
  return targets;
}

}  // namespace cornu::cli
