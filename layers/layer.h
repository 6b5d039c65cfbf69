#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/config.h"
#include "framework/initializers/initializer.h"
#include "framework/variable.h"
#include "layers/call_context.h"
#include "layers/constraints/constraint.h"
#include "layers/dtype_policy.h"
#include "layers/input_spec.h"
#include "layers/regularizers/regularizer.h"

namespace cornu {

class Layer;
class Trackable;
using LayerPtr = std::shared_ptr<Layer>;

/// How `add_weight` makes a weight.
struct WeightOptions {
  Initializer initializer = "glorot_uniform";
  Regularizer regularizer = {};
  Constraint constraint = {};
  bool trainable = true;
  std::optional<DType> dtype = {};  ///< the layer's variable dtype by default
};

/// A weight with what training does to it, and how its first values were made.
struct Weight {
  Variable variable;
  Regularizer regularizer;
  Constraint constraint;
  std::optional<Initializer> initializer = {};
};

/// What every layer can be told, in the options of each class.
struct LayerSettings {
  std::string name = {};
  bool trainable = true;
  DTypePolicy dtype = {};
  Regularizer activity_regularizer = {};
};

/// A named attribute that holds layers: how files reach them.
struct LayerAttribute {
  std::string name;
  bool is_container = false;  ///< a list: its items are named by class, `dense`, `dense_1`
  std::vector<LayerPtr> layers;
};

/// Base of all layers: owns the weights made in `build()`, computes in `call()`.
///
/// A class derived from it is a body; people hold `Shared<Body>` handles (`shared.h`). Calling a handle again reuses
/// the weights. Handles and LayerLists that are members of a body are its sublayers, without registration.
///
/// ```cpp
/// class ScaleLayer : public Layer {
///  public:
///   ScaleLayer() : Layer("scale") {}
///  protected:
///   void build(const Shapes& inputs) override { gain_ = add_weight("gain", {inputs[0].back()}, {.initializer =
///   "ones"}); } Outputs call(const Inputs& x, const CallContext&) override { return x[0] * gain_; }
///  private:
///   Variable gain_;
/// };
/// using Scale = Shared<ScaleLayer>;
/// ```
/// **See**: `keras.layers.Layer`.
class Layer : public std::enable_shared_from_this<Layer> {
 public:
  explicit Layer(LayerSettings settings);
  explicit Layer(const std::string& name = {}) : Layer(LayerSettings{.name = name}) {}
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  virtual ~Layer();

  /// Runs the layer; builds it first if this is the first call. On tensors made from Input it adds to the functional
  /// model being built; on values it computes.
  Outputs operator()(const Inputs& inputs, const CallOptions& options = {});

  /// The name given, or the snake-cased class until a model gives a unique one.
  const std::string& name() const;
  bool has_given_name() const { return named_; }
  /// Used by models to make automatic names unique.
  void set_automatic_name(const std::string& name);
  /// The snake-cased class: what automatic names are made of.
  std::string automatic_base_name() const;
  /// Grows with every layer made on any thread: the order in which a program made its layers.
  std::uint64_t creation_number() const { return creation_number_; }

  /// Class name as in files: the registered one, or the C++ class without its namespace and "Layer".
  virtual std::string class_name() const;
  /// Package and class name for classes of one's own, "package>Class"; null for Keras' own.
  virtual Config registered_name() const;

  /// True for an operation of a functional model that was read from a file: it has no place among the layers of files.
  virtual bool is_operation() const { return false; }

  /// Whether training changes it. A frozen layer freezes all in it; a frozen BatchNormalization uses its moving
  /// statistics.
  bool trainable() const { return trainable_; }
  virtual void set_trainable(bool trainable);

  const DTypePolicy& dtype_policy() const { return dtype_policy_; }
  DType compute_dtype() const { return dtype_policy_.compute_dtype(); }
  DType variable_dtype() const { return dtype_policy_.variable_dtype(); }

  bool built() const { return built_; }
  /// Creates the weights for inputs of these shapes, once.
  void build_for(const Shapes& inputs);
  /// Shapes of the inputs the layer was built for.
  const Shapes& build_shapes() const { return build_shapes_; }

  /// Own weights: trainable first, then the others, each in the order of creation.
  std::vector<Weight> own_weights() const;
  const Variables& seed_states() const { return seed_states_; }

  /// Those of the own weights that files hold, in their order: all of them, but for a class that merges some into
  /// others when it is saved, as LoRA does.
  virtual Variables stored_variables() const;
  /// What a file gets for one of them.
  virtual Tensor stored_value(const Variable& variable) const;
  /// To be called when the stored variables were given values from a file.
  virtual void stored_values_loaded() {}

  /// Variables of this layer and of all in it, each once, in Keras' order (own, then sublayers depth first).
  Variables variables() const;
  /// The same without the states of seed generators and metrics.
  Variables weights() const;
  Variables trainable_variables() const;
  Variables non_trainable_variables() const;
  /// All weights with their regularizers and constraints, each variable once; `trainable` ones only where asked.
  std::vector<Weight> all_weights(bool trainable_only = false) const;
  std::int64_t count_params() const;

  /// Values of `weights()`, copied; and the other way round. **Throws** ShapeError naming the weight that does not fit.
  Tensors get_weights() const;
  void set_weights(const Tensors& values);

  /// The direct sublayers, each once, in order of creation.
  std::vector<LayerPtr> sublayers() const;
  /// The attributes that hold layers, in the order in which files visit them.
  virtual std::vector<LayerAttribute> attributes() const;

  /// Arguments of the constructor as Keras' `get_config` gives them. The base gives name, trainable and dtype; a class
  /// with arguments of its own adds them.
  virtual Config config() const;
  /// Settings common to all layers, out of a configuration.
  static LayerSettings settings_from(const Config& config);

  /// Shapes of the outputs for inputs of these shapes; dimensions may be unknown. Found by tracing `call` unless
  /// overridden.
  virtual Shapes compute_output_shape(const Shapes& inputs);
  /// The same with dtypes.
  TensorSpecs compute_output_spec(const TensorSpecs& inputs, const CallOptions& options = {});

  /// Whether a mask passes through this layer.
  bool supports_masking() const { return supports_masking_; }
  const std::vector<InputSpec>& input_spec() const { return input_spec_; }

  /// Keras' keywords of the inputs, in their order, where calls may give them by keyword: the `key` of an attention.
  virtual std::vector<std::string> input_names() const { return {}; }

  /// Values that a stateful layer keeps from call to call, back to zero.
  virtual void reset_state();

  /// A fresh random state from the layer's seed generator.
  Tensor next_random_state();

 protected:
  /// Creates the weights. Called once, with the shapes of the inputs of the first call.
  virtual void build(const Shapes& inputs);
  virtual Outputs call(const Inputs& inputs, const CallContext& context) = 0;
  /// Masks of the outputs; by default that of the first input where the layer supports masking.
  virtual Tensors compute_mask(const Inputs& inputs, const Tensors& masks);

  /// Makes a weight; to be called in `build`. **Throws** InvalidArgument when the name is taken.
  Variable add_weight(const std::string& name, const Shape& shape, const WeightOptions& options = {});
  /// A variable that is no weight of the model: it is not saved (the states of a stateful layer).
  Variable add_state(const std::string& name, const Tensor& initial_value);
  /// A seed generator of this layer's own: one more variable of shape (2,), int64. Random seed when none is given.
  Variable add_seed_state(std::optional<std::int64_t> seed = {});
  /// Adds a scalar to the loss of the model being trained.
  void add_loss(const Tensor& loss);

  /// The variable's value in the compute dtype, for use in `call`.
  Tensor compute_value(const Variable& variable) const;

  /// The attribute name under which files keep a member, where that is not the member's layer name.
  void name_attribute(const Trackable& member, const std::string& name);

  /// For a layer whose weights exist although `build` never ran: a model made of built layers.
  void mark_built(const Shapes& inputs);

  void set_supports_masking(bool supports) { supports_masking_ = supports; }
  void set_input_spec(std::vector<InputSpec> spec) { input_spec_ = std::move(spec); }
  /// Inputs are cast to the compute dtype unless this is switched off.
  void set_autocast(bool autocast) { autocast_ = autocast; }

  /// For messages: `Dense 'siamese/fc1'`.
  std::string describe() const;

 private:
  friend class LayerFrame;
  template <typename Body> friend class SharedBody;
  // Implemented by SharedBody alone: a body that is not made through a Shared<> handle is abstract, and the
  // compiler's message names this function.
  virtual void make_layers_through_a_Shared_handle() const = 0;

  Inputs converted(const Inputs& inputs) const;
  void check_input_spec(const Inputs& inputs) const;
  void check_held_by_caller() const;
  Outputs call_functional(const Inputs& inputs, const CallOptions& options);
  Outputs call_now(const Inputs& inputs, const CallOptions& options);

  std::string name_;
  mutable std::string class_based_name_;
  bool named_ = false;
  std::uint64_t creation_number_;
  bool trainable_ = true;
  bool built_ = false;
  bool supports_masking_ = false;
  bool autocast_ = true;
  DTypePolicy dtype_policy_;
  Regularizer activity_regularizer_;
  Shapes build_shapes_;
  std::vector<InputSpec> input_spec_;
  std::vector<Weight> own_weights_;
  Variables states_;
  Variables seed_states_;
  std::vector<const Trackable*> members_;
  std::map<const Trackable*, std::string> attribute_names_;
};

/// While it lives, losses added by layers on this thread are collected here.
class LossScope {
 public:
  LossScope();
  LossScope(const LossScope&) = delete;
  LossScope& operator=(const LossScope&) = delete;
  ~LossScope();
  const Tensors& losses() const { return losses_; }

 private:
  friend class Layer;
  Tensors losses_;
  LossScope* outer_;
};

}  // namespace cornu
