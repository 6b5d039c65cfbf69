#include "models/trainer.h"

#include <algorithm>
#include <cstring>
#include <map>

#include "framework/autodiff/gradient_tape.h"
#include "framework/error.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/reduce.h"
#include "framework/trainability.h"
#include "models/graph_description.h"
#include "models/training/callbacks/callback_list.h"

namespace cornu {
namespace {

// Enough for the shapes of a training with a short last batch; programs that meet ever new shapes start over.
constexpr std::size_t kMaxSteps = 32;

TensorSpecs specs_of(const Tensors& tensors) {
  TensorSpecs specs;
  for (const Tensor& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

Inputs inputs_of(const Tensors& tensors) { return tensors.size() == 1 ? Inputs(tensors[0]) : Inputs(tensors); }

// One entry per output of what was given once, in order, or by name.
template <typename T>
std::vector<T> per_output(const PerOutput<T>& given, const std::vector<std::string>& names, const char* what,
                          const T& none) {
  std::vector<T> result(names.size(), none);
  if (!given.named().empty()) {
    for (const auto& [name, value] : given.named()) {
      const auto it = std::find(names.begin(), names.end(), name);
      if (it == names.end()) {
        std::string known;
        for (const std::string& n : names) known += (known.empty() ? "\"" : ", \"") + n + "\"";
        throw InvalidArgument(std::string("compile: ") + what + " names output \"" + name + "\"; the outputs are " +
                              known);
      }
      result[static_cast<std::size_t>(it - names.begin())] = value;
    }
  } else if (given.is_single()) {
    std::fill(result.begin(), result.end(), given.list()[0]);
  } else if (!given.list().empty()) {
    if (given.list().size() != names.size()) {
      throw InvalidArgument(std::string("compile: expected ") + std::to_string(names.size()) + " entries in " + what +
                            ", one for each output; got " + std::to_string(given.list().size()));
    }
    result = given.list();
  }
  return result;
}

std::vector<MetricList> per_output(const MetricsPerOutput& given, const std::vector<std::string>& names) {
  std::vector<MetricList> result(names.size());
  if (!given.named().empty()) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto it = given.named().find(names[i]);
      if (it != given.named().end()) result[i] = it->second;
    }
    return result;
  }
  if (names.size() == 1) {
    for (const MetricList& list : given.lists()) result[0].insert(result[0].end(), list.begin(), list.end());
  } else if (given.lists().size() == names.size()) {
    result = given.lists();
  } else if (!given.lists().empty()) {
    throw InvalidArgument("compile: expected one list of metrics for each of the " + std::to_string(names.size()) +
                          " outputs, in order or by name; got " + std::to_string(given.lists().size()));
  }
  return result;
}

Tensor total(const Tensor& loss) { return loss.rank() == 0 ? loss : ops::sum(loss); }

}  // namespace

void Trainer::compile(const CompileOptions& options) {
  options_ = options;
  losses_resolved_ = false;
  metrics_resolved_ = false;
  output_loss_trackers_.clear();
  output_metrics_.clear();
  train_steps_.clear();
  test_steps_.clear();
}

const CompileOptions& Trainer::options() const {
  if (!options_) {
    throw StateError("Model '" + model_.name() + "': call compile() before training or evaluating it", model_.name());
  }
  return *options_;
}

Optimizer& Trainer::optimizer() {
  options();
  return options_->optimizer;
}

double Trainer::learning_rate() const { return options().optimizer->learning_rate().item(); }
void Trainer::set_learning_rate(double value) { optimizer()->set_learning_rate(value); }
std::int64_t Trainer::iterations() const {
  return static_cast<std::int64_t>(options().optimizer->iterations().snapshot().item());
}

io::GraphDescription Trainer::graph() const { return graph_description_of(model_); }

Tensors Trainer::ordered(const std::map<std::string, Tensor>& data, const std::vector<std::string>& names,
                         const std::string& what) {
  Tensors result;
  const auto quoted = [](const auto& list, const auto& name_of) {
    std::string text;
    for (const auto& item : list) text += (text.empty() ? "\"" : ", \"") + name_of(item) + "\"";
    return text;
  };
  for (const std::string& name : names) {
    const auto it = data.find(name);
    if (it != data.end()) result.push_back(it->second);
  }
  if (result.size() != names.size() || data.size() != names.size()) {
    throw InvalidArgument("the " + what + "s of this model are " +
                          quoted(names, [](const std::string& n) { return n; }) + "; the map given has " +
                          quoted(data, [](const auto& item) { return item.first; }) +
                          ". A map binds by name: give exactly these names.");
  }
  return result;
}

std::vector<std::string> Trainer::output_names(std::size_t count) const {
  std::vector<std::string> names = model_.output_names();
  for (std::size_t i = names.size(); i < count; ++i) names.push_back("output_" + std::to_string(i + 1));
  names.resize(count);
  return names;
}

// ---- the steps

void Trainer::resolve_losses(const Tensors& y, const Tensors& y_pred) {
  if (losses_resolved_) return;
  const std::vector<std::string> names = output_names(y_pred.size());
  losses_ = per_output(options().loss, names, "loss", Loss());
  loss_weights_.assign(names.size(), std::nullopt);
  if (!options().loss_weights.empty()) {
    const std::vector<double> weights = per_output(options().loss_weights, names, "loss_weights", 1.0);
    for (std::size_t i = 0; i < weights.size(); ++i) loss_weights_[i] = weights[i];
  }
  const auto with_loss = static_cast<std::size_t>(
      std::count_if(losses_.begin(), losses_.end(), [](const Loss& l) { return l.defined(); }));
  if (with_loss > 0 && y.size() != y_pred.size() && y.size() != with_loss) {
    throw InvalidArgument("Model '" + model_.name() + "': expected " + std::to_string(y_pred.size()) +
                              " targets, one for each output; got " + std::to_string(y.size()),
                          model_.name());
  }
  const GraphScope eager(nullptr);
  if (with_loss > 1) output_loss_trackers_ = std::vector<RunningMean>(names.size());
  losses_resolved_ = true;
}

void Trainer::resolve_metrics(const Tensors& y, const Tensors& y_pred) {
  if (metrics_resolved_) return;
  const GraphScope eager(nullptr);
  const std::vector<std::string> names = output_names(y_pred.size());
  const std::vector<MetricList> plain = per_output(options().metrics, names);
  const std::vector<MetricList> weighted = per_output(options().weighted_metrics, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    OutputMetrics metrics{.prefix = names.size() > 1 ? names[i] + "_" : "", .plain = {}, .weighted = {}};
    const auto resolved = [&](const Metric& metric) {
      return i < y.size() && metric.needs_shapes() ? metric.resolved_for(y[i].shape(), y_pred[i].shape()) : metric;
    };
    for (const Metric& metric : plain[i]) metrics.plain.push_back(resolved(metric));
    for (const Metric& metric : weighted[i]) metrics.weighted.push_back(resolved(metric));
    output_metrics_.push_back(std::move(metrics));
  }
  metrics_resolved_ = true;
}

Tensor Trainer::weight_of(const StepData& data, std::size_t output) const {
  if (data.sample_weight.empty()) return {};
  return data.sample_weight[data.sample_weight.size() == 1 ? 0 : output];
}

Tensor Trainer::compute_loss(const StepData& data, const Tensors& y_pred, const Tensors& added_losses) {
  resolve_losses(data.y, y_pred);
  Tensor loss;
  const auto add = [&](const Tensor& term) { loss = loss.defined() ? loss + term : term; };
  std::size_t target = 0;
  for (std::size_t i = 0; i < y_pred.size(); ++i) {
    // Outputs without a loss may have no target at all.
    const bool has_target = data.y.size() == y_pred.size() || losses_[i].defined();
    if (!losses_[i].defined()) {
      if (has_target) ++target;
      continue;
    }
    Tensor value = losses_[i](data.y.at(target++), y_pred[i], weight_of(data, i));
    if (!output_loss_trackers_.empty()) {
      output_loss_trackers_[i].update(value, Tensor(y_pred[i].shape().front()));
    }
    if (loss_weights_[i]) value = value * *loss_weights_[i];
    add(total(value));
  }
  for (const Tensor& added : added_losses) add(total(added));
  for (const Weight& weight : model_.all_weights(true)) {
    if (weight.regularizer.defined()) add(weight.regularizer(weight.variable.value()));
  }
  if (!loss.defined()) {
    throw StateError("Model '" + model_.name() +
                         "': there is nothing to minimise; give compile() a loss, or add one in a layer with add_loss",
                     model_.name());
  }
  return loss;
}

StepLogs Trainer::compute_metrics(const StepData& data, const Tensors& y_pred) {
  resolve_metrics(data.y, y_pred);
  StepLogs logs{{"loss", loss_tracker_.result()}};
  std::map<std::string, int> uses;
  const auto add = [&](const std::string& name, const Tensor& value) {
    const int use = uses[name]++;
    logs.emplace_back(use == 0 ? name : name + "_" + std::to_string(use), value);
  };
  const std::vector<std::string> names = output_names(y_pred.size());
  for (std::size_t i = 0; i < output_loss_trackers_.size(); ++i) {
    if (losses_[i].defined()) add(names[i] + "_loss", output_loss_trackers_[i].result());
  }
  for (std::size_t i = 0; i < output_metrics_.size(); ++i) {
    for (const Metric& metric : output_metrics_[i].plain) {
      metric.update_state(data.y.at(i), y_pred[i]);
      add(output_metrics_[i].prefix + metric.name(), metric.result());
    }
  }
  for (std::size_t i = 0; i < output_metrics_.size(); ++i) {
    for (const Metric& metric : output_metrics_[i].weighted) {
      metric.update_state(data.y.at(i), y_pred[i], weight_of(data, i));
      const std::string name = output_metrics_[i].prefix + metric.name();
      add(uses.contains(name) ? output_metrics_[i].prefix + "weighted_" + metric.name() : name, metric.result());
    }
  }
  // Keras shows and keeps figures by name.
  std::sort(logs.begin(), logs.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return logs;
}

StepLogs Trainer::train_step(const StepData& data) {
  const GradientTape tape;
  const LossScope added;
  const Tensors y_pred = model_(inputs_of(data.x), {.training = true}).tensors();
  const Tensor loss = model_.compute_loss(data, y_pred, added.losses());
  loss_tracker_.update(loss, Tensor(data.x.at(0).shape().front()));
  const std::vector<Weight> weights = model_.all_weights(true);
  if (!weights.empty()) {
    Tensors variables;
    for (const Weight& weight : weights) variables.push_back(weight.variable.value());
    const auto& settings = optimizer()->settings();
    const Tensor scaled = settings.loss_scale_factor ? loss * *settings.loss_scale_factor : loss;
    optimizer()->apply(tape.gradient(scaled, variables), weights);
  }
  return model_.compute_metrics(data, y_pred);
}

StepLogs Trainer::test_step(const StepData& data) {
  const LossScope added;
  const Tensors y_pred = model_(inputs_of(data.x), {.training = false}).tensors();
  const Tensor loss = model_.compute_loss(data, y_pred, added.losses());
  loss_tracker_.update(loss, Tensor(data.x.at(0).shape().front()));
  return model_.compute_metrics(data, y_pred);
}

std::vector<Metric> Trainer::metrics() const {
  std::vector<Metric> all;
  for (const OutputMetrics& metrics : output_metrics_) {
    all.insert(all.end(), metrics.plain.begin(), metrics.plain.end());
    all.insert(all.end(), metrics.weighted.begin(), metrics.weighted.end());
  }
  return all;
}

void Trainer::reset_metrics() {
  loss_tracker_.reset();
  for (const RunningMean& tracker : output_loss_trackers_) tracker.reset();
  for (const Metric& metric : metrics()) metric.reset_state();
}

// ---- running them

// Whether other variables are to be trained than when last asked. The model is walked only if there may be.
bool Trainer::find_trainable_variables() {
  const std::uint64_t version = trainability_version();
  if (version == trainability_version_) return false;
  trainability_version_ = version;
  Variables now = model_.trainable_variables();
  if (now == trainable_variables_) return false;
  trainable_variables_ = std::move(now);
  return true;
}

// Steps were traced with what was trainable then; freezing a layer makes them wrong.
void Trainer::forget_steps_if_trainability_changed() {
  if (!find_trainable_variables()) return;
  train_steps_.clear();
  test_steps_.clear();
  predictor_.clear();
}

StepLogs Trainer::step(bool training, const StepData& data) {
  return training ? model_.train_step(data) : model_.test_step(data);
}

CompiledStep& Trainer::compiled_step(Steps& steps, bool training, const Batch& batch) {
  auto it = std::find_if(steps.begin(), steps.end(), [&](const auto& known) { return known->fits(batch); });
  if (it == steps.end()) {
    if (steps.size() >= kMaxSteps) steps.clear();
    steps.push_back(std::make_unique<CompiledStep>((training ? "train_step of " : "test_step of ") + model_.name(),
                                                   specs_of(batch.x), specs_of(batch.y), specs_of(batch.sample_weight),
                                                   [&](const StepData& data) { return step(training, data); }));
    it = steps.end() - 1;
    // The layers are built now: what was traced saw all that is trainable.
    find_trainable_variables();
  }
  return **it;
}

void Trainer::run_step(Steps& steps, bool training, const Batch& batch, Logs& logs, BatchReader* reader) {
  if (!options().run_eagerly) {
    CompiledStep& compiled = compiled_step(steps, training, batch);
    compiled.start(batch, reader && reader->take_brought_to(compiled));
    if (reader && compiled.is_on_card()) {
      const Batch* next = reader->look_ahead();
      if (next && compiled.fits(*next)) {
        compiled.bring(*next);
        reader->set_brought_to(compiled);
      }
    }
    compiled.finish(logs);
    return;
  }
  std::vector<std::string> names;
  Tensors values;
  for (const auto& [name, value] : step(training, {batch.x, batch.y, batch.sample_weight})) {
    names.push_back(name);
    values.push_back(value);
  }
  read_step_logs(names, values, logs);
}

std::shared_ptr<const Program> Trainer::training_program(const Batch& batch) {
  if (options().run_eagerly) {
    throw StateError("Model '" + model_.name() +
                         "': there is no program of a step that runs eagerly; compile() it without run_eagerly",
                     model_.name());
  }
  forget_steps_if_trainability_changed();
  return compiled_step(train_steps_, true, batch).program();
}

Logs Trainer::train_on_batch(const Batch& batch) {
  options();
  forget_steps_if_trainability_changed();
  Logs logs;
  run_step(train_steps_, true, batch, logs);
  return logs;
}

Logs Trainer::test_on_batch(const Batch& batch) {
  options();
  forget_steps_if_trainability_changed();
  Logs logs;
  run_step(test_steps_, false, batch, logs);
  return logs;
}

History Trainer::fit(const Dataset& data, const FitOptions& options, const std::optional<Dataset>& validation) {
  this->options();
  forget_steps_if_trainability_changed();
  stops_ = false;
  History history;
  const std::int64_t steps = options.steps_per_epoch.value_or(data.size());
  CallbackList callbacks(options.callbacks, options.verbose, *this, {.epochs = options.epochs, .steps = steps});
  callbacks.on_train_begin();
  Logs logs;
  Batch batch;
  // With steps_per_epoch one pass over the data may span several epochs.
  BatchReader reader;
  // A training that goes on where another ended meets the samples in the order it would have met them then.
  std::int64_t passes = options.initial_epoch;
  for (std::int64_t epoch = options.initial_epoch; epoch < options.epochs && !stops_; ++epoch) {
    reset_metrics();
    callbacks.on_epoch_begin(epoch);
    if (!reader.is_started() || !options.steps_per_epoch) reader.start(data.start(passes++));
    for (std::int64_t step = 0; !stops_ && (!options.steps_per_epoch || step < *options.steps_per_epoch); ++step) {
      if (!reader.next(batch)) {
        if (!options.steps_per_epoch) break;
        reader.start(data.start(passes++));
        if (!reader.next(batch)) break;
      }
      callbacks.on_train_batch_begin(step);
      run_step(train_steps_, true, batch, logs, &reader);
      callbacks.on_train_batch_end(step, logs);
    }
    if (logs.empty()) throw InvalidArgument("fit: the data hold no batch", model_.name());
    Logs epoch_logs = logs;
    if (validation && (epoch + 1) % options.validation_freq == 0) {
      for (const auto& [name, values] :
           evaluate(options.validation_steps ? validation->take(*options.validation_steps) : *validation, callbacks)) {
        epoch_logs.set("val_" + name, values);
      }
    }
    callbacks.on_epoch_end(epoch, epoch_logs);
    history.add(epoch, epoch_logs);
  }
  if (optimizer()->settings().use_ema && optimizer()->built())
    optimizer()->finalize_variable_values(model_.trainable_variables());
  callbacks.on_train_end(logs);
  return history;
}

Logs Trainer::evaluate(const Dataset& data, const EvaluateOptions& options) {
  this->options();
  CallbackList callbacks(options.callbacks, options.verbose, *this, {.epochs = 1, .steps = data.size()});
  return evaluate(data, callbacks);
}

Logs Trainer::evaluate(const Dataset& data, CallbackList& callbacks) {
  forget_steps_if_trainability_changed();
  callbacks.on_test_begin();
  reset_metrics();
  Logs logs;
  Batch batch;
  BatchReader reader;
  reader.start(data.start());
  for (std::int64_t step = 0; reader.next(batch); ++step) {
    callbacks.on_test_batch_begin(step);
    run_step(test_steps_, false, batch, logs, &reader);
    callbacks.on_test_batch_end(step, logs);
  }
  if (logs.empty()) throw InvalidArgument("evaluate: the data hold no batch", model_.name());
  callbacks.on_test_end(logs);
  return logs;
}

Outputs Trainer::predict(const Tensors& x, std::int64_t batch_size) {
  if (x.empty())
    throw InvalidArgument("Model '" + model_.name() + "': predict needs at least one input", model_.name());
  if (batch_size < 1) throw InvalidArgument("predict: batch_size must be positive; got " + std::to_string(batch_size));
  const std::int64_t count = x[0].shape().front();
  for (const Tensor& tensor : x) {
    if (tensor.shape().front() != count) {
      throw ShapeError("predict: expected inputs of one number of samples; got " + x[0].shape().to_string() + " and " +
                       tensor.shape().to_string());
    }
  }
  Tensors results;
  TensorSpecs specs;  // of the batches, where there is more than one
  if (count > batch_size) {
    for (const Tensor& tensor : x) specs.push_back(tensor.spec());
  }
  std::vector<const void*> sources(x.size());
  std::vector<void*> targets;
  const auto of_all_batches = [&](Shape shape) {
    if (!shape.empty() && shape.front() == batch_size) shape[0] = count;
    return shape;
  };
  std::int64_t row = 0;
  do {
    const std::int64_t rows = std::min(batch_size, count - row);
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!specs.empty()) specs[i].shape[0] = rows;
      const std::size_t stride = count > 0 ? x[i].num_bytes() / static_cast<std::size_t>(count) : 0;
      sources[i] = static_cast<const std::byte*>(x[i].raw()) + static_cast<std::size_t>(row) * stride;
    }
    const ProgramCache::Lease program = specs.empty() ? predictor_.program_for(x) : predictor_.program_for(specs);
    const TensorSpecs& outputs = program->fetch_specs();
    if (results.empty()) {
      results.reserve(outputs.size());
      for (const TensorSpec& spec : outputs) {
        results.push_back(rows == count ? Tensor::empty(spec.shape, spec.dtype)
                                        : Tensor::empty(of_all_batches(spec.shape), spec.dtype));
      }
      targets.resize(outputs.size());
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].shape.empty() || outputs[i].shape.front() != rows) {
        throw ShapeError("predict: expected outputs with the batch as first axis; got shape " +
                         outputs[i].shape.to_string() + " for a batch of " + std::to_string(rows) +
                         ". Call the model directly: model(x)");
      }
      const auto bytes = static_cast<std::size_t>(outputs[i].shape.num_elements()) * size_of(outputs[i].dtype);
      const std::size_t stride = rows > 0 ? bytes / static_cast<std::size_t>(rows) : 0;
      targets[i] = static_cast<std::byte*>(results[i].raw()) + static_cast<std::size_t>(row) * stride;
    }
    program->run(sources, targets);
    row += rows;
  } while (row < count);
  return Outputs(std::move(results));
}

}  // namespace cornu
