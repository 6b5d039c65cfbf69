#pragma once

#include <optional>
#include <string>

#include "framework/ops/recurrence.h"
#include "layers/activations/activation_function.h"
#include "layers/rnn/rnn_cell.h"

namespace cornu::layers {

/// The options that SimpleRNNCell, LSTMCell and GRUCell share, in one form. A simple RNN has no recurrent activation.
struct RNNCellSettings {
  std::int64_t units = 0;
  std::int64_t num_gates = 1;
  ActivationFunction activation;
  std::optional<ActivationFunction> recurrent_activation;
  bool use_bias = true;
  Initializer kernel_initializer;
  Initializer recurrent_initializer;
  Initializer bias_initializer;
  Regularizer kernel_regularizer;
  Regularizer recurrent_regularizer;
  Regularizer bias_regularizer;
  Constraint kernel_constraint;
  Constraint recurrent_constraint;
  Constraint bias_constraint;
  double dropout = 0.0;
  double recurrent_dropout = 0.0;
  std::optional<std::int64_t> seed;
  std::int64_t implementation = 2;
  LayerSettings layer;
};

/// What SimpleRNNCell, LSTMCell and GRUCell have in common: a kernel, a recurrent kernel and a bias, and dropout of
/// inputs and states with masks that are the same for all steps.
class BaseRNNCellLayer : public RNNCellLayer {
 public:
  BaseRNNCellLayer(const std::string& class_name, RNNCellSettings settings);

  Config config() const override;
  std::vector<std::int64_t> state_sizes() const override { return {units()}; }
  std::int64_t output_size() const override { return units(); }
  void begin_sequence() override;
  void end_sequence() override;

  std::int64_t units() const { return settings_.units; }
  const RNNCellSettings& settings() const { return settings_; }
  const Variable& kernel() const { return kernel_; }
  const Variable& recurrent_kernel() const { return recurrent_kernel_; }
  const Variable& bias() const { return bias_; }

  /// Whether an operation on whole sequences computes the same as the steps of this cell.
  bool has_sequence_operation(bool training) const;
  /// Weights, and the sequence with its dropout, as that operation takes them.
  ops::SequenceInputs sequence_inputs(const Tensor& x, bool training);

 protected:
  void build(const Shapes& inputs) override;
  virtual Shape bias_shape() const { return {settings_.num_gates * settings_.units}; }
  virtual Initializer bias_initializer() const { return settings_.bias_initializer; }

  /// One mask for all gates, or one for each where the recurrent state is dropped too.
  bool has_mask_per_gate() const { return settings_.num_gates > 1 && settings_.implementation == 1; }
  /// x times the mask of that gate, in training.
  Tensor dropped_input(const Tensor& x, std::size_t gate, bool training);
  Tensor dropped_state(const Tensor& h, std::size_t gate, bool training);
  bool drops_input(bool training) const;
  bool drops_state(bool training) const;

  /// x · kernel + bias, with the inputs' dropout.
  Tensor input_product(const Tensor& x, const Tensor& bias, bool training);
  /// h · recurrent kernel for gates [first, last), with the states' dropout.
  Tensor recurrent_product(const Tensor& h, std::int64_t first, std::int64_t last, bool training);

  Tensor bias_value() const { return bias_.defined() ? compute_value(bias_) : Tensor(); }

 private:
  Tensor product_by_gates(const Tensor& x, const Tensor& kernel, std::int64_t first, std::int64_t last,
                          bool dropped_per_gate, const std::function<Tensor(std::size_t)>& dropped) const;
  Tensors make_masks(const Tensor& like, double rate, std::int64_t count);

  RNNCellSettings settings_;
  Variable kernel_;
  Variable recurrent_kernel_;
  Variable bias_;
  bool in_sequence_ = false;
  Tensors input_masks_;
  Tensors state_masks_;
};

}  // namespace cornu::layers
