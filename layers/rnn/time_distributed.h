#pragma once

#include "layers/shared.h"

namespace cornu::layers {

/// Options of TimeDistributed.
struct TimeDistributedOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class TimeDistributedLayer;

/// Applies a layer to every step of a sequence, with the same weights.
///
/// **Inputs**: `(batch, time, ...)`; a mask `(batch, time, ...)` goes to the layer step by step.
/// **Output**: `(batch, time, ...)`. **Throws** ShapeError for fewer than 3 dimensions or a mask that does not fit.
/// **See**: `keras.layers.TimeDistributed`.
class TimeDistributed : public Shared<TimeDistributedLayer> {
 public:
  explicit TimeDistributed(const AnyLayer& layer, const TimeDistributedOptions& options = {});
};

/// Body of TimeDistributed.
class TimeDistributedLayer : public Layer {
 public:
  TimeDistributedLayer(const AnyLayer& layer, const TimeDistributedOptions& options);
  Config config() const override;
  const AnyLayer& layer() const { return layer_; }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  void check_rank(const Shape& shape) const;
  void check_mask(const Shape& mask, const Shape& input) const;
  /// Whether one call on all steps gives what a call for each would: not where calls change something or draw numbers.
  bool steps_are_independent(bool training) const;

  AnyLayer layer_;
};

}  // namespace cornu::layers
