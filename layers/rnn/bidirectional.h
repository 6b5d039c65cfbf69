#pragma once

#include <optional>

#include "layers/rnn/rnn.h"

namespace cornu::layers {

/// Options of Bidirectional, in Keras' order.
struct BidirectionalOptions {
  /// How the outputs of both directions become one: "sum", "mul", "concat" or "ave"; nothing leaves them two.
  std::optional<std::string> merge_mode = "concat";
  AnyLayer backward_layer = {};  ///< for the other direction; like the first one by default
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class BidirectionalLayer;

/// Runs a recurrent layer over a sequence in both directions.
///
/// Both directions are new layers of the given one's configuration, with weights of their own, called
/// `forward_NAME` and `backward_NAME`. Where sequences are returned, masked steps give zeros.
/// **Inputs**: those of the layer; of the initial states the first half is for the forward direction.
/// **Output**: `(batch, [time,] 2 * units)` with "concat", `(batch, [time,] units)` otherwise, twice without
/// merge_mode; with return_state followed by the states of both.
/// **Throws** InvalidArgument for an unknown merge mode or layers that do not fit one another.
/// **See**: Schuster and Paliwal 1997; `keras.layers.Bidirectional`.
class Bidirectional : public Shared<BidirectionalLayer> {
 public:
  explicit Bidirectional(const AnyLayer& layer, const BidirectionalOptions& options = {});
};

/// Body of Bidirectional.
class BidirectionalLayer : public Layer {
 public:
  BidirectionalLayer(const AnyLayer& layer, const BidirectionalOptions& options);
  Config config() const override;
  /// **Throws** StateError unless the layers are stateful.
  void reset_state() override;

  RNNLayer& forward_layer() const { return static_cast<RNNLayer&>(*forward_); }
  RNNLayer& backward_layer() const { return static_cast<RNNLayer&>(*backward_); }

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;
  Tensors compute_mask(const Inputs& inputs, const Tensors& masks) override;

 private:
  AnyLayer forward_;
  AnyLayer backward_;
  std::optional<std::string> merge_mode_;
};

}  // namespace cornu::layers
