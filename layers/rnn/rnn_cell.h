#pragma once

#include <cstdint>
#include <vector>

#include "layers/shared.h"

namespace cornu::layers {

/// Base of all cells: what `RNN` applies to one step of a sequence after the other.
///
/// A cell is called with the step's input and its states, and returns its output and the states after it:
/// `cell({x, h, c})` gives `{output, h, c}`. Derive from it for a cell of one's own.
///
/// ```cpp
/// class MinimalCellLayer : public RNNCellLayer {
///  public:
///   explicit MinimalCellLayer(std::int64_t units) : RNNCellLayer({.name = "minimal_cell"}), units_(units) {}
///   std::vector<std::int64_t> state_sizes() const override { return {units_}; }
///  protected:
///   void build(const Shapes& inputs) override {
///     kernel_ = add_weight("kernel", {inputs[0].back(), units_});
///     recurrent_kernel_ = add_weight("recurrent_kernel", {units_, units_});
///   }
///   Outputs call(const Inputs& x, const CallContext&) override {
///     const Tensor h = ops::matmul(x[0], kernel_) + ops::matmul(x[1], recurrent_kernel_);
///     return Tensors{h, h};
///   }
///  private:
///   std::int64_t units_;
///   Variable kernel_, recurrent_kernel_;
/// };
/// RNN layer(Shared<MinimalCellLayer>(32));
/// ```
/// **See**: the cells of `keras.layers.RNN`.
class RNNCellLayer : public Layer {
 public:
  using Layer::Layer;

  /// Sizes of the states, one for each.
  virtual std::vector<std::int64_t> state_sizes() const = 0;
  /// Size of the output; that of the first state by default.
  virtual std::int64_t output_size() const { return state_sizes().at(0); }

  /// States to begin with for that batch, given the input of the first step `(batch, ...)`: zeros by default.
  virtual Tensors initial_states(const Tensor& first_input) const;

  /// Called before the first and after the last step of a sequence: what is drawn once for all steps, such as dropout
  /// masks, is kept in between.
  virtual void begin_sequence() {}
  virtual void end_sequence() {}
};

/// A sequence of steps of a cell, from construction to destruction.
class CellSequence {
 public:
  explicit CellSequence(RNNCellLayer& cell) : cell_(cell) { cell_.begin_sequence(); }
  CellSequence(const CellSequence&) = delete;
  CellSequence& operator=(const CellSequence&) = delete;
  ~CellSequence() { cell_.end_sequence(); }

 private:
  RNNCellLayer& cell_;
};

}  // namespace cornu::layers
