#pragma once

#include "layers/rnn/rnn_cell.h"

namespace cornu::layers {

/// Options of StackedRNNCells.
struct StackedRNNCellsOptions {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
};

class StackedRNNCellsLayer;

/// Several cells as one: each takes the output of the one before.
///
/// **Inputs**: `{x, states...}`, the states of all cells one after the other. **Outputs**: the last cell's output and
/// all states after it. **Throws** InvalidArgument for a layer that is no cell. **See**:
/// `keras.layers.StackedRNNCells`.
class StackedRNNCells : public Shared<StackedRNNCellsLayer> {
 public:
  explicit StackedRNNCells(const std::vector<AnyLayer>& cells, const StackedRNNCellsOptions& options = {});
};

/// Body of StackedRNNCells.
class StackedRNNCellsLayer : public RNNCellLayer {
 public:
  StackedRNNCellsLayer(const std::vector<AnyLayer>& cells, const StackedRNNCellsOptions& options);
  Config config() const override;
  std::vector<std::int64_t> state_sizes() const override;
  std::int64_t output_size() const override;
  Tensors initial_states(const Tensor& first_input) const override;
  void begin_sequence() override;
  void end_sequence() override;

 protected:
  void build(const Shapes& inputs) override;
  Outputs call(const Inputs& inputs, const CallContext& context) override;

 private:
  RNNCellLayer& cell(std::size_t i) const { return static_cast<RNNCellLayer&>(*cells_[i]); }

  LayerList cells_;
};

}  // namespace cornu::layers
