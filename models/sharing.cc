#include "models/sharing.h"

#include <algorithm>
#include <map>
#include <set>

#include "framework/error.h"
#include "models/call_trace.h"
#include "models/text_table.h"

namespace cornu {
namespace {

bool is_control_flow(const Node& node) {
  return node.operation().name == "cond" || node.operation().name == "while_loop";
}

// The calls that use each variable, in their order.
std::map<const VariableState*, std::set<int>> calls_by_variable(const CallTrace& trace) {
  std::map<const VariableState*, std::set<int>> users;
  std::set<const VariableState*> used_in_loop;
  for (std::size_t i = 0; i < trace.calls().size(); ++i) {
    if (!trace.calls()[i].in_loop) continue;
    for (const Weight& weight : trace.calls()[i].layer->own_weights()) {
      users[weight.variable.state().get()].insert(static_cast<int>(i));
      used_in_loop.insert(weight.variable.state().get());
    }
  }
  for (std::size_t i = 0; i < trace.nodes().size(); ++i) {
    const Node& node = *trace.nodes()[i];
    for (const Tensor& input : node.inputs()) {
      const std::shared_ptr<const Node> source = Node::of(input);
      const Variable variable = source ? trace.variable_read_by(*source) : Variable();
      if (!variable.defined()) continue;
      const VariableState* state = variable.state().get();
      // A loop takes the variable in for the layers inside, which were counted.
      if (is_control_flow(node) && used_in_loop.contains(state)) continue;
      users[state].insert(trace.call_of_node(i));
    }
  }
  return users;
}

VariableUse use_by(const CallTrace& trace, int index) {
  const TracedCall& call = trace.calls()[static_cast<std::size_t>(index)];
  if (call.parent < 0) return {};
  const auto num_calls = std::count_if(trace.calls().begin(), trace.calls().end(),
                                       [&](const TracedCall& other) { return other.layer == call.layer; });
  return {.layer = call.layer->name(),
          .within = trace.path_of_call(call.parent),
          .call = call.number,
          .num_calls = static_cast<int>(num_calls)};
}

// Uses in a loop that was written out are many and alike: "cell[0] to cell[9]".
std::string text_of(const std::vector<VariableUse>& uses) {
  const auto text_of_one = [&](const VariableUse& use) {
    if (use.layer.empty()) return std::string("the model itself");
    const std::string place = use.within + (use.within.empty() ? "" : "/") + use.layer;
    return use.num_calls > 1 ? place + "[" + std::to_string(use.call) + "]" : place;
  };
  std::string text;
  for (std::size_t i = 0; i < uses.size();) {
    std::size_t last = i;
    while (last + 1 < uses.size() && uses[last + 1].within == uses[i].within && uses[last + 1].layer == uses[i].layer) {
      ++last;
    }
    text += (text.empty() ? "" : "\n") + text_of_one(uses[i]);
    if (last > i) text += (last == i + 1 ? "\n" : "\nto ") + text_of_one(uses[last]);
    i = last + 1;
  }
  return text.empty() ? "-" : text;
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    widest = std::max(widest, num_characters(std::string_view(text).substr(begin, end - begin)));
    begin = end + 1;
  }
  return widest;
}

std::string title_of(const AnyLayer& layer) {
  const Variables weights = layer->weights();
  // The path of a weight has the names of all layers around; the layer's own is the part that ends in its name.
  std::string path = layer->name();
  if (!weights.empty()) {
    const std::string& of_weight = weights[0].path();
    const std::size_t end = ("/" + of_weight).find("/" + path + "/");
    if (end != std::string::npos) path = of_weight.substr(0, end + path.size());
  }
  return layer->class_name() + " '" + path + "'";
}

std::string title_of(const Variable& variable) { return "'" + variable.path() + "' " + variable.shape().to_string(); }

bool holds(const Variables& list, const Variable& variable) {
  return std::find(list.begin(), list.end(), variable) != list.end();
}

}  // namespace

SharingReport sharing_of(const ModelLayer& model) {
  const CallTrace trace(model);
  const auto users = calls_by_variable(trace);
  SharingReport report{.model = model.name(), .variables = {}};
  for (const Variable& variable : model.weights()) {
    VariableSharing sharing{.variable = variable, .path = variable.path(), .shape = variable.shape(), .uses = {}};
    if (const auto found = users.find(variable.state().get()); found != users.end()) {
      for (const int call : found->second) sharing.uses.push_back(use_by(trace, call));
    }
    report.variables.push_back(std::move(sharing));
  }
  return report;
}

std::string SharingReport::to_string() const {
  std::vector<TextTable::Column> columns = {{.title = "Variable"}, {.title = "Shape"}, {.title = "Used by"}};
  std::vector<std::vector<std::string>> rows;
  for (const VariableSharing& sharing : variables) {
    rows.push_back({sharing.path, sharing.shape.to_string(), text_of(sharing.uses)});
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    columns[i].width = columns[i].title.size() + 2;
    for (const auto& row : rows) columns[i].width = std::max(columns[i].width, widest_line(row[i]) + 2);
  }
  TextTable table(std::move(columns), false);
  std::size_t num_shared = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    num_shared += variables[i].uses.size() > 1 ? 1 : 0;
    table.add_row(std::move(rows[i]));
  }
  return "Model: \"" + model + "\"\n" + table.to_string() + " " + std::to_string(num_shared) + " of " +
         std::to_string(variables.size()) + " variables are used more than once\n";
}

SharingReport ModelLayer::sharing() const { return sharing_of(*this); }
SharingReport AnyModel::sharing() const { return sharing_of(**this); }

void assert_shared(const Variable& a, const Variable& b) {
  if (a == b) return;
  throw StateError(
      "assert_shared: " + title_of(a) + " and " + title_of(b) +
          " are two variables, trained and saved each by itself. Use the same Variable, or the same layer, "
          "in both places.",
      a.path());
}

void assert_shared(const AnyLayer& a, const AnyLayer& b) {
  if (a == b) return;
  const Variables of_a = a->weights();
  const Variables of_b = b->weights();
  const auto only_in = [](const Variables& list, const Variables& other) {
    return std::find_if(list.begin(), list.end(), [&](const Variable& variable) { return !holds(other, variable); });
  };
  const auto only_a = only_in(of_a, of_b);
  const auto only_b = only_in(of_b, of_a);
  if (!of_a.empty() && only_a == of_a.end() && only_b == of_b.end()) return;
  const auto num_shared = std::count_if(of_a.begin(), of_a.end(), [&](const Variable& v) { return holds(of_b, v); });
  std::string found;
  if (only_a != of_a.end() || only_b != of_b.end()) {
    found = "they have " + std::to_string(num_shared) + " weights in common; ";
    const bool in_a = only_a != of_a.end();
    found += title_of(in_a ? *only_a : *only_b) + " belongs to the " + (in_a ? "first" : "second") + " alone";
  } else {
    found = "neither has weights yet; they have them after a first call";
  }
  throw StateError(
      "assert_shared: " + title_of(a) + " and " + title_of(b) + " do not share their weights: " + found +
          ". A layer is shared by calling one handle several times, or a copy of it; each constructor makes "
          "another layer.",
      a->name());
}

}  // namespace cornu
