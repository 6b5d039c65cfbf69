#include "models/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <set>

#include "framework/error.h"
#include "models/functional.h"
#include "models/sequential.h"
#include "models/text_table.h"

namespace cornu {
namespace {

using Align = TextTable::Align;

// ---- text

std::string with_commas(std::int64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
  return text;
}

std::string memory_size(double bytes) {
  static constexpr std::array kUnits = {"B", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 1024.0 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024.0;
  char text[48];
  std::snprintf(text, sizeof text, "%.2f %s", bytes, kUnits[unit]);
  return text;
}

// "add_n" as "AddN": the class an operation has in Keras.
std::string camel_case(const std::string& name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
      continue;
    }
    result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return result;
}

// ---- the table

// A column that ends at a part of the line.
struct Column {
  std::string title;
  Align align;
  double end;
};

// Each column gets its part of the line and a space on either side; what is then too much in all, borders included,
// is taken from all columns alike (Keras leaves that to the package rich, which rounds halves to even).
TextTable table_of(const std::vector<Column>& columns, int line_length, bool ascii) {
  int current = 0;
  int total = 0;
  std::vector<int> widths;
  for (const Column& column : columns) {
    const int width = static_cast<int>(column.end * line_length) - current;
    if (width < 4) {
      throw InvalidArgument("summary: a line_length of " + std::to_string(line_length) +
                            " leaves no room for the columns; give at least 60");
    }
    current += width;
    widths.push_back(width + 2);
    total += width + 2;
  }
  int excess = total - (line_length - static_cast<int>(columns.size()) - 1);
  std::vector<TextTable::Column> fitted;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const int cut = static_cast<int>(std::nearbyint(excess / static_cast<double>(widths.size() - i)));
    excess -= cut;
    fitted.push_back({columns[i].title, columns[i].align, static_cast<std::size_t>(widths[i] - cut)});
  }
  return TextTable(std::move(fitted), ascii);
}

// ---- what stands in it

std::string shapes_text(const TensorSpecs& specs) {
  if (specs.empty()) return "?";
  if (specs.size() == 1) return specs[0].shape.to_string();
  std::string text;
  for (const TensorSpec& spec : specs) text += (text.empty() ? "" : ", ") + spec.shape.to_string();
  return "[" + text + "]";
}

bool is_symbolic(const Tensor& tensor) { return tensor.is_symbolic(); }

// A row: a layer, or an operation on tensors that is no layer.
struct Entry {
  std::string name;
  std::string class_name;
  LayerPtr layer;  // null for an operation
  TensorSpecs outputs;
  std::string connections;
  int depth = 0;
};

class Summary {
 public:
  Summary(const ModelLayer& model, const SummaryOptions& options) : model_(model), options_(options) {}

  std::string to_string() {
    const std::vector<Entry> entries = entries_of(model_);
    is_sequential_ = is_sequential();
    std::vector<Column> columns;
    int line_length = is_sequential_ ? 88 : 108;
    if (is_sequential_) {
      columns = {
          {"Layer (type)", Align::kLeft, 0.45}, {"Output Shape", Align::kLeft, 0.80}, {"Param #", Align::kRight, 1.0}};
    } else {
      columns = {{"Layer (type)", Align::kLeft, 0.30},
                 {"Output Shape", Align::kLeft, 0.56},
                 {"Param #", Align::kRight, 0.74},
                 {"Connected to", Align::kLeft, 1.0}};
    }
    if (options_.show_trainable) {
      line_length += 12;
      for (Column& column : columns) column.end *= 0.90;
      columns.push_back({"Trainable", Align::kCenter, 1.0});
    }
    TextTable table = table_of(columns, options_.line_length.value_or(line_length), options_.ascii);
    for (const Entry& entry : entries) add_rows(entry, 0, table);
    return "Model: \"" + model_.name() + "\"\n" + table.to_string() + footer();
  }

 private:
  void add_rows(const Entry& entry, std::size_t level, TextTable& table) {
    const std::string prefix = level == 0 ? "" : repeated("   ", level) + (options_.ascii ? "+ " : "└ ");
    const auto nested = std::dynamic_pointer_cast<ModelLayer>(entry.layer);
    const bool is_operation = !entry.layer || entry.layer->is_operation();
    std::vector<std::string> cells = {prefix + entry.name + " (" + entry.class_name + ")", shapes_text(entry.outputs)};
    if (is_operation) {
      cells.emplace_back("0");
    } else {
      cells.push_back(entry.layer->built() ? with_commas(entry.layer->count_params()) : "0 (unbuilt)");
    }
    // Layers within nested models are connected to none of this one.
    if (!is_sequential_) cells.push_back(level > 0 || entry.connections.empty() ? "-" : entry.connections);
    if (options_.show_trainable) {
      const bool has_weights = !is_operation && !entry.layer->weights().empty();
      cells.emplace_back(!has_weights ? "-" : entry.layer->trainable() ? "Y" : "N");
    }
    table.add_row(std::move(cells));
    if (!options_.expand_nested || !nested) return;
    for (const Entry& inner : entries_of(*nested, true)) add_rows(inner, level + 1, table);
  }

  const ModelCallGraph* graph_of(const ModelLayer& model) const {
    const auto* functional = dynamic_cast<const FunctionalLayer*>(&model);
    return functional ? &functional->call_graph() : nullptr;
  }

  // As Keras decides it: one call after the other, each of one tensor and of a layer of its own.
  bool is_sequential() const {
    const ModelCallGraph* graph = graph_of(model_);
    if (!graph) return true;
    std::map<int, int> at_depth;
    std::set<const Layer*> called;
    for (const ModelCallGraph::Call& call : graph->calls()) {
      const Tensors inputs = call.layer_call ? call.layer_call->all_inputs() : call.node->inputs();
      const auto sources = std::count_if(inputs.begin(), inputs.end(), is_symbolic);
      if (++at_depth[call.depth] > 1 || sources > 1) return false;
      if (call.layer_call && !called.insert(call.layer_call->layer().get()).second) return false;
    }
    return true;
  }

  std::vector<Entry> entries_of(const ModelLayer& model, bool layers_only = false) {
    if (const ModelCallGraph* graph = graph_of(model)) return functional_entries(*graph, layers_only);
    std::vector<Entry> entries;
    // Within a Sequential each layer gets what the one before gives; elsewhere the shapes it was built for are known.
    const bool is_chain = dynamic_cast<const SequentialLayer*>(&model) != nullptr;
    TensorSpecs specs = model.built() ? model.input_specs() : TensorSpecs{};
    for (const LayerPtr& layer : model.layers()) {
      TensorSpecs outputs;
      if (layer->built()) {
        if (!is_chain) {
          specs.clear();
          for (const Shape& shape : layer->build_shapes()) specs.push_back({shape, DType::kFloat32});
        }
        try {
          if (!specs.empty()) outputs = layer->compute_output_spec(specs);
        } catch (const Error&) {
          // A layer that needs further arguments: its shape stays unknown, as in Keras.
          outputs.clear();
        }
      }
      if (is_chain) specs = outputs;
      entries.push_back({layer->name(), layer->class_name(), layer, outputs, "", 0});
    }
    return entries;
  }

  std::vector<Entry> functional_entries(const ModelCallGraph& graph, bool layers_only) {
    std::map<const Origin*, std::string> names;
    std::map<std::string, int> used;
    for (const ModelCallGraph::Call& call : graph.calls()) {
      if (call.layer_call) {
        names[call.origin.get()] = call.layer_call->layer()->name();
      } else {
        const std::string& base = call.node->operation().name;
        const int number = used[base]++;
        names[call.origin.get()] = number == 0 ? base : base + "_" + std::to_string(number);
      }
    }
    const auto connections_of = [&](const Tensors& tensors) {
      std::string text;
      for (const Tensor& tensor : tensors) {
        if (!tensor.is_symbolic()) continue;
        const auto* from = dynamic_cast<const LayerCall*>(tensor.origin().get());
        const int call = from ? graph.call_number(*from) : 0;
        text += (text.empty() ? "" : ", ") + names.at(tensor.origin().get()) + "[" + std::to_string(call) + "][" +
                std::to_string(tensor.output_index()) + "]";
      }
      return text;
    };
    std::vector<Entry> entries;
    for (const LayerPtr& layer : graph.layers()) {
      if (layers_only && layer->is_operation()) continue;
      Entry entry{layer->name(), layer->class_name(), layer, {}, "", 0};
      for (const ModelCallGraph::Call& call : graph.calls()) {
        if (!call.layer_call || call.layer_call->layer() != layer) continue;
        const std::string connections = connections_of(call.layer_call->all_inputs());
        entry.connections += (entry.connections.empty() || connections.empty() ? "" : ", ") + connections;
        entry.outputs = call.layer_call->output_specs();
        entry.depth = std::max(entry.depth, call.depth);
      }
      entries.push_back(std::move(entry));
    }
    for (const ModelCallGraph::Call& call : graph.calls()) {
      if (layers_only || call.layer_call) continue;
      TensorSpecs outputs;
      for (std::size_t i = 0; i < call.node->num_outputs(); ++i) outputs.push_back(call.node->output_spec(i));
      entries.push_back({names.at(call.origin.get()), camel_case(call.node->operation().name), nullptr, outputs,
                         connections_of(call.node->inputs()), call.depth});
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.depth > b.depth; });
    return entries;
  }

  // ---- below the table

  struct Count {
    std::int64_t number = 0;
    double bytes = 0.0;
  };

  static Count count_of(const Variables& variables) {
    Count count;
    for (const Variable& variable : variables) {
      const std::int64_t number = variable.shape().num_elements();
      count.number += number;
      count.bytes += static_cast<double>(number) * static_cast<double>(size_of(variable.dtype()));
    }
    return count;
  }

  static std::string footer_line(const char* what, const Count& count) {
    return std::string(" ") + what + " params: " + with_commas(count.number) + " (" + memory_size(count.bytes) + ")\n";
  }

  std::string footer() const {
    const Variables trainable = model_.trainable_variables();
    Variables others;
    for (const Variable& variable : model_.weights()) {
      if (std::find(trainable.begin(), trainable.end(), variable) == trainable.end()) others.push_back(variable);
    }
    const Count trained = count_of(trainable);
    const Count frozen = count_of(others);
    Count of_optimizer;
    const bool has_optimizer = model_.compiled() && model_.optimizer()->built();
    if (has_optimizer) of_optimizer = count_of(model_.optimizer()->variables());
    const Count all{trained.number + frozen.number + of_optimizer.number,
                    trained.bytes + frozen.bytes + of_optimizer.bytes};
    std::string text =
        footer_line("Total", all) + footer_line("Trainable", trained) + footer_line("Non-trainable", frozen);
    if (has_optimizer) text += footer_line("Optimizer", of_optimizer);
    if (!model_.built()) {
      text += " Not built yet: shapes and parameters are known after a first call on data or build_for({shape}).\n";
    }
    return text;
  }

  const ModelLayer& model_;
  const SummaryOptions& options_;
  bool is_sequential_ = true;
};

}  // namespace

std::string summary_of(const ModelLayer& model, const SummaryOptions& options) {
  return Summary(model, options).to_string();
}

}  // namespace cornu
