#include "layers/rnn/stacked_rnn_cells.h"

#include "framework/error.h"
#include "layers/layer_title.h"
#include "layers/registry.h"

namespace cornu::layers {

StackedRNNCells::StackedRNNCells(const std::vector<AnyLayer>& cells, const StackedRNNCellsOptions& options)
    : Shared(cells, options) {}

StackedRNNCellsLayer::StackedRNNCellsLayer(const std::vector<AnyLayer>& cells, const StackedRNNCellsOptions& options)
    : RNNCellLayer({.name = options.name, .trainable = options.trainable, .dtype = options.dtype}),
      cells_("cells", cells) {
  if (cells.empty()) {
    throw InvalidArgument(layer_title("StackedRNNCells", options.name) + ": expected at least one cell; got none",
                          path_in_title(layer_title("StackedRNNCells", options.name)));
  }
  for (const AnyLayer& each : cells) {
    if (each.defined() && dynamic_cast<RNNCellLayer*>(each.ptr().get()) != nullptr) continue;
    throw InvalidArgument(layer_title("StackedRNNCells", options.name) +
                              ": expected cells, such as LSTMCell(32) or layers derived from RNNCellLayer; got " +
                              (each.defined() ? layer_title(each->class_name(), each->name()) : "an empty handle"),
                          path_in_title(layer_title("StackedRNNCells", options.name)));
  }
}

std::vector<std::int64_t> StackedRNNCellsLayer::state_sizes() const {
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::vector<std::int64_t> own = cell(i).state_sizes();
    sizes.insert(sizes.end(), own.begin(), own.end());
  }
  return sizes;
}

std::int64_t StackedRNNCellsLayer::output_size() const { return cell(cells_.size() - 1).output_size(); }

Tensors StackedRNNCellsLayer::initial_states(const Tensor& first_input) const {
  Tensors states;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Tensors own = cell(i).initial_states(first_input);
    states.insert(states.end(), own.begin(), own.end());
  }
  return states;
}

void StackedRNNCellsLayer::begin_sequence() {
  for (std::size_t i = 0; i < cells_.size(); ++i) cell(i).begin_sequence();
}

void StackedRNNCellsLayer::end_sequence() {
  for (std::size_t i = 0; i < cells_.size(); ++i) cell(i).end_sequence();
}

void StackedRNNCellsLayer::build(const Shapes& inputs) {
  Shape shape = inputs[0];
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cell(i).build_for({shape});
    shape = {shape[0], cell(i).output_size()};
  }
}

Outputs StackedRNNCellsLayer::call(const Inputs& inputs, const CallContext& context) {
  Tensors results{inputs[0]};
  auto state = inputs.begin() + 1;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const auto count = static_cast<std::ptrdiff_t>(cell(i).state_sizes().size());
    Tensors own{results[0]};
    own.insert(own.end(), state, state + count);
    state += count;
    const Outputs outputs = cells_[i](Inputs(std::move(own)), {.training = context.training()});
    results[0] = outputs[0];
    results.insert(results.end(), outputs.begin() + 1, outputs.end());
  }
  return results;
}

Config StackedRNNCellsLayer::config() const {
  Config config = RNNCellLayer::config();
  Config cells = Config::list();
  for (const LayerPtr& each : cells_) cells.push_back(serialize_layer(*each));
  config.set("cells", cells);
  return config;
}

namespace {

const bool kRegistered = register_layer("StackedRNNCells", [](const Config& config) -> AnyLayer {
  const LayerSettings settings = Layer::settings_from(config);
  std::vector<AnyLayer> cells;
  for (const Config& cell : config.at("cells").as_list()) cells.push_back(layer_from_config(cell));
  return StackedRNNCells(cells, {.name = settings.name, .trainable = settings.trainable, .dtype = settings.dtype});
});

}  // namespace

}  // namespace cornu::layers
