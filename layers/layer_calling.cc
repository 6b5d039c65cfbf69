// How a layer is called: the steps from the inputs given to the outputs, on values, in a graph and in a functional
// model.

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "framework/error.h"
#include "framework/graph/graph.h"
#include "framework/ops/arithmetic.h"
#include "framework/ops/cast.h"
#include "framework/ops/shape_of.h"
#include "layers/active_call.h"
#include "layers/call_observer.h"
#include "layers/layer.h"
#include "layers/layer_call.h"
#include "layers/unheld_layers.h"

namespace cornu {
namespace {

thread_local LossScope* loss_scope = nullptr;

// The layer whose call may call layers that it does not hold.
thread_local const Layer* caller_of_unheld = nullptr;

// Tells this thread's observers of a call from its begin to its end, be that an exception.
class ObservedCall {
 public:
  ObservedCall(Layer& layer, const Inputs& inputs, const CallOptions& options) {
    if (CallObserver::of_this_thread().empty()) return;
    // A layer that is called by its own constructor has no owner yet: it is no part of any call.
    const LayerPtr owned = layer.weak_from_this().lock();
    if (!owned) return;
    for (CallObserver* observer : CallObserver::of_this_thread()) {
      observer->call_begins(owned, inputs, options);
      told_.push_back(observer);
    }
  }
  ObservedCall(const ObservedCall&) = delete;
  ObservedCall& operator=(const ObservedCall&) = delete;
  ~ObservedCall() {
    for (auto observer = told_.rbegin(); observer != told_.rend(); ++observer) (*observer)->call_fails();
  }

  Outputs ended(Outputs outputs) {
    while (!told_.empty()) {
      CallObserver* const observer = told_.back();
      told_.pop_back();
      outputs = observer->call_ends(outputs);
    }
    return outputs;
  }

 private:
  std::vector<CallObserver*> told_;
};

std::set<const Layer*> layers_within(const Layer& holder) {
  std::vector<LayerPtr> open = holder.sublayers();
  std::set<const Layer*> seen;
  while (!open.empty()) {
    const LayerPtr next = open.back();
    open.pop_back();
    if (!seen.insert(next.get()).second) continue;
    for (const LayerPtr& inner : next->sublayers()) open.push_back(inner);
  }
  return seen;
}

// Whether the layer being called holds another. What it holds grows only while it is built, so that looking again
// after a miss is enough, and a model of many layers is searched once.
bool holds(ActiveCall& caller, const Layer& layer) {
  if (caller.held.contains(&layer)) return true;
  caller.held = layers_within(*caller.layer);
  return caller.held.contains(&layer);
}

// A tensor of a functional model being built: made from Input, not part of a graph that is being traced.
bool is_functional(const Tensor& tensor) { return tensor.is_symbolic() && !tensor.graph(); }

// The graph the inputs are symbols of; null for values.
std::shared_ptr<Graph> graph_of(const Inputs& inputs) {
  for (const Tensor& input : inputs) {
    if (input.is_symbolic()) return input.graph();
  }
  return nullptr;
}

}  // namespace

Outputs Layer::operator()(const Inputs& given, const CallOptions& options) {
  bool functional = std::any_of(given.begin(), given.end(), is_functional);
  with_replaced_tensors(options, [&](const Tensor& tensor) {
    functional = functional || is_functional(tensor);
    return tensor;
  });
  // 0. Inputs that were given by keyword.
  if (const std::vector<std::string> names = input_names(); given.size() < names.size()) {
    Tensors all = given.tensors();
    CallOptions others = options;
    while (all.size() < names.size()) {
      const auto argument = others.arguments.find(names[all.size()]);
      if (argument == others.arguments.end() || !std::holds_alternative<Tensor>(argument->second)) break;
      all.push_back(std::get<Tensor>(argument->second));
      others.arguments.erase(argument);
    }
    if (all.size() > given.size()) return (*this)(Inputs(std::move(all)), others);
  }
  // 1. Convert inputs.
  const Inputs inputs = converted(given);
  // 2. Check the input spec, and that whoever calls this layer holds it.
  check_input_spec(inputs);
  // 3. Build, 4. resolve training, 5. call, 6. record the call.
  return functional ? call_functional(inputs, options) : call_now(inputs, options);
}

Inputs Layer::converted(const Inputs& inputs) const {
  Tensors tensors;
  for (const Tensor& tensor : inputs) {
    if (!tensor.defined()) throw InvalidArgument(describe() + ": an input holds nothing", name());
    const bool cast =
        autocast_ && is_floating(tensor.dtype()) && tensor.dtype() != compute_dtype() && !is_functional(tensor);
    tensors.push_back(cast ? ops::cast(tensor, compute_dtype()).with_mask(tensor.mask()) : tensor);
  }
  return inputs.is_list() ? Inputs(std::move(tensors)) : Inputs(std::move(tensors.at(0)));
}

void Layer::check_input_spec(const Inputs& inputs) const {
  if (input_spec_.empty()) return;
  if (inputs.size() != input_spec_.size()) {
    throw InvalidArgument("Layer \"" + name() + "\" expects " + std::to_string(input_spec_.size()) +
                              " input(s), but it received " + std::to_string(inputs.size()) + " input tensors",
                          name());
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const InputSpec& spec = input_spec_[i];
    const Shape& shape = inputs[i].shape();
    const std::string start = describe() + ": Input " + std::to_string(i) + " of layer \"" + name() +
                              "\" is incompatible with the layer: expected ";
    const std::string full = ". Full shape received: " + shape.to_string();
    if (spec.ndim && shape.rank() != *spec.ndim) {
      throw ShapeError(
          start + "ndim=" + std::to_string(*spec.ndim) + ", found ndim=" + std::to_string(shape.rank()) + full, name());
    }
    if (spec.min_ndim && shape.rank() < *spec.min_ndim) {
      throw ShapeError(
          start + "min_ndim=" + std::to_string(*spec.min_ndim) + ", found ndim=" + std::to_string(shape.rank()) + full,
          name());
    }
    for (const auto& [axis, size] : spec.axes) {
      if (shape[axis] != kUnknown && shape[axis] != size) {
        throw ShapeError(start + "axis " + std::to_string(axis) + " of input shape to have value " +
                             std::to_string(size) + ", but received input with shape " + shape.to_string() +
                             ". Give it inputs of " + std::to_string(size) + " there, or make a second " +
                             class_name() + " for the other input.",
                         name());
      }
    }
  }
}

UnheldLayersScope::UnheldLayersScope(const Layer& caller) : outer_(std::exchange(caller_of_unheld, &caller)) {}
UnheldLayersScope::~UnheldLayersScope() { caller_of_unheld = outer_; }

void Layer::check_held_by_caller() const {
  ActiveCall* caller = ActiveCall::innermost();
  if (!caller || caller->layer == this || caller->layer == caller_of_unheld) return;
  if (own_weights_.empty() && sublayers().empty()) return;
  if (holds(*caller, *this)) return;
  throw StateError(
      describe() + " has weights and is called inside " + caller->layer->describe() +
          ", which does not hold it: its weights would be neither trained nor saved. Make the handle a member "
          "of that layer's class (or put it into a LayerList member).",
      name());
}

Outputs Layer::call_functional(const Inputs& inputs, const CallOptions& options) {
  TensorSpecs input_specs;
  for (const Tensor& tensor : inputs) input_specs.push_back(tensor.spec());
  // The layer is traced once on symbols of its own to see what comes out.
  const auto graph = std::make_shared<Graph>("shape inference of " + name());
  TensorSpecs outputs;
  {
    const GraphScope scope(graph);
    const auto stand_in = [&](const Tensor& tensor) {
      return is_functional(tensor) ? graph->placeholder(tensor.spec()) : tensor;
    };
    Tensors symbols;
    for (const Tensor& tensor : inputs) symbols.push_back(stand_in(tensor));
    const Inputs traced = inputs.is_list() ? Inputs(symbols) : Inputs(symbols.at(0));
    for (const Tensor& output : call_now(converted(traced), with_replaced_tensors(options, stand_in))) {
      outputs.push_back(output.spec());
    }
  }
  const auto call = std::make_shared<LayerCall>(shared_from_this(), inputs, options, outputs);
  Tensors results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    results.push_back(Tensor::symbol(outputs[i], call, static_cast<int>(i), nullptr));
  }
  return Outputs(std::move(results));
}

Outputs Layer::call_now(const Inputs& inputs, const CallOptions& options) {
  const std::shared_ptr<Graph> graph = graph_of(inputs);
  build_for(inputs.shapes());
  // Tensors of a graph that nobody traces into just now: the layer's variables are read there too.
  std::optional<GraphScope> tracing;
  if (graph && !(GraphScope::current() && GraphScope::current()->is_inside(*graph))) tracing.emplace(graph);
  check_held_by_caller();
  const bool training = options.training.value_or(ActiveCall::innermost() && ActiveCall::innermost()->training);
  Tensors masks = options.mask;
  masks.resize(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!masks[i].defined()) masks[i] = inputs[i].mask();
  }
  const ActiveCallScope scope(this, training);
  ObservedCall observed(*this, inputs, options);
  const Outputs outputs = call(inputs, CallContext(*this, training, masks, options.arguments));
  if (activity_regularizer_.defined()) {
    for (const Tensor& output : outputs) {
      const Tensor penalty = activity_regularizer_(output);
      if (output.rank() == 0) {
        add_loss(penalty);
        continue;
      }
      // Per example, so that the strength does not depend on the batch size.
      add_loss(ops::divide_no_nan(penalty, ops::cast(ops::count_along(output, 0), penalty.dtype())));
    }
  }
  Tensors output_masks = compute_mask(inputs, masks);
  output_masks.resize(outputs.size());
  Tensors results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    // As in Keras a mask that a layer inside gave an output, such as that of a model's last layer, stays with it.
    results.push_back(output_masks[i].defined() ? outputs[i].with_mask(output_masks[i]) : outputs[i]);
  }
  return observed.ended(Outputs(std::move(results)));
}

Tensors Layer::compute_mask(const Inputs&, const Tensors& masks) {
  if (!supports_masking_ || masks.empty()) return {};
  return {masks[0]};
}

TensorSpecs Layer::compute_output_spec(const TensorSpecs& inputs, const CallOptions& options) {
  const auto graph = std::make_shared<Graph>("shape inference of " + name());
  const GraphScope scope(graph);
  Tensors symbols;
  for (const TensorSpec& spec : inputs) symbols.push_back(graph->placeholder(spec));
  const Inputs traced = symbols.size() == 1 ? Inputs(symbols[0]) : Inputs(symbols);
  TensorSpecs specs;
  for (const Tensor& output : (*this)(traced, options)) specs.push_back(output.spec());
  return specs;
}

Shapes Layer::compute_output_shape(const Shapes& inputs) {
  TensorSpecs specs;
  for (const Shape& shape : inputs) specs.push_back({shape, compute_dtype()});
  Shapes shapes;
  for (const TensorSpec& spec : compute_output_spec(specs)) shapes.push_back(spec.shape);
  return shapes;
}

void Layer::add_loss(const Tensor& loss) {
  if (loss_scope) loss_scope->losses_.push_back(loss);
}

LossScope::LossScope() : outer_(loss_scope) { loss_scope = this; }
LossScope::~LossScope() { loss_scope = outer_; }

}  // namespace cornu
