#pragma once

#include <functional>

#include "layers/axis_argument.h"
#include "layers/shared.h"

namespace cornu::layers {

/// Options of Normalization, in Keras' order.
struct NormalizationOptions {
  AxisArgument axis = -1;  ///< axes that have a mean and variance of their own; `{}` for one of everything
  Tensor mean = {};        ///< known statistics instead of adapted ones; both or none,
  Tensor variance = {};    ///< scalars or the sizes of the axes
  bool invert = false;     ///< turn normalised values back: `x * sqrt(variance) + mean`
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class NormalizationLayer;

/// Shifts and scales features to mean 0 and variance 1, by statistics that are given or taken from data with `adapt`:
/// `(x - mean) / sqrt(variance)`.
///
/// **Inputs**: any shape, sizes of the axes known. **Output**: the same shape. **Weights**, unless statistics are
/// given: mean and variance, of the sizes of the axes, and count, an int64 scalar; none is trained.
/// **Throws** InvalidArgument for one statistic without the other or of different shapes, ShapeError for axes outside
/// the input. **See**: `keras.layers.Normalization`.
/// ```cpp
/// Normalization normalize;
/// normalize->adapt(x_train);
/// ```
class Normalization : public Shared<NormalizationLayer> {
 public:
  explicit Normalization(const NormalizationOptions& options = {});
};

/// Body of Normalization.
class NormalizationLayer : public Layer {
 public:
  explicit NormalizationLayer(const NormalizationOptions& options);
  Config config() const override;

  /// Takes mean and variance from the data, replacing older ones; builds the layer if need be.
  /// **Throws** StateError for a layer whose statistics were given, ShapeError for data of other sizes along the axes.
  void adapt(const Tensor& data);
  /// The same for data in batches, of which one is in memory at a time: `next` gives them, an undefined tensor at the
  /// end.
  void adapt(const std::function<Tensor()>& next);

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  Tensor statistic(const Tensor& given, const Variable& adapted, const Shape& input) const;
  std::vector<std::int64_t> reduced_axes(const Shape& shape) const;

  NormalizationOptions options_;
  std::vector<std::int64_t> axes_;  // ascending, set when built
  Shape sizes_;                     // along the axes
  Variable mean_;
  Variable variance_;
};

}  // namespace cornu::layers
