#include "models/call_trace.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/error.h"
#include "framework/ops/stop_gradient.h"
#include "layers/call_observer.h"
#include "layers/layer_call.h"

namespace cornu {

// Writes down the calls while the model is traced.
class CallTrace::Recorder final : public CallObserver {
 public:
  explicit Recorder(CallTrace& trace) : trace_(trace) {}

  void call_begins(const LayerPtr& layer, const Inputs& inputs, const CallOptions& options) override {
    give_nodes_to_innermost();
    TracedCall call{.layer = layer,
                    .parent = open_.empty() ? -1 : open_.back(),
                    .number = calls_of_[layer.get()]++,
                    .first_node = trace_.graph_->nodes().size(),
                    .in_loop = GraphScope::current() != trace_.graph_,
                    .inputs = inputs.tensors(),
                    .outputs = {}};
    CallOptions arguments = options;
    arguments.mask.clear();
    with_replaced_tensors(arguments, [&](const Tensor& tensor) {
      call.inputs.push_back(tensor);
      return tensor;
    });
    open_.push_back(static_cast<int>(trace_.calls_.size()));
    trace_.calls_.push_back(std::move(call));
  }

  Outputs call_ends(const Outputs& outputs) override {
    TracedCall& call = trace_.calls_[static_cast<std::size_t>(open_.back())];
    Tensors results;
    for (const Tensor& output : outputs) results.push_back(call.in_loop ? output : own_symbol(output));
    give_nodes_to_innermost();
    call.outputs = results;
    for (const Tensor& output : results) given_out_.insert(output.key());
    open_.pop_back();
    return results.size() == 1 ? Outputs(results[0]) : Outputs(results);
  }

  void call_fails() noexcept override { open_.pop_back(); }

 private:
  void give_nodes_to_innermost() {
    trace_.call_of_node_.resize(trace_.graph_->nodes().size(), open_.empty() ? 0 : open_.back());
  }

  // The output itself if this call is the first to give it out, else a stand-in.
  Tensor own_symbol(const Tensor& output) {
    const bool is_input = std::any_of(trace_.inputs_.begin(), trace_.inputs_.end(),
                                      [&](const Tensor& input) { return input.same(output); });
    if (!output.is_symbolic() || (!is_input && !given_out_.contains(output.key()))) return output;
    const Tensor stand_in = ops::stop_gradient(output).with_mask(output.mask());
    trace_.stand_ins_.emplace_back(Node::of(stand_in).get(), output);
    return stand_in;
  }

  CallTrace& trace_;
  std::vector<int> open_;
  std::map<const Layer*, int> calls_of_;
  std::set<Tensor::Key> given_out_;
};

CallTrace::CallTrace(const ModelLayer& model) : graph_(std::make_shared<Graph>("calls of " + model.name())) {
  const TensorSpecs specs = model.input_specs();
  if (specs.empty()) {
    throw StateError(
        "Model '" + model.name() +
            "': the shapes of its inputs are not known yet. Call it once on data, or build_for({shape}), or "
            "give Sequential an input_shape.",
        model.name());
  }
  const GraphScope scope(graph_);
  for (const TensorSpec& spec : specs) inputs_.push_back(graph_->placeholder(spec));
  call_of_node_.assign(inputs_.size(), 0);
  Recorder recorder(*this);
  // Nothing of the model changes, but a layer that is called for the first time makes its weights, as in predict.
  const auto body = std::const_pointer_cast<Layer>(model.shared_from_this());
  const bool is_list = inputs_.size() != 1 || model.takes_list();
  (void)(*body)(is_list ? Inputs(inputs_) : Inputs(inputs_[0]), {.training = false});
}

const Tensor* CallTrace::original_of(const Node& node) const {
  const auto found =
      std::find_if(stand_ins_.begin(), stand_ins_.end(), [&](const auto& stand_in) { return stand_in.first == &node; });
  return found == stand_ins_.end() ? nullptr : &found->second;
}

Variable CallTrace::variable_read_by(const Node& node) const {
  if (node.operation().name != "read_variable") return {};
  return Variable::from_state(graph_->variable_read_by(node));
}

std::string CallTrace::path_of_call(int call) const {
  std::string path;
  for (; calls_[static_cast<std::size_t>(call)].parent >= 0; call = calls_[static_cast<std::size_t>(call)].parent) {
    const TracedCall& traced = calls_[static_cast<std::size_t>(call)];
    const bool again = std::count_if(calls_.begin(), calls_.end(),
                                     [&](const TracedCall& other) { return other.layer == traced.layer; }) > 1;
    path = traced.layer->name() + (again ? "[" + std::to_string(traced.number) + "]" : "") + (path.empty() ? "" : "/") +
           path;
  }
  return path;
}

}  // namespace cornu
