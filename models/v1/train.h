#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/v1/graph.h"
#include "models/v1/session.h"
#include "models/v1/variable.h"

/// Training under TensorFlow's names. **See**: `tf.compat.v1.train`.
namespace cornu::v1::train {

using GradientsAndVariables = std::vector<std::pair<Tensor, Variable>>;

struct MinimizeOptions {
  std::optional<Variable> global_step = {};
  Variables var_list = {};  ///< TRAINABLE_VARIABLES by default; trainable or not
  std::string name = {};
};

/// What all optimizers do: gradients of a loss, and operations that move variables by them.
class Optimizer {
 public:
  virtual ~Optimizer();

  /// The gradients for TRAINABLE_VARIABLES, or for the variables of the list; undefined where the loss does not depend
  /// on one. **Throws** ValueError when there is nothing to optimize.
  GradientsAndVariables compute_gradients(const Tensor& loss, const Variables& var_list = {}) const;

  /// The operation that applies them, called by the optimizer's name. **Throws** ValueError without any gradient.
  Operation apply_gradients(const GradientsAndVariables& gradients, const std::optional<Variable>& global_step = {},
                            const std::string& name = {}) const;

  /// Both. A loss fetched together with the operation is that of before the update.
  Operation minimize(const Tensor& loss, const MinimizeOptions& options = {}) const;

 protected:
  Optimizer(std::string name, Tensor learning_rate)
      : name_(std::move(name)), learning_rate_(std::move(learning_rate)) {}

  struct Step;
  /// Makes the optimizer's own variables, in the variable scope in force.
  virtual void create_slots(Step&, const GradientsAndVariables&) const {}
  /// Makes what all updates share, under the optimizer's name scope.
  virtual void prepare(Step& step) const = 0;
  virtual const OperationRecord& apply(Step& step, const Variable& variable, const Tensor& gradient) const = 0;
  virtual std::vector<const OperationRecord*> finish(Step&, const std::vector<const OperationRecord*>&) const {
    return {};
  }

  const std::string& default_name() const { return name_; }
  const Tensor& learning_rate() const { return learning_rate_; }

 private:
  std::string name_;
  Tensor learning_rate_;
};

/// `w -= learning_rate · g`
class GradientDescentOptimizer final : public Optimizer {
 public:
  explicit GradientDescentOptimizer(const Tensor& learning_rate, const std::string& name = "GradientDescent")
      : Optimizer(name, learning_rate) {}

 protected:
  void prepare(Step& step) const override;
  const OperationRecord& apply(Step& step, const Variable& variable, const Tensor& gradient) const override;
};

/// `m = momentum · m + g`, `w -= learning_rate · m`; with Nesterov `w -= learning_rate · (g + momentum · m)`.
class MomentumOptimizer final : public Optimizer {
 public:
  MomentumOptimizer(const Tensor& learning_rate, double momentum, bool use_nesterov = false,
                    const std::string& name = "Momentum")
      : Optimizer(name, learning_rate), momentum_(momentum), use_nesterov_(use_nesterov) {}

 protected:
  void create_slots(Step& step, const GradientsAndVariables& gradients) const override;
  void prepare(Step& step) const override;
  const OperationRecord& apply(Step& step, const Variable& variable, const Tensor& gradient) const override;

 private:
  double momentum_;
  bool use_nesterov_;
};

/// **See**: Kingma and Ba (2015); epsilon is added to the root before the correction of the bias.
class AdamOptimizer final : public Optimizer {
 public:
  explicit AdamOptimizer(const Tensor& learning_rate = 0.001, double beta1 = 0.9, double beta2 = 0.999,
                         double epsilon = 1e-8, const std::string& name = "Adam")
      : Optimizer(name, learning_rate), beta1_(beta1), beta2_(beta2), epsilon_(epsilon) {}

 protected:
  void create_slots(Step& step, const GradientsAndVariables& gradients) const override;
  void prepare(Step& step) const override;
  const OperationRecord& apply(Step& step, const Variable& variable, const Tensor& gradient) const override;
  std::vector<const OperationRecord*> finish(Step& step,
                                             const std::vector<const OperationRecord*>& updates) const override;

 private:
  double beta1_;
  double beta2_;
  double epsilon_;
};

/// **See**: Tieleman and Hinton (2012); `centered` subtracts the square of the mean gradient.
class RMSPropOptimizer final : public Optimizer {
 public:
  explicit RMSPropOptimizer(const Tensor& learning_rate, double decay = 0.9, double momentum = 0.0,
                            double epsilon = 1e-10, bool centered = false, const std::string& name = "RMSProp")
      : Optimizer(name, learning_rate), decay_(decay), momentum_(momentum), epsilon_(epsilon), centered_(centered) {}

 protected:
  void create_slots(Step& step, const GradientsAndVariables& gradients) const override;
  void prepare(Step& step) const override;
  const OperationRecord& apply(Step& step, const Variable& variable, const Tensor& gradient) const override;

 private:
  double decay_;
  double momentum_;
  double epsilon_;
  bool centered_;
};

/// Saves the values of a session's variables to HDF5, under their names, and restores them.
///
/// The file is laid out as Keras' `.weights.h5`: the variables of scope "a/b" lie in group "a/b/vars", in the order of
/// their making. **See**: `tf.compat.v1.train.Saver`, whose files are another format.
class Saver {
 public:
  /// Of all global variables of the default graph, or of those in the list.
  explicit Saver(const Variables& var_list = {});
  /// Returns the path. **Throws** FailedPreconditionError for a variable without a value.
  std::string save(Session& session, const std::string& path) const;
  /// **Throws** FormatError, ValueError for a file that lacks a variable or has one of another shape.
  void restore(Session& session, const std::string& path) const;

 private:
  Variables variables_;
};

}  // namespace cornu::v1::train
