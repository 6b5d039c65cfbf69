#include "framework/executor/ir/ir.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/error.h"

namespace cornu {
namespace {

class Importer {
 public:
  Importer(const Tensors& feeds, const TensorSpecs& feed_specs) {
    for (std::size_t i = 0; i < feeds.size(); ++i) {
      const TensorSpec& spec = feed_specs[i];
      if (!feeds[i].shape().is_compatible_with(spec.shape) || feeds[i].dtype() != spec.dtype) {
        throw ShapeError("Program: expected " + feeds[i].spec().to_string() + " for feed " + std::to_string(i) + " '" +
                         feeds[i].name() + "'; got " + spec.to_string());
      }
      ir_.feeds.push_back(ir_.add_value({.kind = IrValue::Kind::kFeed, .spec = spec, .constant = {}, .variable = {}}));
      numbers_[feeds[i].key()] = ir_.feeds.back();
    }
  }

  Ir import(const Graph& graph, const Tensors& fetches) {
    std::set<const Node*> needed;
    std::vector<std::shared_ptr<const Node>> open;
    const auto need = [&](const Tensor& tensor) {
      if (!tensor.is_symbolic() || numbers_.contains(tensor.key())) return;
      auto node = Node::of(tensor);
      if (!node || node->graph().get() != &graph) {
        throw GraphError("Program: a tensor of shape " + tensor.shape().to_string() + " does not belong to graph '" +
                         graph.name() + "', which is to be run");
      }
      if (needed.insert(node.get()).second) open.push_back(std::move(node));
    };
    for (const Tensor& fetch : fetches) need(fetch);
    for (const auto& [variable, value] : graph.updates()) need(value);
    while (!open.empty()) {
      const auto node = std::move(open.back());
      open.pop_back();
      for (const Tensor& input : node->inputs()) need(input);
    }
    for (const auto& node : graph.nodes()) {
      if (needed.contains(node.get())) add(*node);
    }
    for (const Tensor& fetch : fetches) ir_.fetches.push_back(number_of(fetch));
    for (const auto& [variable, value] : graph.updates()) ir_.updates.emplace_back(variable, number_of(value));
    return std::move(ir_);
  }

 private:
  int number_of(const Tensor& tensor) {
    const auto found = numbers_.find(tensor.key());
    if (found != numbers_.end()) return found->second;
    const int number =
        tensor.variable() ? variable_number(Variable::from_state(tensor.variable())) : ir_.add_constant(tensor);
    numbers_[tensor.key()] = number;
    // The key is an address: the tensor must stay alive while numbers are looked up by it.
    kept_.push_back(tensor);
    return number;
  }

  int variable_number(const Variable& variable) {
    const auto [it, inserted] = variables_.emplace(variable.state().get(), -1);
    if (inserted) {
      it->second = ir_.add_value({.kind = IrValue::Kind::kVariable,
                                  .spec = {variable.shape(), variable.dtype()},
                                  .constant = {},
                                  .variable = variable});
    }
    return it->second;
  }

  void add(const Node& node) {
    const std::string& name = node.operation().name;
    if (name == "placeholder") {
      throw GraphError("Program: a placeholder of shape " + node.output_spec(0).shape.to_string() +
                       " is needed but not fed");
    }
    if (name == "read_variable") {
      numbers_[{&node, 0}] = variable_number(Variable::from_state(read_state(node)));
      return;
    }
    IrNode added{.operation = &node.operation(), .attributes = node.attributes(), .inputs = {}, .outputs = {}};
    TensorSpecs specs;
    for (const Tensor& input : node.inputs()) {
      added.inputs.push_back(number_of(input));
      specs.push_back(ir_.spec(added.inputs.back()));
    }
    specs = node.operation().infer(specs, node.attributes());
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (!specs[i].shape.is_known()) {
        throw ShapeError("Program: the shape " + specs[i].shape.to_string() + " of a result of " + node.describe() +
                         " is not known even with all feeds known");
      }
      const int number = ir_.add_computed(specs[i]);
      numbers_[{&node, static_cast<int>(i)}] = number;
      added.outputs.push_back(number);
    }
    ir_.nodes.push_back(std::move(added));
  }

  static std::shared_ptr<VariableState> read_state(const Node& node) { return node.graph()->variable_read_by(node); }

  Ir ir_;
  std::map<Tensor::Key, int> numbers_;
  std::map<const VariableState*, int> variables_;
  Tensors kept_;
};

}  // namespace

int Ir::add_value(IrValue value) {
  values.push_back(std::move(value));
  return static_cast<int>(values.size()) - 1;
}

int Ir::add_constant(const Tensor& constant) {
  return add_value({.kind = IrValue::Kind::kConstant, .spec = constant.spec(), .constant = constant, .variable = {}});
}

int Ir::add_computed(TensorSpec spec) {
  return add_value({.kind = IrValue::Kind::kComputed, .spec = std::move(spec), .constant = {}, .variable = {}});
}

std::vector<int> Ir::producers() const {
  std::vector<int> result(values.size(), -1);
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    for (int output : nodes[n].outputs) result[static_cast<std::size_t>(output)] = static_cast<int>(n);
  }
  return result;
}

std::vector<int> Ir::use_counts() const {
  std::vector<int> counts(values.size(), 0);
  for (const IrNode& node : nodes) {
    for (int input : node.inputs) ++counts[static_cast<std::size_t>(input)];
  }
  for (int fetch : fetches) ++counts[static_cast<std::size_t>(fetch)];
  for (const auto& [variable, value] : updates) ++counts[static_cast<std::size_t>(value)];
  return counts;
}

std::vector<std::vector<int>> Ir::users() const {
  std::vector<std::vector<int>> result(values.size());
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    for (int input : nodes[n].inputs) result[static_cast<std::size_t>(input)].push_back(static_cast<int>(n));
  }
  return result;
}

void Ir::replace_uses(const std::vector<int>& replacement) {
  const auto final_of = [&](int number) {
    while (static_cast<std::size_t>(number) < replacement.size() &&
           replacement[static_cast<std::size_t>(number)] >= 0) {
      number = replacement[static_cast<std::size_t>(number)];
    }
    return number;
  };
  for (IrNode& node : nodes) {
    for (int& input : node.inputs) input = final_of(input);
  }
  for (int& fetch : fetches) fetch = final_of(fetch);
  for (auto& [variable, value] : updates) value = final_of(value);
}

std::vector<bool> Ir::values_fixed_between_runs() const {
  std::set<const VariableState*> updated;
  for (const auto& [variable, value] : updates) updated.insert(variable.state().get());
  std::vector<bool> fixed(values.size(), false);
  for (std::size_t v = 0; v < values.size(); ++v) {
    const IrValue& candidate = values[v];
    fixed[v] = candidate.kind == IrValue::Kind::kConstant ||
               (candidate.kind == IrValue::Kind::kVariable && !updated.contains(candidate.variable.state().get()));
  }
  for (const IrNode& node : nodes) {
    if (node.operation->is_stateful) continue;
    const bool all = std::all_of(node.inputs.begin(), node.inputs.end(),
                                 [&](int input) { return fixed[static_cast<std::size_t>(input)]; });
    for (int output : node.outputs) fixed[static_cast<std::size_t>(output)] = all;
  }
  return fixed;
}

std::string Ir::to_string() const {
  const auto label = [&](int number) {
    const IrValue& v = value(number);
    switch (v.kind) {
      case IrValue::Kind::kFeed: return "feed" + std::to_string(number);
      case IrValue::Kind::kConstant:
        return v.spec.shape.empty() ? v.constant.to_string() : "constant" + std::to_string(number);
      case IrValue::Kind::kVariable: return v.variable.path();
      case IrValue::Kind::kComputed: break;
    }
    return "%" + std::to_string(number);
  };
  std::string text;
  for (const IrNode& node : nodes) {
    text += "  ";
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      text += (i > 0 ? ", " : "") + label(node.outputs[i]) + ": " + spec(node.outputs[i]).to_string();
    }
    text += " = " + node.operation->name + "(";
    for (std::size_t i = 0; i < node.inputs.size(); ++i) text += (i > 0 ? ", " : "") + label(node.inputs[i]);
    text += ")";
    if (!node.attributes.items().empty()) text += "  " + node.attributes.to_string();
    text += "\n";
  }
  for (int fetch : fetches) text += "  fetch " + label(fetch) + "\n";
  for (const auto& [variable, number] : updates) text += "  " + variable.path() + " := " + label(number) + "\n";
  return text;
}

Ir import_graph(const Graph& graph, const Tensors& feeds, const TensorSpecs& feed_specs, const Tensors& fetches) {
  return Importer(feeds, feed_specs).import(graph, fetches);
}

}  // namespace cornu
