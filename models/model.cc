#include "models/model.h"

#include <algorithm>
#include <array>

#include "framework/error.h"
#include "framework/ops/cast.h"
#include "models/saving.h"
#include "models/summary.h"
#include "models/trainer.h"
#include "models/training/class_weight.h"
#include "models/training/row_view.h"

namespace cornu {
namespace {

Batch batch_of(const ModelLayer& model, const ModelData& x, const ModelData& y, const ModelData& sample_weight) {
  return {Trainer::ordered(x, model.input_names(), "input"), Trainer::ordered(y, model.output_names(), "output"),
          Trainer::ordered(sample_weight, model.output_names(), "output")};
}

Batch rows(const Batch& batch, std::int64_t first, std::int64_t last) {
  const auto cut = [&](const Tensors& tensors) {
    Tensors result;
    for (const Tensor& tensor : tensors) result.push_back(row_view(tensor, first, last - first));
    return result;
  };
  return {cut(batch.x), cut(batch.y), cut(batch.sample_weight)};
}

Dataset dataset_of(const Batch& batch, std::int64_t batch_size) {
  return Dataset::from_tensors(batch.x, batch.y, batch.sample_weight).batch(batch_size);
}

}  // namespace

ModelLayer::ModelLayer(const std::string& name) : ModelLayer(LayerSettings{.name = name}) {}
ModelLayer::ModelLayer(LayerSettings settings)
    : Layer(std::move(settings)), trainer_(std::make_unique<Trainer>(*this)) {
  // The layers inside cast for themselves; integer and float64 inputs reach them as they are.
  set_autocast(false);
}
ModelLayer::~ModelLayer() = default;

AnyLayer ModelLayer::get_layer(const std::string& name) const {
  std::string known;
  for (const LayerPtr& layer : layers()) {
    if (layer->name() == name) return AnyLayer(layer);
    known += (known.empty() ? "\"" : ", \"") + layer->name() + "\"";
  }
  throw InvalidArgument("Model '" + this->name() + "': no layer is named \"" + name + "\"; there are " + known,
                        this->name());
}

TensorSpecs ModelLayer::input_specs() const {
  TensorSpecs specs;
  for (Shape shape : build_shapes()) {
    if (!shape.empty()) shape[0] = kUnknown;
    specs.push_back({shape, DType::kFloat32});
  }
  return specs;
}

void ModelLayer::build_for(const Shapes& inputs) {
  Layer::build_for(inputs);
  const std::vector<LayerPtr> inside = sublayers();
  if (std::all_of(inside.begin(), inside.end(), [](const LayerPtr& layer) { return layer->built(); })) return;
  TensorSpecs specs;
  for (const Shape& shape : inputs) specs.push_back({shape, DType::kFloat32});
  (void)compute_output_spec(specs);
}

void ModelLayer::compile(const CompileOptions& options) { trainer_->compile(options); }
bool ModelLayer::compiled() const { return trainer_->compiled(); }
Optimizer& ModelLayer::optimizer() const { return trainer_->optimizer(); }
std::vector<Metric> ModelLayer::metrics() const { return trainer_->metrics(); }
void ModelLayer::reset_metrics() { trainer_->reset_metrics(); }

StepLogs ModelLayer::train_step(const StepData& data) { return trainer_->train_step(data); }
StepLogs ModelLayer::test_step(const StepData& data) { return trainer_->test_step(data); }
Tensor ModelLayer::compute_loss(const StepData& data, const Tensors& y_pred, const Tensors& added_losses) {
  return trainer_->compute_loss(data, y_pred, added_losses);
}
StepLogs ModelLayer::compute_metrics(const StepData& data, const Tensors& y_pred) {
  return trainer_->compute_metrics(data, y_pred);
}

History ModelLayer::fit(const ModelData& x, const ModelData& y, const FitOptions& options) {
  Batch train = batch_of(*this, x, y, options.sample_weight);
  if (train.x.empty()) throw InvalidArgument("fit: no input data were given", name());
  if (!options.class_weight.empty()) {
    if (!train.sample_weight.empty())
      throw InvalidArgument("fit: give class_weight or sample_weight, not both", name());
    if (train.y.size() != 1) throw InvalidArgument("fit: class_weight needs a model with one output", name());
    train.sample_weight = {weights_by_class(train.y[0], options.class_weight)};
  }
  const std::int64_t count = train.x[0].shape().front();
  std::optional<Dataset> validation = options.validation_data;
  const std::int64_t validation_batch =
      options.validation_batch_size > 0 ? options.validation_batch_size : options.batch_size;
  if (!options.validation_x.empty()) {
    validation =
        dataset_of(batch_of(*this, options.validation_x, options.validation_y, options.validation_sample_weight),
                   validation_batch);
  } else if (options.validation_split > 0.0) {
    const auto split = static_cast<std::int64_t>(static_cast<double>(count) * (1.0 - options.validation_split));
    if (split == 0 || split == count) {
      throw InvalidArgument("fit: validation_split = " + std::to_string(options.validation_split) + " of " +
                                std::to_string(count) + " samples leaves an empty part",
                            name());
    }
    validation = dataset_of(rows(train, split, count), validation_batch);
    train = rows(train, 0, split);
  }
  Dataset data = Dataset::from_tensors(train.x, train.y, train.sample_weight);
  if (options.shuffle) data = data.shuffle(options.seed ? *options.seed : next_random_seed());
  return trainer_->fit(data.batch(options.batch_size), options, validation);
}

History ModelLayer::fit(const Dataset& data, const FitOptions& options) {
  std::optional<Dataset> validation = options.validation_data;
  if (!options.validation_x.empty()) {
    const std::int64_t batch = options.validation_batch_size > 0 ? options.validation_batch_size : options.batch_size;
    validation = dataset_of(
        batch_of(*this, options.validation_x, options.validation_y, options.validation_sample_weight), batch);
  }
  return trainer_->fit(data, options, validation);
}

Logs ModelLayer::evaluate(const ModelData& x, const ModelData& y, const EvaluateOptions& options) {
  return trainer_->evaluate(dataset_of(batch_of(*this, x, y, options.sample_weight), options.batch_size), options);
}

Logs ModelLayer::evaluate(const Dataset& data, const EvaluateOptions& options) {
  return trainer_->evaluate(data, options);
}

Logs ModelLayer::train_on_batch(const ModelData& x, const ModelData& y, const ModelData& sample_weight) {
  return trainer_->train_on_batch(batch_of(*this, x, y, sample_weight));
}

Logs ModelLayer::test_on_batch(const ModelData& x, const ModelData& y, const ModelData& sample_weight) {
  return trainer_->test_on_batch(batch_of(*this, x, y, sample_weight));
}

Outputs ModelLayer::predict(const ModelData& x, const PredictOptions& options) const {
  return trainer_->predict(Trainer::ordered(x, input_names(), "input"), options.batch_size);
}

void ModelLayer::predict_into(std::span<const Tensor> inputs, std::span<const std::span<float>> outputs) const {
  // Enough for the inputs and outputs of any real model, so that nothing is allocated.
  constexpr std::size_t kMaxTensors = 32;
  if (inputs.size() > kMaxTensors || outputs.size() > kMaxTensors) {
    throw Unsupported(
        "predict_into: a model with more than " + std::to_string(kMaxTensors) + " inputs or outputs; use predict",
        name());
  }
  const std::shared_ptr<const Program> program = trainer_->predictor().program_for(inputs);
  const TensorSpecs& specs = program->fetch_specs();
  std::array<const void*, kMaxTensors> sources{};
  std::array<void*, kMaxTensors> targets{};
  if (outputs.size() != specs.size()) {
    throw InvalidArgument(
        "predict_into: expected " + std::to_string(specs.size()) + " outputs; got " + std::to_string(outputs.size()),
        name());
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (specs[i].dtype != DType::kFloat32 ||
        static_cast<std::size_t>(specs[i].shape.num_elements()) != outputs[i].size()) {
      throw ShapeError("predict_into: expected room for " + specs[i].to_string() + " as output " + std::to_string(i) +
                           "; got " + std::to_string(outputs[i].size()) + " floats",
                       name());
    }
    targets[i] = outputs[i].data();
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) sources[i] = inputs[i].raw();
  program->run({sources.data(), inputs.size()}, {targets.data(), outputs.size()});
}

void ModelLayer::prepare(const Shapes& input_shapes) const {
  TensorSpecs specs = input_specs();
  specs.resize(input_shapes.size());
  for (std::size_t i = 0; i < specs.size(); ++i) specs[i].shape = input_shapes[i];
  trainer_->predictor().program_for(specs);
}

std::shared_ptr<const Program> ModelLayer::prediction_program(std::span<const Tensor> inputs) const {
  return trainer_->predictor().program_for(inputs);
}

std::shared_ptr<const Program> ModelLayer::training_program(const ModelData& x, const ModelData& y,
                                                            const ModelData& sample_weight) {
  return trainer_->training_program(batch_of(*this, x, y, sample_weight));
}

std::string ModelLayer::summary(const SummaryOptions& options) const { return summary_of(*this, options); }
std::string ModelLayer::summary() const { return summary_of(*this, SummaryOptions{}); }

void ModelLayer::save_weights(const std::string& path) const { cornu::save_weights(*this, path); }
LoadReport ModelLayer::load_weights(const std::string& path, const LoadOptions& options) {
  return cornu::load_weights(*this, path, options);
}
LoadReport ModelLayer::load_weights(const std::string& path) { return cornu::load_weights(*this, path, LoadOptions{}); }
LoadReport AnyModel::load_weights(const std::string& path) const { return (*this)->load_weights(path); }
LoadReport AnyModel::load_weights(const std::string& path, const LoadOptions& options) const {
  return (*this)->load_weights(path, options);
}

}  // namespace cornu
