#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "layers/shared.h"
#include "models/memory_view.h"
#include "models/training/callbacks/callback.h"
#include "models/training/dataset.h"
#include "models/training/logs.h"
#include "models/training/losses/loss.h"
#include "models/training/metrics/metric.h"
#include "models/training/optimizers/optimizer.h"
#include "models/training/training_host.h"
#include "models/training/verbose.h"

namespace cornu {

class Program;
class Trainer;
struct SharingReport;
struct SummaryOptions;
struct LoadOptions;
struct LoadReport;

/// Data for a model: one tensor, several in the order of the model's inputs (or outputs), or by name.
class ModelData {
 public:
  ModelData() = default;
  ModelData(Tensor tensor) : tensors_{std::move(tensor)} {}
  ModelData(Tensors tensors) : tensors_(std::move(tensors)) {}
  ModelData(std::initializer_list<Tensor> tensors) : tensors_(tensors) {}
  ModelData(std::map<std::string, Tensor> named) : named_(std::move(named)) {}
  /// By name: `{{"left", x_left}, {"right", x_right}}`.
  ModelData(std::initializer_list<std::pair<const std::string, Tensor>> named) : named_(named) {}

  bool empty() const { return tensors_.empty() && named_.empty(); }
  bool is_named() const { return !named_.empty(); }
  const Tensors& tensors() const { return tensors_; }
  const std::map<std::string, Tensor>& named() const { return named_; }

 private:
  Tensors tensors_;
  std::map<std::string, Tensor> named_;
};

/// One thing, one per output in order, or one per output by name.
template <typename T> class PerOutput {
 public:
  PerOutput() = default;
  template <typename U>
  requires std::is_convertible_v<U, T> PerOutput(U&& one) : list_{T(std::forward<U>(one))}, is_single_(true) {}
  PerOutput(std::vector<T> list) : list_(std::move(list)) {}
  PerOutput(std::initializer_list<T> list) : list_(list) {}
  PerOutput(std::map<std::string, T> named) : named_(std::move(named)) {}
  /// By name: `{{"price", "mse"}, {"age", "mae"}}`.
  PerOutput(std::initializer_list<std::pair<const std::string, T>> named) : named_(named) {}

  bool empty() const { return list_.empty() && named_.empty(); }
  bool is_single() const { return is_single_; }
  const std::vector<T>& list() const { return list_; }
  const std::map<std::string, T>& named() const { return named_; }

 private:
  std::vector<T> list_;
  std::map<std::string, T> named_;
  bool is_single_ = false;
};

/// Metrics of one output.
using MetricList = std::vector<Metric>;

/// Metrics: a list for all (of a model with one output), or one list per output, in order or by name.
class MetricsPerOutput {
 public:
  MetricsPerOutput() = default;
  MetricsPerOutput(std::initializer_list<Metric> metrics) : lists_{MetricList(metrics)} {}
  MetricsPerOutput(MetricList metrics) : lists_{std::move(metrics)} {}
  MetricsPerOutput(std::vector<MetricList> lists) : lists_(std::move(lists)) {}
  MetricsPerOutput(std::map<std::string, MetricList> named) : named_(std::move(named)) {}
  /// By name: `{{"price", {"mae"}}, {"age", {"mse"}}}`.
  MetricsPerOutput(std::initializer_list<std::pair<const std::string, MetricList>> named) : named_(named) {}
  const std::vector<MetricList>& lists() const { return lists_; }
  const std::map<std::string, MetricList>& named() const { return named_; }
  bool empty() const { return lists_.empty() && named_.empty(); }

 private:
  std::vector<MetricList> lists_;
  std::map<std::string, MetricList> named_;
};

/// Arguments of `compile`, as in Keras.
struct CompileOptions {
  Optimizer optimizer = "rmsprop";
  PerOutput<Loss> loss = {};
  PerOutput<double> loss_weights = {};
  MetricsPerOutput metrics = {};
  MetricsPerOutput weighted_metrics = {};
  bool run_eagerly = false;  ///< compute step by step on values, for a debugger
};

/// Arguments of `fit`, as in Keras.
struct FitOptions {
  std::int64_t batch_size = 32;
  std::int64_t epochs = 1;
  Verbose verbose = Verbose::kAuto;
  std::vector<CallbackPtr> callbacks = {};
  double validation_split = 0.0;  ///< the last fraction of the samples is held out
  ModelData validation_x = {};
  ModelData validation_y = {};
  ModelData validation_sample_weight = {};
  std::optional<Dataset> validation_data = {};
  bool shuffle = true;  ///< a new order each epoch
  std::map<std::int64_t, double> class_weight = {};
  ModelData sample_weight = {};
  std::int64_t initial_epoch = 0;
  std::optional<std::int64_t> steps_per_epoch = {};
  std::optional<std::int64_t> validation_steps = {};
  std::int64_t validation_batch_size = 0;  ///< 0: as `batch_size`
  std::int64_t validation_freq = 1;
  std::optional<std::uint64_t> seed = {};  ///< of the shuffling
};

/// Arguments of `evaluate`.
struct EvaluateOptions {
  std::int64_t batch_size = 32;
  Verbose verbose = Verbose::kSilent;
  ModelData sample_weight = {};
  std::vector<CallbackPtr> callbacks = {};
};

/// Arguments of `predict`.
struct PredictOptions {
  std::int64_t batch_size = 32;
};

/// The tensors of one batch inside a train step: symbols while it is traced, values when it runs eagerly.
struct StepData {
  Tensors x;
  Tensors y;
  Tensors sample_weight;  ///< empty, one for all outputs, or one per output
};

/// Figures of a step by name, as tensors.
using StepLogs = std::vector<std::pair<std::string, Tensor>>;

/// Base of all models: a layer that can be compiled, trained, evaluated, saved.
///
/// Derive from it for a model of one's own: members are its layers, `call` computes, `train_step` may be replaced.
/// **See**: `keras.Model`.
class ModelLayer : public Layer {
 public:
  explicit ModelLayer(const std::string& name = {});
  explicit ModelLayer(LayerSettings settings);
  ~ModelLayer() override;

  /// The layers of the model, as `model.layers` of Keras.
  virtual std::vector<LayerPtr> layers() const { return sublayers(); }
  /// The layer of that name. **Throws** InvalidArgument listing the names there are.
  AnyLayer get_layer(const std::string& name) const;
  /// Names of inputs and outputs, for maps of data; of a subclassed model empty until known.
  std::vector<std::string> input_names() const override { return {}; }
  virtual std::vector<std::string> output_names() const { return {}; }
  /// Specs of the inputs, where the model was made with them; dimensions may be unknown.
  virtual TensorSpecs input_specs() const;
  /// True when outputs are a dictionary: flat order is by sorted name.
  virtual bool takes_list() const { return false; }

  /// Creates all weights for float32 inputs of these shapes now instead of at the first call: `call` is traced, unless
  /// all layers were built in `build`.
  void build_for(const Shapes& inputs);

  void compile(const CompileOptions& options);
  History fit(const ModelData& x, const ModelData& y, const FitOptions& options = {});
  History fit(const Dataset& data, const FitOptions& options = {});
  Logs evaluate(const ModelData& x, const ModelData& y, const EvaluateOptions& options = {});
  Logs evaluate(const Dataset& data, const EvaluateOptions& options = {});
  Logs train_on_batch(const ModelData& x, const ModelData& y, const ModelData& sample_weight = {});
  Logs test_on_batch(const ModelData& x, const ModelData& y, const ModelData& sample_weight = {});

  /// Outputs for `x`, computed in batches. Const and safe to call from several threads at once; it records nothing.
  Outputs predict(const ModelData& x, const PredictOptions& options = {}) const;
  /// The same in one batch, into memory of the caller: one span for each output. After the first call with a shape
  /// nothing is allocated.
  void predict_into(std::span<const Tensor> inputs, std::span<const std::span<float>> outputs) const;

  /// Compiles for inputs of these shapes, one for each input with the batch first, and predicts once on zeros, so that
  /// later predictions of this shape find all they need.
  void prepare(const Shapes& input_shapes) const;
  /// Predicts one batch from memory of the caller into memory of the caller: for audio, control and other threads that
  /// must not wait. Shapes follow from the sizes, which must have been prepared; of shapes of equal sizes the one
  /// prepared last counts. Safe to call from several threads at once.
  ///
  /// After the first call on a thread cornu takes no lock, allocates nothing and makes no system call, as long as no
  /// weight changes. oneDNN allocates for each of its primitives, and OpenMP may sleep and wake: with
  /// `NumThreadsScope(1)` on that thread everything runs on it alone.
  /// **Throws** InvalidArgument for inputs that were not prepared or another number of outputs, ShapeError and
  /// DTypeError for outputs of another size or dtype. Keras has no such function.
  ///
  /// ```cpp
  /// model->prepare({{1, 784}});
  /// model->predict_into(pixels, scores);  // std::vector<float> of 784 and of 10
  /// ```
  void predict_into(std::span<const InputView> inputs, std::span<const OutputView> outputs) const;
  /// For models of one input and one output.
  void predict_into(InputView input, OutputView output) const;

  /// The Program that predicts inputs of these shapes: to see its steps, its memory, and where its time goes. Compiled
  /// if need be.
  std::shared_ptr<const Program> prediction_program(std::span<const Tensor> inputs) const;
  /// The same of the training step for such a batch. Its feeds are the inputs, the targets and the weights, in order.
  /// **Throws** StateError before `compile`, and for a model that runs eagerly.
  std::shared_ptr<const Program> training_program(const ModelData& x, const ModelData& y,
                                                  const ModelData& sample_weight = {});

  bool compiled() const;
  /// The optimizer given to `compile`. **Throws** StateError before.
  Optimizer& optimizer() const;
  /// Metrics of the last compile with the loss tracker first.
  std::vector<Metric> metrics() const;
  void reset_metrics();

  /// One training step; what `fit` compiles into a Program. May be replaced: everything in ops, tapes and variables
  /// works here.
  virtual StepLogs train_step(const StepData& data);
  virtual StepLogs test_step(const StepData& data);
  /// The loss of the compile arguments, regularizers and losses added in calls included.
  virtual Tensor compute_loss(const StepData& data, const Tensors& y_pred, const Tensors& added_losses);
  /// Updates the compiled metrics and gives all figures.
  virtual StepLogs compute_metrics(const StepData& data, const Tensors& y_pred);

  /// Keras' table of layers. See summary.h for options.
  std::string summary(const SummaryOptions& options) const;
  std::string summary() const;

  /// Which calls of which layers use each variable. See sharing.h.
  SharingReport sharing() const;

  /// Writes all weights (and the optimizer's state, once compiled) as Keras' `.weights.h5`.
  void save_weights(const std::string& path) const;
  /// Reads them back: strict, see LoadOptions in saving.h.
  LoadReport load_weights(const std::string& path, const LoadOptions& options);
  LoadReport load_weights(const std::string& path);

 protected:
  friend class Trainer;
  std::unique_ptr<Trainer> trainer_;
};

/// A handle to any model.
class AnyModel : public AnyLayer {
 public:
  AnyModel() = default;
  explicit AnyModel(std::shared_ptr<ModelLayer> model) : AnyLayer(std::move(model)) {}

  ModelLayer* operator->() const { return static_cast<ModelLayer*>(layer_.get()); }
  ModelLayer& operator*() const { return *operator->(); }

  // Forwarded, so that `model.fit(...)` reads as in Keras. See ModelLayer.
  void compile(const CompileOptions& options) const { (*this)->compile(options); }
  History fit(const ModelData& x, const ModelData& y, const FitOptions& options = {}) const {
    return (*this)->fit(x, y, options);
  }
  History fit(const Dataset& data, const FitOptions& options = {}) const { return (*this)->fit(data, options); }
  Logs evaluate(const ModelData& x, const ModelData& y, const EvaluateOptions& options = {}) const {
    return (*this)->evaluate(x, y, options);
  }
  Logs evaluate(const Dataset& data, const EvaluateOptions& options = {}) const {
    return (*this)->evaluate(data, options);
  }
  Outputs predict(const ModelData& x, const PredictOptions& options = {}) const { return (*this)->predict(x, options); }
  Logs train_on_batch(const ModelData& x, const ModelData& y, const ModelData& weight = {}) const {
    return (*this)->train_on_batch(x, y, weight);
  }
  std::string summary() const { return (*this)->summary(); }
  std::string summary(const SummaryOptions& options) const { return (*this)->summary(options); }
  SharingReport sharing() const;
  void save_weights(const std::string& path) const { (*this)->save_weights(path); }
  LoadReport load_weights(const std::string& path) const;
  LoadReport load_weights(const std::string& path, const LoadOptions& options) const;
  Variables trainable_variables() const { return (*this)->trainable_variables(); }
  Variables weights() const { return (*this)->weights(); }
};

/// A handle to a model of one's own: `using Tower = SharedModel<TowerModel>;` where TowerModel derives from ModelLayer.
template <typename Body> class SharedModel : public AnyModel {
 public:
  template <typename... Arguments>
  requires std::is_constructible_v<SharedBody<Body>, Arguments...>
  explicit SharedModel(Arguments&&... arguments)
      : AnyModel(std::static_pointer_cast<ModelLayer>(Shared<Body>(std::forward<Arguments>(arguments)...).ptr())) {}

  Body* operator->() const { return static_cast<Body*>(layer_.get()); }
  Body& operator*() const { return *operator->(); }
};

}  // namespace cornu
