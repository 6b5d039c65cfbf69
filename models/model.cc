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

Tensors inputs_of(const ModelLayer& model, const ModelData& data) {
  return data.is_named() ? Trainer::ordered(data.named(), model.input_names(), "input") : data.tensors();
}

Tensors outputs_of(const ModelLayer& model, const ModelData& data) {
  return data.is_named() ? Trainer::ordered(data.named(), model.output_names(), "output") : data.tensors();
}

Batch batch_of(const ModelLayer& model, const ModelData& x, const ModelData& y, const ModelData& sample_weight) {
  return {inputs_of(model, x), outputs_of(model, y), outputs_of(model, sample_weight)};
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

// ---- predict_into

// Enough for the inputs and outputs of any real model, so that nothing is allocated.
constexpr std::size_t kMaxTensors = 32;

void check_number_of(const ModelLayer& model, std::size_t inputs, std::size_t outputs) {
  if (inputs <= kMaxTensors && outputs <= kMaxTensors) return;
  throw Unsupported("predict_into: expected at most " + std::to_string(kMaxTensors) + " inputs and outputs; got " +
                        std::to_string(inputs) + " and " + std::to_string(outputs) + "; use predict",
                    model.name());
}

void check_number_of_outputs(const ModelLayer& model, const Program& program, std::size_t count) {
  if (program.fetch_specs().size() == count) return;
  throw InvalidArgument("predict_into: expected " + std::to_string(program.fetch_specs().size()) + " outputs; got " +
                            std::to_string(count),
                        model.name());
}

std::string with_name(const std::vector<std::string>& names, std::size_t number) {
  return number < names.size() ? "\"" + names[number] + "\"" : std::to_string(number);
}

// The memory of an output, if it has the size and dtype that the program gives.
void* checked_output(const ModelLayer& model, const Program& program, std::size_t number, const OutputView& output) {
  const TensorSpec& spec = program.fetch_specs()[number];
  if (output.dtype != spec.dtype) {
    throw DTypeError("predict_into: expected memory for " + spec.to_string() + " as output " +
                         with_name(model.output_names(), number) + "; got memory for " + name_of(output.dtype),
                     model.name());
  }
  if (static_cast<std::size_t>(spec.shape.num_elements()) != output.size) {
    throw ShapeError("predict_into: expected room for " + spec.to_string() + ", " +
                         std::to_string(spec.shape.num_elements()) + " elements, as output " +
                         with_name(model.output_names(), number) + "; got room for " + std::to_string(output.size),
                     model.name());
  }
  return output.data;
}

[[noreturn]] void throw_not_prepared(const ModelLayer& model, std::span<const InputView> inputs) {
  const TensorSpecs specs = model.input_specs();
  const std::vector<std::string> names = model.input_names();
  std::string expected;
  for (std::size_t i = 0; i < specs.size(); ++i)
    expected += (i == 0 ? "" : ", ") + with_name(names, i) + " of " + specs[i].to_string();
  std::string got;
  for (const InputView& input : inputs)
    got += (got.empty() ? "" : ", ") + std::to_string(input.size) + " " + name_of(input.dtype);
  throw InvalidArgument("predict_into: expected inputs of sizes that were prepared" +
                            (expected.empty() ? "" : ": " + expected) + "; got " + (got.empty() ? "nothing" : got) +
                            " elements. Call prepare() with the shapes of these inputs first.",
                        model.name());
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
  if (x.is_named()) return trainer_->predict(inputs_of(*this, x), options.batch_size);
  return trainer_->predict(x.tensors(), options.batch_size);
}

void ModelLayer::predict_into(std::span<const Tensor> inputs, std::span<const std::span<float>> outputs) const {
  check_number_of(*this, inputs.size(), outputs.size());
  const ProgramCache::Lease program = trainer_->predictor().program_for(inputs);
  std::array<const void*, kMaxTensors> sources{};
  std::array<void*, kMaxTensors> targets{};
  check_number_of_outputs(*this, *program, outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) targets[i] = checked_output(*this, *program, i, outputs[i]);
  for (std::size_t i = 0; i < inputs.size(); ++i) sources[i] = inputs[i].raw();
  program->run({sources.data(), inputs.size()}, {targets.data(), outputs.size()});
}

void ModelLayer::prepare(const Shapes& input_shapes) const {
  TensorSpecs specs = input_specs();
  specs.resize(input_shapes.size());
  for (std::size_t i = 0; i < specs.size(); ++i) specs[i].shape = input_shapes[i];
  trainer_->predictor().prepare(specs);
}

void ModelLayer::predict_into(std::span<const InputView> inputs, std::span<const OutputView> outputs) const {
  check_number_of(*this, inputs.size(), outputs.size());
  const ProgramCache::Lease program = trainer_->predictor().prepared_for(inputs);
  if (!program) throw_not_prepared(*this, inputs);
  std::array<const void*, kMaxTensors> sources{};
  std::array<void*, kMaxTensors> targets{};
  check_number_of_outputs(*this, *program, outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) targets[i] = checked_output(*this, *program, i, outputs[i]);
  for (std::size_t i = 0; i < inputs.size(); ++i) sources[i] = inputs[i].data;
  program->run({sources.data(), inputs.size()}, {targets.data(), outputs.size()});
}

void ModelLayer::predict_into(InputView input, OutputView output) const {
  predict_into(std::span<const InputView>(&input, 1), std::span<const OutputView>(&output, 1));
}

std::shared_ptr<const Program> ModelLayer::prediction_program(std::span<const Tensor> inputs) const {
  return trainer_->predictor().program_for(inputs).shared();
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
