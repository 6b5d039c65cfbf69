#include "models/model_diagram.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "models/call_trace.h"

namespace cornu {
namespace {

// "add_n" as "AddN": the class an operation has in Keras.
std::string camel_case(const std::string& name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    upper = false;
  }
  return result;
}

TensorSpecs specs_of(const Tensors& tensors) {
  TensorSpecs specs;
  for (const Tensor& tensor : tensors) specs.push_back(tensor.spec());
  return specs;
}

// Where a symbol comes from: an output of a call of a box.
struct Source {
  int box;
  int output;
  int call;
};

bool is_autocast(const Node& node) {
  return node.operation().name == "cast" && is_floating(node.input(0).dtype()) &&
         is_floating(node.output_spec(0).dtype);
}

class DiagramMaker {
 public:
  DiagramMaker(const ModelLayer& model, const std::function<bool(const Layer&)>& opens)
      : model_(model), opens_(opens), trace_(model) {}

  ModelDiagram made() {
    find_open_calls();
    add_inputs();
    // Nodes and calls in the order in which they happened: what an arrow starts from is there before it.
    std::size_t node = trace_.inputs().size();
    for (std::size_t call = 1; call < trace_.calls().size(); ++call) {
      add_nodes(node, trace_.calls()[call].first_node);
      if (!is_hidden(static_cast<int>(call))) add_call(static_cast<int>(call));
    }
    add_nodes(node, trace_.nodes().size());
    add_variables();
    return std::move(diagram_);
  }

 private:
  const TracedCall& call_at(int index) const { return trace_.calls()[static_cast<std::size_t>(index)]; }

  // A call is open when it is of a layer that opens, in one that is open, and something can be seen inside.
  void find_open_calls() {
    std::set<int> with_calls;
    for (const TracedCall& call : trace_.calls()) {
      if (!call.in_loop) with_calls.insert(call.parent);
    }
    for (std::size_t i = 0; i < trace_.calls().size(); ++i) {
      const TracedCall& call = trace_.calls()[i];
      const bool in_open = call.parent >= 0 && is_open_[static_cast<std::size_t>(call.parent)];
      const bool shows = in_open && !call.in_loop && with_calls.contains(static_cast<int>(i)) && opens_(*call.layer);
      is_open_.push_back(call.parent < 0 || shows);
    }
  }

  bool is_open(int call) const { return is_open_[static_cast<std::size_t>(call)]; }
  bool is_hidden(int call) const { return call_at(call).in_loop || !is_open(call_at(call).parent); }

  int box_of_layer(const LayerPtr& layer, int around) {
    const auto [found, is_new] = boxes_of_layers_.try_emplace(layer.get(), num_boxes());
    if (is_new) add_box(layer->name(), layer->class_name(), layer, around);
    return found->second;
  }

  int num_boxes() const { return static_cast<int>(diagram_.boxes.size()); }

  void add_box(const std::string& name, const std::string& class_name, const LayerPtr& layer, int around) {
    const std::string folder = around < 0 ? "" : diagram_.boxes[static_cast<std::size_t>(around)].path + "/";
    std::string unique = name;
    for (int i = 1; !paths_.insert(folder + unique).second; ++i) unique = name + "_" + std::to_string(i);
    diagram_.boxes.push_back({.path = folder + unique,
                              .name = unique,
                              .class_name = class_name,
                              .layer = layer,
                              .around = around,
                              .is_open = false,
                              .num_calls = 0,
                              .inputs = {},
                              .outputs = {}});
  }

  void add_inputs() {
    const std::vector<std::string> names = model_.input_names();
    for (std::size_t i = 0; i < trace_.inputs().size(); ++i) {
      const Tensor& input = trace_.inputs()[i];
      add_box(i < names.size() ? names[i] : "input_" + std::to_string(i + 1), "InputLayer", nullptr, -1);
      diagram_.boxes.back().num_calls = 1;
      diagram_.boxes.back().outputs = {input.spec()};
      sources_[input.key()] = {num_boxes() - 1, 0, 0};
    }
  }

  // The box in which the insides of an open call are; -1 for the model.
  int box_around(int call) {
    if (call_at(call).parent < 0) return -1;
    return box_of_layer(call_at(call).layer, box_around(call_at(call).parent));
  }

  void add_call(int index) {
    const TracedCall& call = call_at(index);
    const int box = box_of_layer(call.layer, box_around(call.parent));
    const int number = count_call(box, call.inputs, specs_of(call.outputs));
    if (is_open(index)) {
      diagram_.boxes[static_cast<std::size_t>(box)].is_open = true;
      return;
    }
    add_arrows(call.inputs, box, number);
    for (std::size_t i = 0; i < call.outputs.size(); ++i) {
      sources_[call.outputs[i].key()] = {box, static_cast<int>(i), number};
    }
  }

  int count_call(int index, const Tensors& inputs, const TensorSpecs& outputs) {
    ModelDiagram::Box& box = diagram_.boxes[static_cast<std::size_t>(index)];
    if (box.num_calls == 0) {
      box.inputs = specs_of(inputs);
      box.outputs = outputs;
    }
    return box.num_calls++;
  }

  void add_nodes(std::size_t& next, std::size_t end) {
    for (; next < end; ++next) {
      if (is_open(trace_.call_of_node(next))) add_node(*trace_.nodes()[next], trace_.call_of_node(next));
    }
  }

  // An operation in an open call. The n-th of its kind there is one box for all calls of the layer.
  void add_node(const Node& node, int call) {
    const std::string& operation = node.operation().name;
    if (operation == "placeholder" || operation == "read_variable") return;
    const Tensor* original = trace_.original_of(node);
    if (original || is_autocast(node)) {
      // Nothing that a person wrote: it stands for what goes in.
      const auto source = sources_.find((original ? *original : node.input(0)).key());
      if (source != sources_.end()) sources_[node.output(0).key()] = source->second;
      return;
    }
    const int place = nodes_of_call_[{call, operation}]++;
    const auto [found, is_new] =
        boxes_of_nodes_.try_emplace({call_at(call).layer.get(), operation, place}, num_boxes());
    if (is_new) add_box(operation, camel_case(operation), nullptr, box_around_node(call));
    TensorSpecs outputs;
    for (std::size_t i = 0; i < node.num_outputs(); ++i) outputs.push_back(node.output_spec(i));
    boxes_of_visible_nodes_[&node] = found->second;
    const int number = count_call(found->second, node.inputs(), outputs);
    add_arrows(node.inputs(), found->second, number);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      sources_[node.output(i).key()] = {found->second, static_cast<int>(i), number};
    }
  }

  int box_around_node(int call) {
    const auto known = boxes_of_layers_.find(call_at(call).layer.get());
    return known == boxes_of_layers_.end() ? -1 : known->second;
  }

  void add_arrows(const Tensors& inputs, int box, int number) {
    for (const Tensor& input : inputs) {
      const auto source = sources_.find(input.key());
      if (source == sources_.end()) continue;  // a constant or a variable
      diagram_.arrows.push_back({.from = source->second.box,
                                 .to = box,
                                 .output = source->second.output,
                                 .from_call = source->second.call,
                                 .to_call = number,
                                 .spec = input.spec()});
    }
  }

  // Whoever reads a variable, as the box that can be seen.
  void add_variables() {
    std::map<Tensor::Key, const VariableState*> reads;
    std::map<const VariableState*, std::set<int>> readers;
    for (std::size_t i = 0; i < trace_.nodes().size(); ++i) {
      const Node& node = *trace_.nodes()[i];
      if (const Variable variable = trace_.variable_read_by(node); variable.defined()) {
        reads[node.output(0).key()] = variable.state().get();
      }
      for (const Tensor& input : node.inputs()) {
        const auto read = reads.find(input.key());
        if (read == reads.end()) continue;
        if (is_autocast(node)) {
          const VariableState* state = read->second;
          reads[node.output(0).key()] = state;
        } else if (const int box = visible_box_of(i); box >= 0) {
          readers[read->second].insert(box);
        }
      }
    }
    for (const Variable& variable : model_.weights()) {
      const auto found = readers.find(variable.state().get());
      if (found == readers.end()) continue;
      diagram_.variables.push_back({variable, {found->second.begin(), found->second.end()}});
    }
  }

  // The box of a node, or that of the call in which it is hidden.
  int visible_box_of(std::size_t node) const {
    const auto visible = boxes_of_visible_nodes_.find(trace_.nodes()[node].get());
    if (visible != boxes_of_visible_nodes_.end()) return visible->second;
    int call = trace_.call_of_node(node);
    while (call_at(call).parent >= 0 && is_hidden(call)) call = call_at(call).parent;
    const auto box = boxes_of_layers_.find(call_at(call).layer.get());
    return box == boxes_of_layers_.end() ? -1 : box->second;
  }

  const ModelLayer& model_;
  const std::function<bool(const Layer&)>& opens_;
  CallTrace trace_;
  std::vector<bool> is_open_;
  ModelDiagram diagram_;
  std::set<std::string> paths_;
  std::map<const Layer*, int> boxes_of_layers_;
  std::map<std::tuple<const Layer*, std::string, int>, int> boxes_of_nodes_;
  std::map<const Node*, int> boxes_of_visible_nodes_;
  std::map<std::pair<int, std::string>, int> nodes_of_call_;
  std::map<Tensor::Key, Source> sources_;
};

}  // namespace

ModelDiagram diagram_of(const ModelLayer& model, const std::function<bool(const Layer&)>& opens) {
  return DiagramMaker(model, opens).made();
}

}  // namespace cornu
